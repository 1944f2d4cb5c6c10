"""Draws the growth of an expansion's time as an SVG file: a few lines, so no library is needed."""

from collections.abc import Sequence

from tools.bench.growth import Point

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 40, 40, 50
COLORS = {"expansion": "#0b6bcb", "JSON round trip of the result": "#b35900"}


def svg(points: Sequence[Point], title: str) -> str:
    """Return the chart: time over the number of sites, a line for the expansion and one for JSON's part."""
    widest, highest = points[-1].sites, _rounded(max(point.expansion for point in points))

    def place(sites: float, time: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * sites / widest
        return round(x, 1), round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * time / highest, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{title}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{title}</text>',
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">sites in the template (resources)</text>',
    ]
    for step in range(5):
        time = highest * step / 4
        _, y = place(0, time)
        parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{time:g} ms</text>')
    for point in points:
        x, y = place(point.sites, 0)
        # The labels of one and of two sites would overlap.
        label = f"{point.sites} ({point.resources})" if point.sites > widest / 10 else str(point.sites)
        parts.append(f'<text x="{x}" y="{y + 16}" text-anchor="middle">{label}</text>')
    lines = {
        "expansion": [place(point.sites, point.expansion) for point in points],
        "JSON round trip of the result": [place(point.sites, point.json) for point in points],
    }
    for number, (name, line) in enumerate(lines.items()):
        color = COLORS[name]
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" points="{_text(line)}"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/>' for x, y in line]
        parts.append(f'<text x="{LEFT + 12}" y="{TOP + 14 + 16 * number}" fill="{color}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _rounded(time: float) -> float:
    """Return the next larger number that an axis ends with well."""
    size = 1
    while size * 10 < time:
        size *= 10
    return float(next(size * step for step in (1, 2, 4, 6, 8, 10) if size * step >= time))


def _text(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in line)
