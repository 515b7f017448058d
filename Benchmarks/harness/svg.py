"""A small writer of SVG pictures, and the colours that all of them use."""
from html import escape
from pathlib import Path

INK, FAINT, GRID, PAPER = "#1a1a1a", "#5f5f5f", "#d9d9d9", "#ffffff"
# Okabe and Ito's colours: told apart by all kinds of colour vision.
COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a8a8a"]
# Cividis: dark to light for all alike, so that it reads in grey, too.
RAMP = ["#00204d", "#213d6b", "#555b6c", "#7b7a77", "#a59c74", "#d3c064", "#ffe945"]


class Drawing:
    """Shapes on a light sheet, in pixels from the upper left corner."""

    def __init__(self, width, height):
        self.width, self.height, self.parts = width, height, []
        self.rect(0, 0, width, height, PAPER)

    def rect(self, x, y, width, height, fill, stroke="none"):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                          f'height="{height:.1f}" fill="{fill}" stroke="{stroke}"/>')

    def line(self, points, color, width=1.0, dash=None):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" '
                          f'stroke-width="{width}"{dashes}/>')

    def dot(self, x, y, color, radius=3.0):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}"/>')

    def text(self, x, y, words, size=12, color=INK, anchor="start", weight="normal"):
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" '
            f'text-anchor="{anchor}" font-weight="{weight}">{escape(str(words))}</text>')

    def save(self, path):
        body = "\n".join(self.parts)
        Path(path).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" '
            f'font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif">\n{body}\n</svg>\n')


def ramp(share):
    """The colour of a share from 0 to 1."""
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    below = min(int(place), len(RAMP) - 2)
    parts = [(int(a[i:i + 2], 16), int(b[i:i + 2], 16))
             for a, b in [(RAMP[below], RAMP[below + 1])] for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * (place - below)):02x}" for a, b in parts)


def ink_on(color):
    """Black or white, whichever is read better on `color`."""
    red, green, blue = (int(color[i:i + 2], 16) for i in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 130 else PAPER


def figure(value):
    """A number with about three digits: 0.45, 12.3, 1050."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
