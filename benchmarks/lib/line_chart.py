"""Line charts as SVG: panels over one logarithmic x axis, each with a y axis of its own."""

import html
import math
import xml.etree.ElementTree

WIDTH, LEFT, RIGHT, TOP, PANEL, GAP, BOTTOM = 780, 84, 196, 60, 190, 46, 50

# Told apart without colour too: by dashes and by marks.
STYLES = {
    "pgrepo": {"color": "#2b6cb0", "dash": "", "mark": "disc"},
    "by_hand": {"color": "#4a5568", "dash": "7 4", "mark": "square"},
    "other": {"color": "#b7602b", "dash": "2 3", "mark": "triangle"},
}


def mark(kind, x, y, color):
    if kind == "disc":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{color}"/>'
    if kind == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="white" stroke="{color}" stroke-width="1.6"/>'
    return (f'<path d="M{x:.1f} {y - 4.6:.1f}L{x + 4.4:.1f} {y + 3.4:.1f}L{x - 4.4:.1f} {y + 3.4:.1f}Z" fill="white" '
            f'stroke="{color}" stroke-width="1.6"/>')


def text(x, y, what, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{html.escape(what)}</text>'


def number(value):
    if value >= 1:
        return f"{value:,.10g}"
    return f"{value:.10g}"


def linear_ticks(low, high):
    step = 10 ** math.floor(math.log10((high - low) / 4))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= 6)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low, high):
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    wide = math.log10(high / low) > 2.2
    ticks = [m * 10.0 ** d for d in decades for m in ((1,) if wide else (1, 2, 5))]
    return [t for t in ticks if low * 0.999 <= t <= high * 1.001]


class Axis:
    """From values to pixels: `values` must be seen, and a little more. Of amounts, near ones begin at 0, others are logarithmic."""

    def __init__(self, values, ratios):
        low, high = min(values), max(values)
        logarithmic = self.logarithmic = high > 4 * low
        if not logarithmic and not ratios:
            low = 0
        if logarithmic:
            pad = max((high / low) ** 0.06, 1.1)
            self.low, self.high = low / pad, high * pad
            self.ticks = log_ticks(self.low, self.high)
        else:
            pad = (high - low) * 0.08
            self.low, self.high = max(low - pad, 0), high + pad
            self.ticks = linear_ticks(self.low, self.high)

    def at(self, value, begin, end):
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return begin + (value - low) / (high - low) * (end - begin)


def panel(parts, top, xs, x_of, drawn):
    """`drawn`: title, label of the y axis, series (name, style, points of (x, middle, lowest, highest)), and `one` where they
    are ratios, with a line at 1."""
    bottom, right = top + PANEL, WIDTH - RIGHT
    values = [v for _, _, points in drawn["series"] for point in points for v in point[1:]]
    if drawn.get("one"):
        values += [0.95, 1.1]
    y = Axis(values, drawn.get("one", False))
    parts.append(text(LEFT, top - 8, drawn["title"], 'font-weight="bold"'))
    for tick in y.ticks:
        at = y.at(tick, bottom, top)
        parts.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" stroke="#e2e8f0"/>')
        parts.append(text(LEFT - 8, at + 4, number(tick), 'text-anchor="end"'))
    for x in xs:
        parts.append(f'<line x1="{x_of(x):.1f}" y1="{bottom}" x2="{x_of(x):.1f}" y2="{bottom + 4}" stroke="#4a5568"/>')
    if drawn.get("one"):
        at = y.at(1, bottom, top)
        parts.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" stroke="#4a5568" stroke-dasharray="7 4"/>')
    parts.append(f'<path d="M{LEFT} {top}V{bottom}H{right}" fill="none" stroke="#4a5568"/>')
    parts.append(text(0, 0, drawn["label"], f'text-anchor="middle" transform="translate(22 {(top + bottom) / 2}) rotate(-90)"'))
    legend = top + 12
    if drawn.get("one"):
        parts.append(f'<path d="M{right + 14} {legend - 4}h30" stroke="#4a5568" stroke-dasharray="7 4"/>')
        parts.append(text(right + 52, legend, "libpq by hand"))
        legend += 20
    for order, (name, style, points) in enumerate(drawn["series"]):
        aside = 5 * order  # whiskers of two lines do not lie on each other
        style = STYLES[style]
        color, dash = style["color"], f'stroke-dasharray="{style["dash"]}"' if style["dash"] else ""
        path = "".join(f"{'L' if i else 'M'}{x_of(p[0]):.1f} {y.at(p[1], bottom, top):.1f}" for i, p in enumerate(points))
        parts.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="1.8" {dash}/>')
        for x, middle, lowest, highest in points:
            a, b = y.at(lowest, bottom, top), y.at(highest, bottom, top)
            if a - b > 1:
                at = x_of(x) + aside
                parts.append(f'<path d="M{at:.1f} {a:.1f}V{b:.1f}M{at - 2:.1f} {a:.1f}h4M{at - 2:.1f} {b:.1f}h4" '
                             f'stroke="{color}" stroke-width="1" fill="none"/>')
            parts.append(mark(style["mark"], x_of(x), y.at(middle, bottom, top), color))
        parts.append(f'<path d="M{right + 14} {legend - 4}h30" stroke="{color}" stroke-width="1.8" {dash}/>')
        parts.append(mark(style["mark"], right + 29, legend - 4, color))
        for line in name.split("\n"):
            parts.append(text(right + 52, legend, line))
            legend += 15
        legend += 5


def chart(title, note, x_label, panels):
    xs = sorted({point[0] for drawn in panels for _, _, points in drawn["series"] for point in points})
    begin, end = LEFT + 16, WIDTH - RIGHT - 16

    def x_of(x):
        if len(xs) == 1:
            return (begin + end) / 2
        return begin + math.log(x / xs[0]) / math.log(xs[-1] / xs[0]) * (end - begin)

    height = TOP + 24 + len(panels) * (PANEL + GAP) - GAP + BOTTOM
    parts = [text(12, 24, title, 'font-size="15" font-weight="bold"'), text(12, 42, note, 'fill="#4a5568"')]
    top = TOP + 24
    for drawn in panels:
        panel(parts, top, xs, x_of, drawn)
        top += PANEL + GAP
    for x in xs:
        parts.append(text(x_of(x), top - GAP + 18, number(x), 'text-anchor="middle"'))
    parts.append(text((begin + end) / 2, top - GAP + 38, x_label, 'text-anchor="middle"'))
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           f'font-family="sans-serif" font-size="12" role="img" aria-label="{html.escape(title)}">'
           f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')
    xml.etree.ElementTree.fromstring(svg)  # well-formed, whatever the names were
    return svg
