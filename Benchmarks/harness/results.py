"""Keeps what was measured, and writes it as text, Markdown and pictures."""
import datetime
import json
import subprocess

from harness import environment, heatmap, machine
from harness.charts import growth, ratios

GROWTH = {"tokens": "tokens (batch 1)", "batch": "batch (128 tokens)",
          "layers": "layers (1 × 128, random weights)"}


class Store:
    """results.json: the newest result of each cell, with when and how it was measured."""

    def __init__(self, folder, settings, command):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "results.json"
        self.context = {"command": command, "threads": settings.threads,
                        "machine": machine.processor(), "versions": environment.versions(),
                        "weft": commit()}
        found = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.cells = found.get("cells", {})

    def add(self, cell, result):
        """Takes a result in, and saves."""
        today = datetime.datetime.now().astimezone().isoformat(timespec="minutes")
        self.cells[cell.name] = {"group": cell.group, "when": today, **self.context, **result}
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps({"cells": self.cells}, indent=1) + "\n")
        partial.rename(self.path)

    def ordered(self):
        """All results, in the order of the list of cells."""
        from harness.cells import all_cells
        return {cell.name: self.cells[cell.name] for cell in all_cells(None)
                if cell.name in self.cells}

    def group(self, name):
        """The results of a group, in the order of the list of cells."""
        return {n: cell for n, cell in self.ordered().items() if cell["group"] == name}

    def write_report(self, pages, images):
        """Benchmarks.md in `pages`, its pictures in `images`; nothing where nothing was measured."""
        if not self.cells:
            return
        from harness.report import page
        images.mkdir(parents=True, exist_ok=True)
        prefix = "" if images == pages else images.name + "/"
        pictures = {}
        for group, title in [("f32", "f32"), ("int8", "int8")]:
            if self.group(group):
                name = f"benchmarks-{group}.svg"
                ratios(self.group(group), images / name, title, self.caption(group))
                pictures[group] = prefix + name
        series = {group: self.group(group) for group in GROWTH if self.group(group)}
        if series:
            growth(series, GROWTH, images / "benchmarks-growth.svg", self.caption(*series))
            pictures["growth"] = prefix + "benchmarks-growth.svg"
        kernels = self.path.with_name("kernels.json")
        if kernels.exists():
            report = json.loads(kernels.read_text())
            heatmap.draw(report, images / "benchmarks-kernels.svg", report["caption"])
            pictures["kernels"] = prefix + "benchmarks-kernels.svg"
        (pages / "Benchmarks.md").write_text(page(self, pictures))

    def caption(self, *groups):
        """Machine, threads and days of what a picture shows."""
        shown = [cell for group in groups for cell in self.group(group).values()]
        days = sorted({cell["when"][:10] for cell in shown})
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        return f"{shown[0]['machine']}, {shown[0]['threads']} threads, {span}"


def commit():
    """The commit of the working tree, with + where it was changed; empty outside of Git."""
    def git(*words):
        return subprocess.run(["git", *words], cwd=environment.ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "Sources", "Package.swift")
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def text(cell, result):
    """A result for the terminal."""
    others = 100 * (result["others_cpu_share"] or 0)
    lines = [f"{cell.name}, others took {others:.1f} % of the CPUs"]
    for name, engine in result["engines"].items():
        milliseconds = engine.get("median_ms", engine.get("seconds", 0) * 1e3)
        memory = f", {engine['peak_bytes'] / 2**20:.0f} MiB" if "peak_bytes" in engine else ""
        ratio = f"{engine['ratio']:.2f} × Weft's" if engine["ratio"] else ""
        agreement = result.get("agreement", {}).get(name)
        apart = f", cosine {agreement['cosine']:.4f}" if agreement else ""
        batch = result.get("batches", {}).get(name)
        apart += f", batches of {batch}" if batch else ""
        lines.append(f"  {name:42}{milliseconds:10.3f} ms  {ratio}{memory}{apart}")
    lines += [f"  {note}" for note in result["notes"].values()]
    return "\n".join(lines)
