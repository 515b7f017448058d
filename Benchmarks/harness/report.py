"""Writes the page of results in Markdown."""
from harness.charts import ENGINES, ENGINES_INT8
from harness.svg import figure

INTRODUCTION = """# Benchmarks

Written by `Benchmarks/compare --publish`; don't change it by hand. {machine}, {threads} threads.
{versions}.

Weft and its peers run the same weights on the same token ids (English prose, nothing padded) with
the same number of threads, in turns: each round gives every engine one turn, each turn warms up
first, and its median counts. Figures are medians of the rounds; a round in which other processes
took more than 3 percent of the processors is taken again. *Ratio*: the time of the best peer over
Weft's, median of the rounds' ratios; above 1 Weft is faster. Each engine has a process of its own
that is stopped while it isn't its turn, so that no thread of it spins. Before anything is timed the
answers are compared: f32 must agree to {limit:g} in every hidden state, int8 by the cosine of the
mean hidden states with f32.

Peers get their usual best settings: onnxruntime all optimizations, extents fixed, buffers bound
ahead, plain and after its BERT fusions, int8 by dynamic quantisation (s8 by channel); openvino
LATENCY, one stream, extents fixed, f32 (asked for: it would take bf16 where the processor has it)
or int8 by NNCF with static scales from 300 texts; torch in inference mode with scaled dot product
attention, and compiled with frozen weights. Weft's graph of MiniLM also averages and normalizes the
hidden states, the peers' stops before.
"""


def page(store, pictures):
    """The whole page; tables only for what was measured."""
    from harness.encoder_cell import LARGEST_DIFFERENCE
    cells = list(store.cells.values())
    newest = max(cells, key=lambda cell: cell["when"])
    versions = ", ".join(f"{name} {newest['versions'][name]}"
                         for name in ("onnxruntime", "openvino", "nncf", "torch")
                         if name in newest["versions"])
    parts = [INTRODUCTION.format(machine=newest["machine"], threads=newest["threads"],
                                 versions=versions, limit=LARGEST_DIFFERENCE)]
    for group, title, engines in [("f32", "Encoders, f32", ENGINES),
                                  ("int8", "Encoders, int8", ENGINES_INT8)]:
        if store.group(group):
            parts.append(f"## {title}\n\nMilliseconds.\n\n{encoders(store.group(group), engines)}")
            parts.append(f"![Time relative to Weft's]({pictures[group]})\n")
    for cell in store.group("embed").values():
        parts.append(sentences(cell))
    for cell in store.group("cold").values():
        parts.append(cold_start(cell))
    if "growth" in pictures:
        parts.append(f"## How time grows\n\n![Milliseconds over tokens, batch and layers]"
                     f"({pictures['growth']})\n")
    if "kernels" in pictures:
        parts.append("## Kernels alone\n\n`Benchmarks/kernels`: shares of what multiply-adds in "
                     "registers reach in the same process; for kernels bound by memory, of what "
                     "plain reading of as many bytes reaches. *Streamed*: weights that no cache "
                     f"holds.\n\n![Kernels in percent of the peak]({pictures['kernels']})\n")
    parts.append(provenance(store))
    return "\n".join(parts)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def encoders(cells, engines):
    rows = []
    for cell in cells.values():
        found = cell["engines"]
        row = [f"{cell['model']} {cell['batch']} × {cell['tokens']}"]
        row += [figure(found[name]['median_ms']) if name in found else "–" for name in engines]
        if cell["precision"] == "int8":
            row += [", ".join(f"{cell['agreement'][name]['cosine']:.4f}" for name in engines
                              if name in cell["agreement"])]
        rows.append(row + [best_ratio(found)])
    head = ["model, batch × tokens", *engines]
    if any(cell["precision"] == "int8" for cell in cells.values()):
        head.append("cosines")
    notes = {note for cell in cells.values() for note in cell["notes"].values()}
    return table(head + ["ratio"], rows) + "".join(f"\n{note}\n" for note in sorted(notes))


def best_ratio(engines):
    """The ratio to the fastest peer, with its name; a dash where Weft didn't take part."""
    peers = {n: e for n, e in engines.items() if not n.startswith("weft") and e["ratio"]}
    if not peers:
        return "–"
    best = min(peers, key=lambda name: peers[name]["ratio"])
    return f"**{peers[best]['ratio']:.2f}** ({best})"


def sentences(cell):
    rows = [[name, str(cell["batches"].get(name) or "its own"), f"{engine['seconds']:.2f} s",
             f"{engine['texts_per_second']:.0f}",
             f"{engine['ratio']:.2f}" if engine["ratio"] else "–"]
            for name, engine in cell["engines"].items()]
    return (f"## {cell['texts']:,} texts of mixed length, MiniLM f32\n\n"
            f"{cell['tokens']:,} tokens, tokenization included. Weft: the whole process `weft embed"
            " --file`, start and loading included. Peers: what they do once they are loaded and "
            "warm, sorted by length, in the batch size that each is fastest with.\n\n"
            + table(["engine", "batch", "time", "texts a second", "time / Weft's"], rows)
            + f"\nBest peer: {best_ratio(cell['engines'])}\n")


def cold_start(cell):
    rows = [[name, f"{engine['median_ms']:.0f} ms", f"{engine['peak_bytes'] / 2**20:.0f} MiB",
             f"{engine['ratio']:.2f}" if engine["ratio"] else "–"]
            for name, engine in cell["engines"].items()]
    return ("## Cold start, MiniLM f32\n\nFrom the start of a process to the first embedding of "
            "one sentence, files in the page cache, and the most memory it had resident. Peers: "
            "the shortest Python program that does it.\n\n"
            + table(["engine", "time", "peak resident set", "time / Weft's"], rows))


def provenance(store):
    """When, with what and how undisturbed each cell was measured."""
    rows = [[name, cell["when"].replace("T", " "), f"`{cell['weft']}`",
             percent(cell["others_cpu_share"])] for name, cell in store.ordered().items()]
    return ("## Repeat it\n\n    Benchmarks/compare --cells 'minilm-f32-*'\n    Benchmarks/compare "
            "--publish\n\nAn engine is one file in `Benchmarks/engines` and a line in its list. "
            "*Others*: the share of all CPU time that other processes took while the cell was "
            "measured, in the worst round that was kept.\n\n"
            + table(["cell", "when", "commit", "others"], rows))


def percent(share):
    """`1.2 %`, a dash for what isn't known."""
    return "–" if share is None else f"{100 * share:.1f} %"
