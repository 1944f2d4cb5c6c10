"""What is wrong with a template, told so that its author can repair it without a debugger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# CloudFormation shows the message as a status reason, whose length it does not document. 3,000 characters keep every
# problem of all but a hopeless template, and stay below the 4,096 bytes that it allows a custom resource's answer.
MESSAGE_LIMIT = 3000

# Names that an advice lists: no group has more, but a site has hundreds of resources.
MAX_NAMES = 40

# Problems that are looked for in a site, or in the references to sites. The message has room for a third of them.
MAX_PROBLEMS = 100

# A name is compared with the known ones if it is no longer than any of theirs, and they are no more than a template's
# resources: comparing takes time.
MAX_NAME_LENGTH = 255
MAX_COMPARED = 500


@dataclass(frozen=True)
class Problem:
    """One thing to repair: where it is, what was found, and what to do about it."""

    path: str
    found: str
    fix: str

    def __str__(self) -> str:
        return _printable(f"{self.path}: {self.found}; {self.fix}")


class InvalidTemplateError(Exception):
    """A template that can't be expanded; carries every problem that was found, in the template's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def note(problems: list[Problem], problem: Problem) -> None:
    """Add a problem to those found so far. Raises InvalidTemplateError with all of them once they are too many."""
    problems.append(problem)
    if len(problems) >= MAX_PROBLEMS:
        found = f"found {MAX_PROBLEMS} problems so far, and looked for no more"
        raise InvalidTemplateError([*problems, Problem("(template)", found, "repair these first")])


def message(problems: Iterable[Problem], limit: int = MESSAGE_LIMIT) -> str:
    """Return the problems as one text of at most `limit` characters, one a line; says how many it had to leave out."""
    lines = [str(problem) for problem in problems]
    kept: list[str] = []
    room = limit - len("... and 9999 more")
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if not kept and lines:
        kept.append(lines[0][:room])
    left_out = len(lines) - len(kept)
    return "\n".join([*kept, f"... and {left_out} more"] if left_out else kept)


def known_names(found: str, known: Iterable[str]) -> str:
    """Return the advice for an unknown name: the nearest known one if there is one, and the others that are known."""
    names = sorted(known)
    if len(found) > MAX_NAME_LENGTH or len(names) > MAX_COMPARED:
        listed = ", ".join(names[:MAX_NAMES])
        return (
            f"known here: {listed} and {len(names) - MAX_NAMES} more"
            if len(names) > MAX_NAMES
            else f"known here: {listed}"
        )
    from difflib import get_close_matches  # noqa: PLC0415  # only a template with problems needs it

    by_lower_case = {name.lower(): name for name in names}
    near = get_close_matches(found.lower(), by_lower_case, n=1)
    guess = f"did you mean {by_lower_case[near[0]]}? " if near else ""
    if len(names) > MAX_NAMES:
        nearest = get_close_matches(found.lower(), by_lower_case, n=MAX_NAMES, cutoff=0)
        shown_names = [by_lower_case[name] for name in nearest]
        return f"{guess}known here: {', '.join(sorted(shown_names))} and {len(names) - len(nearest)} more"
    return f"{guess}known here: {', '.join(names)}" if names else "nothing is allowed here"


def _printable(text: str) -> str:
    """Return a text that does nothing to a terminal: names in a template may hold control characters."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def first_repeated(names: Sequence[str]) -> str | None:
    """Return the first name that is there twice, if one is."""
    return next((name for index, name in enumerate(names) if name in names[:index]), None)


def shown(value: object, limit: int = 80) -> str:
    """Return a value as it is quoted in a problem: in full if short, else its beginning."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
