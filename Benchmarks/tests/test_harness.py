"""What the harness makes of measurements: python3 -m unittest discover -s Benchmarks/tests"""
import contextlib
import json
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from harness import charts, encoder_cell, heatmap, hold, report, svg, texts, turns  # noqa: E402
from harness.processes import EngineFailed  # noqa: E402


def words_of(path):
    """All text of a picture; fails where it is no XML."""
    return [element.text for element in xml.parse(path).iter() if element.tag.endswith("text")]


class Rounds(unittest.TestCase):
    class Options:
        rounds, hold = 3, ""

    def take(self, shares, results):
        """The turns in order, what was kept of them, and how disturbed that was."""
        log, rest = [], {name: iter(values) for name, values in results.items()}
        disturbances = iter(shares)

        @contextlib.contextmanager
        def alone(command):
            yield unittest.mock.Mock(share=lambda: next(disturbances))

        def turn(name):
            log.append(name)
            return next(rest[name])

        with unittest.mock.patch.object(turns, "alone", alone):
            return log, *turns.take(list(results), turn, self.Options)

    def test_engines_take_turns_forward_and_back(self):
        log, times, _ = self.take([0, 0, 0], {"weft": [1, 2, 4], "peer": [3, 4, 6]})
        self.assertEqual(log, ["weft", "peer", "peer", "weft", "weft", "peer"])
        result = encoder_cell.summary(times)
        self.assertEqual(result["peer"]["median_ms"], 4)
        # The median of 3, 2 and 1.5: not the ratio of the medians.
        self.assertEqual(result["peer"]["ratio"], 2)
        self.assertEqual(result["weft"]["ratio"], 1)

    def test_disturbed_rounds_are_taken_again(self):
        _, times, share = self.take([0.5, 0.01, 0.2, 0, 0.02], {"weft": [9, 1, 9, 2, 3]})
        self.assertEqual(times, {"weft": [2, 1, 3]})
        self.assertEqual(share, 0.02)

    def test_where_all_is_disturbed_the_least_disturbed_rounds_are_kept(self):
        shares = [0.9, 0.3, 0.8, 0.7, 0.2, 0.6, 0.5, 0.1, 0.4]
        _, times, share = self.take(shares, {"weft": list(range(9))})
        self.assertEqual(times, {"weft": [7, 4, 1]})
        self.assertEqual(share, 0.3)

    def test_without_weft_there_is_no_ratio(self):
        self.assertIsNone(encoder_cell.summary({"peer": [1, 2]})["peer"]["ratio"])

    def test_wrong_answers_are_refused(self):
        encoder_cell.check("f32", {"largest_difference": 1e-5, "cosine": 1})
        encoder_cell.check("int8", {"largest_difference": 0.3, "cosine": 0.99})
        for precision, difference, cosine in [("f32", 0.01, 1), ("f32", float("nan"), 1),
                                              ("int8", 0.1, 0.9), ("int8", 0.1, float("nan"))]:
            with self.assertRaises(EngineFailed):
                encoder_cell.check(precision,
                                   {"largest_difference": difference, "cosine": cosine})


class Report(unittest.TestCase):
    def test_the_best_peer_counts(self):
        engines = {"weft": {"ratio": 1}, "a": {"ratio": 1.5}, "b": {"ratio": 0.98}}
        self.assertEqual(report.best_ratio(engines), "**0.98** (b)")
        self.assertEqual(report.best_ratio({"a": {"ratio": None}}), "–")

    def test_a_table_has_a_dash_for_what_failed(self):
        cell = {"model": "M", "batch": 1, "tokens": 16, "precision": "f32",
                "notes": {"b": "b: the process ended"},
                "engines": {"weft": {"median_ms": 1.234, "ratio": 1},
                            "a": {"median_ms": 1050.4, "ratio": 850}}}
        lines = report.encoders({"x": cell}, ["weft", "a", "b"]).splitlines()
        self.assertEqual(lines[2], "| M 1 × 16 | 1.23 | 1050 | – | **850.00** (a) |")
        self.assertIn("b: the process ended", lines)


