"""Problems with a template, with enough detail to fix them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# CloudFormation shows the message as a status reason, whose maximum length is not documented. 3,000 characters fit all
# problems of most templates, and are below the 4,096 bytes of a custom resource response.
MESSAGE_LIMIT = 3000

# Maximum number of names in a fix: no group has more, but a site has hundreds of resources.
MAX_NAMES = 40

# Maximum number of problems per site, or in the references to sites. The message has room for a third of them.
MAX_PROBLEMS = 100

# Limits for comparing a name with the known ones, which takes time: the maximum length of known names, and of resources
# in a template.
MAX_NAME_LENGTH = 255
MAX_COMPARED = 500

# The problem of a template whose expansion raises RecursionError.
TOO_DEEP = "(template): functions are nested too deeply; move parts of it to separate resources or parameters"

# How similar a known name must be to be proposed, where a wrong proposal does no harm.
NEAR = 0.6


class Fix(str):
    """A fix that ends with what is allowed, which `allowed` has for programs."""

    allowed: str

    def __new__(cls, before: str, allowed: str) -> "Fix":
        """Return the fix as one text."""
        made = super().__new__(cls, before + allowed)
        made.allowed = allowed
        return made


def allowing(allowed: str, guess: str = "") -> Fix:
    """Return the fix that says what is allowed, after a guess at what was meant."""
    return Fix(f"{guess}allowed: ", allowed)


# A dataclass, not `frozen`: problems are compared, and the command line's findings extend them.
@dataclass(frozen=True)
class Problem:
    """One problem: where it is, what was found, and how to fix it."""

    path: str
    found: str
    fix: str

    def __str__(self) -> str:
        return _printable(f"{self.path}: {self.found}; {self.fix}")


class InvalidTemplateError(Exception):
    """A template that can't be expanded, with all problems found, in the template's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def note(problems: list[Problem], problem: Problem) -> None:
    """Add a problem. Raises InvalidTemplateError with all problems once there are too many."""
    problems.append(problem)
    if len(problems) >= MAX_PROBLEMS:
        found = f"found {MAX_PROBLEMS} problems, and stopped looking"
        raise InvalidTemplateError([*problems, Problem("(template)", found, "fix these first")])


def message(problems: Iterable[Problem]) -> str:
    """Return the problems as text, one per line, of at most MESSAGE_LIMIT characters, and how many are left out."""
    lines = [str(problem) for problem in problems]
    kept: list[str] = []
    room = MESSAGE_LIMIT - len("... and 9999 more")
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if not kept and lines:
        kept.append(lines[0][:room])
    left_out = len(lines) - len(kept)
    return "\n".join([*kept, f"... and {left_out} more"] if left_out else kept)


def known_names(found: str, known: Iterable[str], *, typo: float | None = None) -> str:
    """Return the fix for an unknown name: the closest known name, if any, and the other known names.

    With `typo`, from 0 to 1, only a name that is as similar is proposed, and then without the others.
    """
    names = sorted(known)
    if len(found) > MAX_NAME_LENGTH or len(names) > MAX_COMPARED:
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        return Fix("allowed here: ", ", ".join(names[:MAX_NAMES]) + more)
    near = nearest(found, names, cutoff=typo or NEAR)
    guess = f"did you mean {near[0]}? " if near else ""
    if near and typo:
        return guess.strip()
    if len(names) > MAX_NAMES:
        listed = nearest(found, names, cutoff=0, most=MAX_NAMES)
        more = f" and {len(names) - len(listed)} more"
        return Fix(f"{guess}allowed here: ", ", ".join(sorted(listed)) + more)
    return Fix(f"{guess}allowed here: ", ", ".join(names)) if names else "nothing is allowed here"


def nearest(found: str, known: Iterable[str], *, cutoff: float = NEAR, most: int = 1) -> list[str]:
    """Return the known names that are at least as similar as `cutoff`, from 0 to 1, the most similar first.

    Capitals do not matter. None is similar to a name that is too long to be compared.
    """
    if len(found) > MAX_NAME_LENGTH:
        return []
    from difflib import get_close_matches  # noqa: PLC0415  # only a template with problems needs it

    by_lower_case = {name.lower(): name for name in known}
    return [by_lower_case[name] for name in get_close_matches(found.lower(), by_lower_case, n=most, cutoff=cutoff)]


def _printable(text: str) -> str:
    """Return a text with control characters escaped, since names in a template can contain them."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def first_repeated(names: Sequence[str]) -> str | None:
    """Return the first name that occurs twice, or None."""
    return next((name for index, name in enumerate(names) if name in names[:index]), None)


def shown(value: object, limit: int = 80) -> str:
    """Return a value for quoting in a problem, as in YAML: in full if short, otherwise its beginning."""
    if value is None:
        return "nothing (an empty value)"
    text = ""
    # Of a large value, only the beginning is written.
    for piece in _pieces(value):
        text += piece
        if len(text) > limit:
            return text[: limit - 3] + "..."
    return text


def _pieces(value: object) -> Iterator[str]:
    """Yield a value as YAML, with functions in their short form."""
    if isinstance(value, Mapping):
        name, argument = next(iter(value.items())) if len(value) == 1 else ("", None)
        if name == "Ref" or str(name).startswith("Fn::"):
            yield f"!{str(name).removeprefix('Fn::')} "
            yield from _pieces(argument)
            return
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{', ' if number else ''}{key}: "
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _pieces(item)
        yield "]"
    elif value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    else:
        yield repr(value)
