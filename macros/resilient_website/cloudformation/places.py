"""Where a value stands in a template, and how a problem names that place."""

# The place of what holds a value, and the value's own key or number there. Put into words only for a problem, as that
# takes time.
Place = tuple["Place | None", str | int]


def steps(place: Place) -> list[str | int]:
    """Return the keys and numbers that lead to a place, the outermost first."""
    found: list[str | int] = []
    rest: Place | None = place
    while rest is not None:
        rest, step = rest
        found.append(step)
    return found[::-1]


def path(place: Place) -> str:
    """Return a place in words, as in `Outputs.Url.Value[0]`."""
    first, *others = steps(place)
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in others)