class Pictures(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "picture.svg")

    def tearDown(self):
        self.folder.cleanup()

    def test_a_heat_map_shows_every_share(self):
        def measurement(kernel, sizes, share, unit="FLOP"):
            return {"kernel": kernel, "variant": "", "threads": 1, "sizes": sizes, "share": share,
                    "unit": unit}
        shares = [measurement("gemm", {"m": 4, "n": 8, "k": 2}, 0.913),
                  measurement("exp", {"rows": 16, "width": 384}, 1.2, "byte")]
        found = {"isa": "avx512", "peaks": [{"threads": 1}], "measurements": shares}
        heatmap.draw(found, self.path, "<a & b>")
        words = words_of(self.path)
        for expected in ("91", "120", "2 → 8", "rows of 384", "<a & b>"):
            self.assertIn(expected, words)

    def test_bars_say_ratio_and_time(self):
        cell = {"model": "M", "batch": 1, "tokens": 16,
                "engines": {"weft": {"median_ms": 1, "ratio": 1},
                            "torch": {"median_ms": 9, "ratio": 9}}}
        charts.ratios({"x": cell}, self.path, "f32", "today")
        self.assertIn("9.00 × · 9.00 ms", words_of(self.path))

    def test_curves_stand_on_their_axes(self):
        cells = {f"tokens-{n}": {"engines": {"weft": {"median_ms": n / 10}}} for n in (16, 32)}
        charts.growth({"tokens": cells}, {"tokens": "tokens"}, self.path, "today")
        words = words_of(self.path)
        for expected in ("16", "32", "1", "2", "5"):
            self.assertIn(expected, words)

    def test_colors_are_colors(self):
        for share in (-1, 0, 0.33, 1, 7):
            self.assertRegex(svg.ramp(share), "^#[0-9a-f]{6}$")
        self.assertEqual(svg.ink_on(svg.ramp(0)), svg.PAPER)
        self.assertEqual(svg.ink_on(svg.ramp(1)), svg.INK)


class Texts(unittest.TestCase):
    def test_texts_are_the_same_each_time_and_of_mixed_length(self):
        found = texts.mixed_texts(200)
        self.assertEqual(found, texts.mixed_texts(200))
        lengths = sorted(len(text.split()) for text in found)
        self.assertLess(lengths[20], 15)
        self.assertGreater(lengths[180], 50)
        self.assertFalse(any("\n" in text for text in found))


class Hold(unittest.TestCase):
    def test_the_command_stands_around_the_body(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "held")
            script = f"touch {path}; \"$@\"; rm {path}"
            with hold.alone(f"sh -c '{script}' sh"):
                self.assertTrue(path.exists())
            self.assertFalse(path.exists())

    def test_a_command_that_fails_stops_all(self):
        with self.assertRaises(SystemExit):
            with hold.alone("false"):
                self.fail("nothing may run")


class Stopwatch(unittest.TestCase):
    def run_for(self, *command):
        return subprocess.run(
            [sys.executable, "-I", "-S", str(HERE / "harness/stopwatch.py"), *command],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def test_time_and_memory_are_told(self):
        result = json.loads(self.run_for("sh", "-c", "sleep 0.1; echo x").stdout)
        self.assertGreater(result["first_ms"], 100)
        self.assertGreater(result["peak_bytes"], 100_000)

    def test_a_failure_is_no_time(self):
        self.assertEqual(self.run_for("sh", "-c", "echo x; exit 3").returncode, 1)
        self.assertEqual(self.run_for("true").returncode, 1)


class Calls(unittest.TestCase):
    def test_a_wrong_call_is_refused_before_anything_is_installed(self):
        for words in (["--rounds", "0"], ["--threads", "x"], ["--frobnicate"]):
            result = subprocess.run([sys.executable, str(HERE / "compare"), *words],
                                    stderr=subprocess.PIPE, text=True)
            self.assertEqual(result.returncode, 2, words)
            self.assertIn("usage:", result.stderr)


if __name__ == "__main__":
    unittest.main()
