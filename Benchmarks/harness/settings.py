"""How the cells are measured."""
import dataclasses
import fnmatch
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    threads: int
    rounds: int
    # Of a turn; None where the cell decides.
    runs: object
    # The folder with tokenizer.json.
    tokenizer: str
    engines: tuple
    # A command that keeps others from the machine; empty for none.
    hold: str = ""

    @staticmethod
    def of(options, tokenizer):
        """What the command line asks for."""
        from engines.weft import Weft
        Weft.binary = options.weft.resolve()
        return Settings(options.threads, options.rounds, options.runs, tokenizer,
                        tuple(options.engines), options.hold)

    def wants(self, name):
        """Whether the engine of that name takes part; Weft always does."""
        return name.startswith("weft") or any(fnmatch.fnmatch(name, p) for p in self.engines)

    def narrowed(self, engines, runs, rounds):
        """These settings for a cell with `runs` runs, perhaps fewer rounds, and these engines."""
        return dataclasses.replace(
            self, runs=self.runs or runs, rounds=min(self.rounds, rounds or self.rounds),
            engines=tuple(n for n in engines if self.wants(n)) if engines else self.engines)
