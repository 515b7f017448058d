"""Draws what KernelBenchmarks measured: a grid of shares for each kernel and number of threads."""
from harness.svg import FAINT, Drawing, ink_on, ramp

CELL, ROW, LABEL, MARGIN, TITLE = 62, 22, 190, 24, 46


def draw(report, path, caption):
    """Writes the picture of a report: a column of panels for each number of threads."""
    columns = [peak["threads"] for peak in report["peaks"]]
    rows = [[panel(report, kernel, variant, threads) for threads in columns]
            for kernel, variant in panels(report)]
    widths = [LABEL + CELL * max(len(row[i]["across"]) for row in rows) + MARGIN
              for i in range(len(columns))]
    heights = [TITLE + ROW * (max(len(cell["down"]) for cell in row) + 1) for row in rows]
    drawing = Drawing(sum(widths) + 2 * MARGIN, sum(heights) + 3 * MARGIN + 40)
    drawing.text(MARGIN, MARGIN + 8, "Kernels alone, in percent of the machine's peak", 17,
                 weight="bold")
    drawing.text(MARGIN, MARGIN + 28, caption, 12, FAINT)
    y = MARGIN + 44
    for row, height in zip(rows, heights):
        x = MARGIN
        for cell, width in zip(row, widths):
            draw_panel(drawing, cell, x, y)
            x += width
        y += height
    drawing.save(path)


def panels(report):
    """The kernels and variants in the order in which they were measured."""
    return list(dict.fromkeys((m["kernel"], m["variant"]) for m in report["measurements"]))


def axes(kernel, sizes):
    """Where a measurement stands: what its row is called, and what its column."""
    if kernel in ("gemm", "int8_gemm", "block_gemm", "block_gemv"):
        return f"{sizes['k']} → {sizes['n']}", f"{sizes['m']}"
    if kernel == "attention":
        return f"heads of {sizes['head_size']}", f"{sizes['queries']}·{sizes['keys']}"
    return f"rows of {sizes['width']}", f"{sizes['rows']}"


MEASURES = {"FLOP": "multiply-adds", "OP": "multiply-adds of bytes", "byte": "reading as much"}
PRODUCT = "rows, down: inputs → outputs"
ACROSS = {"gemm": PRODUCT, "int8_gemm": PRODUCT, "block_gemm": PRODUCT, "block_gemv": PRODUCT,
          "attention": "queries · keys"}


def panel(report, kernel, variant, threads):
    down, across, shares, unit = {}, {}, {}, "FLOP"
    for m in report["measurements"]:
        if (m["kernel"], m["variant"], m["threads"]) != (kernel, variant, threads):
            continue
        row, column = axes(kernel, m["sizes"])
        down[row], across[column], unit = None, None, m["unit"]
        shares[row, column] = m["share"]
    name = f"{kernel}, {variant}" if variant else kernel
    return {"title": f"{name}, {threads} {'thread' if threads == 1 else 'threads'}",
            "measure": f"% of {MEASURES[unit]}; across: {ACROSS.get(kernel, 'rows')}",
            "down": list(down), "across": list(across), "shares": shares}


def draw_panel(drawing, panel, x, y):
    drawing.text(x, y + 14, panel["title"], 13, weight="bold")
    drawing.text(x, y + 29, panel["measure"], 11, FAINT)
    top = y + TITLE
    for j, column in enumerate(panel["across"]):
        drawing.text(x + LABEL + CELL * (j + 0.5), top - 4, column, 11, FAINT, "middle")
    for i, row in enumerate(panel["down"]):
        drawing.text(x + LABEL - 8, top + ROW * i + 15, row, 11, anchor="end")
        for j, column in enumerate(panel["across"]):
            share = panel["shares"].get((row, column))
            if share is None:
                continue
            color = ramp(share)
            drawing.rect(x + LABEL + CELL * j, top + ROW * i, CELL - 1, ROW - 1, color)
            drawing.text(x + LABEL + CELL * (j + 0.5), top + ROW * i + 15, f"{100 * share:.0f}",
                         11, ink_on(color), "middle")
