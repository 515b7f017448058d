"""Rounds in which every engine has one turn."""
import statistics

from harness.hold import alone

# A round in which others took more of the processors is taken again, at most so many times.
LARGEST_SHARE, ATTEMPTS = 0.03, 3


def take(names, turn, options):
    """What `turn(name)` gave, in lists by name, and the most that others took of the processors.

    Every other round goes backwards, so that none always comes after the same one. Of all rounds
    the least disturbed are kept.
    """
    found = []
    while (sum(share <= LARGEST_SHARE for share, _ in found) < options.rounds
           and len(found) < ATTEMPTS * options.rounds):
        order = names if len(found) % 2 == 0 else reversed(names)
        with alone(options.hold) as disturbance:
            results = {name: turn(name) for name in order}
            found.append((disturbance.share() or 0.0, results))
    kept = sorted(found, key=lambda one: one[0])[:options.rounds]
    return ({name: [results[name] for _, results in kept] for name in names},
            max(share for share, _ in kept))


def median_ratio(values, ours):
    """The median of the rounds' ratios to Weft; None where Weft didn't take part."""
    return statistics.median(a / b for a, b in zip(values, ours)) if ours else None
