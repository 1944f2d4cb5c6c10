"""From an expanded template to its picture, and from a picture to Mermaid and SVG."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.analysis.availability import graph as availability
from cli.analysis.availability import resources as template_resources
from cli.analysis.picture import drawing
from cli.analysis.picture.places import regions
from cli.analysis.picture.routes import VISITORS, name_id, public_names, ways
from cli.analysis.picture.shapes import Area, Part, Picture, Shape, Way

# Mermaid's brackets around a label. Source: "Flowcharts Syntax" in Mermaid's documentation.
BRACKETS = {
    Shape.PEOPLE: ("([", "])"),
    Shape.NAME: ("{{", "}}"),
    Shape.SERVICE: ("[", "]"),
    Shape.SERVER: ("[", "]"),
    Shape.STORE: ("[(", ")]"),
}
# With a seed, equal pictures are equal files. A label that is longer than the wrapping width is cut: a DNS name has no
# spaces to wrap at. Source: "Mermaid configuration options" in Mermaid's documentation.
CONFIGURATION = "%%{init: {'theme': 'neutral', 'handDrawnSeed': 1, 'flowchart': {'wrappingWidth': 600}}}%%\n"


def picture(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> Picture:
    """Return the picture of an expanded template: everything on the way of a request, and nothing else."""
    made = availability.read(template, region, parameters)
    resources = template_resources.read(template, region, parameters)
    outside = (
        Part(VISITORS, "visitors", Shape.PEOPLE),
        *(Part(name_id(name), name, Shape.NAME) for name in public_names(made)),
        *(Part(name, "CloudFront", Shape.SERVICE) for name in made.distributions),
    )
    places = regions(made, resources)
    known = {part.id for part in outside} | {part.id for region_area in places for part in region_area.every_part()}
    between = tuple(way for way in ways(made) if {way.start, way.end} <= known)
    return Picture(outside, places, between)


def mermaid(drawn: Picture) -> str:
    """Return a picture as the text of a Mermaid flowchart."""
    lines = ["flowchart TB", *(f"  {_part(part)}" for part in drawn.parts)]
    for region in drawn.regions:
        lines += [f"  {line}" for line in _area(region)]
    lines += [f"  {_way(way)}" for way in _merged(drawn.ways)]
    return "\n".join(lines) + "\n"


def svg(drawn: Picture) -> str:
    """Return a picture as SVG, laid out by the Mermaid library."""
    return drawing.svg(CONFIGURATION + mermaid(drawn))


def svg_file(drawn: Picture) -> str:
    """Return a picture as an SVG file, whose dark lines are visible on a page of any color."""
    return svg(drawn).replace("background-color: transparent", "background-color: white", 1)


def _part(part: Part) -> str:
    opening, closing = BRACKETS[part.shape]
    return f'{part.id}{opening}"{part.label}"{closing}'


def _area(area: Area) -> Iterator[str]:
    yield f'subgraph {area.id}["{area.label}"]'
    for part in area.parts:
        yield f"  {_part(part)}"
    for inside in area.areas:
        yield from (f"  {line}" for line in _area(inside))
    yield "end"


def _way(way: Way) -> str:
    arrow = "-.->" if way.spare else "-->"
    label = f'|"{way.label}"|' if way.label else ""
    return f"{way.start} {arrow}{label} {way.end}"


def _merged(between: tuple[Way, ...]) -> Iterator[Way]:
    """Yield the ways, those between the same two parts as one with all labels."""
    labels: dict[tuple[str, str, bool], list[str]] = {}
    for way in between:
        labels.setdefault((way.start, way.end, way.spare), []).append(way.label)
    for (start, end, spare), texts in labels.items():
        # A way without a label is the general one: what else takes it needs no mention.
        yield Way(start, end, "" if "" in texts else ", ".join(texts), spare)
