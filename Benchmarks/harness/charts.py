"""The pictures of a comparison: bars of ratios, and curves of how time grows."""
import math

from harness.svg import COLORS, FAINT, GRID, INK, Drawing, figure

ENGINES = ["weft", "onnxruntime", "onnxruntime, BERT fusions", "openvino", "torch", "torch.compile"]
ENGINES_INT8 = ["weft int8", "onnxruntime int8, dynamic",
                "onnxruntime int8, dynamic, BERT fusions", "openvino int8, NNCF static"]


def color(name):
    for engines in (ENGINES, ENGINES_INT8):
        if name in engines:
            return COLORS[engines.index(name)]
    return COLORS[-1]


def ratios(cells, path, title, caption):
    """Horizontal bars: for each cell, each engine's time over Weft's; longer is slower."""
    left, scale, bar, gap, top = 270, 400, 16, 26, 92
    rows = sum(len(cell["engines"]) for cell in cells.values())
    largest = max((e["ratio"] or 1) for cell in cells.values() for e in cell["engines"].values())
    limit = min(math.ceil(largest * 2) / 2, 6)
    drawing = Drawing(left + scale + 170, top + rows * bar + len(cells) * gap + 30)
    drawing.text(24, 34, f"Time relative to Weft's, {title}", 17, weight="bold")
    drawing.text(24, 54, caption, 12, FAINT)
    drawing.text(24, 70, "medians; longer is slower; the line is Weft", 12, FAINT)
    bottom = drawing.height - 24
    for tick in range(int(limit) + 1):
        x = left + scale * tick / limit
        drawing.line([(x, top), (x, bottom)], GRID)
        drawing.text(x, top - 6, f"{tick}×", 11, FAINT, "middle")
    y = top + 6
    for cell in cells.values():
        y += 16
        drawing.text(24, y - 4, f"{cell['model']}, {cell['batch']} × {cell['tokens']}", 12,
                     weight="bold")
        for name, engine in cell["engines"].items():
            ratio = engine["ratio"] or 0
            width = scale * min(ratio, limit) / limit
            drawing.text(left - 8, y + bar - 5, name, 11, anchor="end")
            drawing.rect(left, y + 1, width, bar - 2, color(name))
            words = f"{ratio:.2f} × · {figure(engine['median_ms'])} ms"
            drawing.text(left + width + 6, y + bar - 5, words, 11)
            y += bar
        y += gap - 16
    x = left + scale / limit
    drawing.line([(x, top), (x, bottom)], INK, 1.5)
    drawing.save(path)


def growth(series, titles, path, caption):
    """Curves on logarithmic axes: milliseconds over tokens, batch and layers."""
    width, height, left, top = 300, 260, 60, 100
    drawing = Drawing(len(series) * (width + left + 20) + 40, top + height + 86)
    drawing.text(24, 34, "How time grows, MiniLM's shape, f32", 17, weight="bold")
    drawing.text(24, 54, f"{caption}; milliseconds, both axes logarithmic", 12, FAINT)
    for number, (group, cells) in enumerate(series.items()):
        x = 24 + left + number * (width + left + 20)
        drawing.text(x, top - 12, titles[group], 13, weight="bold")
        curves(drawing, group, cells, x, top, width, height)
    names = list(dict.fromkeys(n for cells in series.values() for c in cells.values()
                               for n in c["engines"]))
    for i, name in enumerate(names):
        x = 24 + left + i * 150
        drawing.line([(x, drawing.height - 20), (x + 24, drawing.height - 20)], color(name), 2.5,
                     DASHES[i % len(DASHES)])
        drawing.text(x + 30, drawing.height - 16, name, 12)
    drawing.save(path)


# Lines differ in their strokes, too: nobody has to tell colours apart.
DASHES = [None, "7 3", "2 3", "9 3 2 3", "4 4", "1 4"]


def curves(drawing, group, cells, left, top, width, height):
    points = {}
    for name, cell in cells.items():
        place = int(name.rpartition("-")[2])
        for engine, result in cell["engines"].items():
            points.setdefault(engine, []).append((place, result["median_ms"]))
    places = sorted({p for line in points.values() for p, _ in line})
    times = [t for line in points.values() for _, t in line]
    marks = [digit * 10.0 ** power for power in range(-3, 6) for digit in (1, 2, 5)]
    low = max(mark for mark in marks if mark <= max(min(times), marks[0]))
    high = min(mark for mark in marks if mark >= max(times) and mark > low)
    first, last = math.log(places[0]), math.log(max(places[-1], places[0] + 1))

    def at(place, milliseconds):
        return (left + width * (math.log(place) - first) / (last - first),
                top + height * math.log(high / milliseconds) / math.log(high / low))

    for mark in (mark for mark in marks if low <= mark <= high):
        _, y = at(places[0], mark)
        drawing.line([(left, y), (left + width, y)], GRID)
        drawing.text(left - 6, y + 4, f"{mark:g}", 10, FAINT, "end")
    for place in places:
        x, _ = at(place, times[0])
        drawing.line([(x, top), (x, top + height)], GRID, 0.5)
        drawing.text(x, top + height + 16, place, 10, FAINT, "middle")
    for i, (engine, line) in enumerate(points.items()):
        path = [at(*point) for point in sorted(line)]
        drawing.line(path, color(engine), 2.5, DASHES[i % len(DASHES)])
        for x, y in path:
            drawing.dot(x, y, color(engine))
