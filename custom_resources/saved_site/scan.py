"""A forward-only cursor over untrusted text: scanners built on it take time proportional to the text's length.

With backtracking regular expressions, or searches that restart at each position, a few kilobytes could block a run for
minutes. So every scanner in this package reads text only through a `Scan`. A pattern is one character class (`[...]`):
searching for it takes as many steps as the cursor then moves.
"""

import re

SPACE = re.compile(r"[ \t\n\r\f]")
NOT_SPACE = re.compile(r"[^ \t\n\r\f]")


class Scan:
    """A text and the cursor's position in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = len(text)
        self.at = 0
        self._found: dict[str, tuple[int, int]] = {}

    @property
    def is_done(self) -> bool:
        """Return whether the cursor is at the end."""
        return self.at >= self.end

    def peek(self, characters: int = 1) -> str:
        """Return the next characters; fewer at the end."""
        return self.text[self.at : self.at + characters]

    def starts(self, word: str) -> bool:
        """Return whether a word follows, ignoring the case of ASCII letters."""
        return self.text[self.at : self.at + len(word)].lower() == word

    def move(self, to: int) -> str:
        """Move to a later position, or to the end; return the text in between."""
        start, self.at = self.at, min(max(to, self.at), self.end)
        return self.text[start : self.at]

    def take(self, characters: int = 1) -> str:
        """Return the next characters and move past them."""
        start, self.at = self.at, min(self.at + characters, self.end)
        return self.text[start : self.at]

    def until(self, stops: re.Pattern[str]) -> str:
        """Return the text before the next character of a class, or the rest."""
        start, self.at = self.at, self._search(stops)
        return self.text[start : self.at]

    def skip(self, stops: re.Pattern[str]) -> None:
        """Move to the next character of a class, or to the end."""
        self.at = self._search(stops)

    def skip_space(self) -> None:
        """Move to the next character that is not white space."""
        self.skip(NOT_SPACE)

    def through(self, word: str) -> str:
        """Return the text up to and including a word; the rest if it does not occur."""
        found = self.find(word)
        return self.move(self.end if found < 0 else found + len(word))

    def find(self, word: str, start: int | None = None) -> int:
        """Return the next position of a word, or -1. Text that was already searched for it is not searched again.

        `start`: the position to search from; the cursor by default.
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
