"""A cursor over text from the web that only goes forward: what is built on it takes time in proportion to the text.

Regular expressions that backtrack, and searches that begin anew at each position, let a few kilobytes hold a run for
minutes. So every scanner here moves a `Scan`, and looks at text only through it. A pattern is one class of characters
(`[...]`): looking for it costs as many steps as the cursor then moves.
"""

import re

SPACE = re.compile(r"[ \t\n\r\f]")
NOT_SPACE = re.compile(r"[^ \t\n\r\f]")


class Scan:
    """Text, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = len(text)
        self.at = 0
        self._found: dict[str, tuple[int, int]] = {}

    @property
    def is_done(self) -> bool:
        """Say whether all has been read."""
        return self.at >= self.end

    def peek(self, characters: int = 1) -> str:
        """Return the next characters; fewer at the end."""
        return self.text[self.at : self.at + characters]

    def starts(self, word: str) -> bool:
        """Say whether a word comes next, in any case of ASCII letters."""
        return self.text[self.at : self.at + len(word)].lower() == word

    def move(self, to: int) -> str:
        """Go to a place further on, or to the end; return what lies between."""
        start, self.at = self.at, min(max(to, self.at), self.end)
        return self.text[start : self.at]

    def take(self, characters: int = 1) -> str:
        """Return the next characters, and go beyond them."""
        return self.move(self.at + characters)

    def until(self, stops: re.Pattern[str]) -> str:
        """Return what comes before the next character of a class; the rest, if there is none."""
        return self.move(self._search(stops))

    def skip_space(self) -> None:
        """Go to the next character that is no white space."""
        self.at = self._search(NOT_SPACE)

    def through(self, word: str) -> str:
        """Return all up to and including a word; the rest, if it does not come."""
        found = self.find(word)
        return self.move(self.end if found < 0 else found + len(word))

    def find(self, word: str, start: int | None = None) -> int:
        """Return where a word comes next, or -1. What has been searched for it once is not searched again.

        `start`: from there on, if that is not where the cursor is.
        """
        begin = self.at if start is None else start
        searched, found = self._found.get(word, (0, -2))
        if found == -2 or begin < searched or 0 <= found < begin:
            found = self._find(word, begin)
            self._found[word] = (begin, found)
        return found

    def _search(self, characters: re.Pattern[str]) -> int:
        found = characters.search(self.text, self.at)
        return found.start() if found else self.end

    def _find(self, word: str, start: int) -> int:
        return self.text.find(word, start)
