"""The location of a value in a template, and its text form in problems."""

# The place of the containing map or list, and the value's key or index in it. Formatted only for a problem, for speed.
Place = tuple["Place | None", str | int]


def steps(place: Place) -> list[str | int]:
    """Return the keys and indices that lead to a place, outermost first."""
    found: list[str | int] = []
    rest: Place | None = place
    while rest is not None:
        rest, step = rest
        found.append(step)
    return found[::-1]


def path(place: Place) -> str:
    """Return the text form of a place, such as `Outputs.Url.Value[0]`."""
    first, *others = steps(place)
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in others)
