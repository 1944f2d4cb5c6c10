"""Values that a shell, systemd or Docker could misread, and whether one of them ran as a command."""

from hypothesis import strategies as st

from tests.instance.sandbox import Sandbox

MARK = "ran-by-a-value"

FRAGMENTS = [
    f"'; touch {MARK}; '",
    f'"; touch {MARK}; "',
    f"$(touch {MARK})",
    f"`touch {MARK}`",
    f"; touch {MARK} #",
    f"& touch {MARK} &",
    f"| touch {MARK}",
    *(
        "${HOME}",
        "$HOME",
        "$",
        "\\",
        "\\\\",
        "'",
        '"',
        "%",
        "%n",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "!",
        "!!",
        "#",
        ";",
        "~",
        "=",
        " ",
    ),
    *("  ", "é", "漢", "\U0001f600", "\u2028", "END", "a", "0", "--version-id=x", "-"),
]

LINE_BREAKS = ["\n", "\nEND\n", f"\nEND\ntouch {MARK}\n", f"\ntouch {MARK}\n", "\r\n", "\t"]

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=3)

VALUES = st.lists(st.sampled_from(FRAGMENTS) | TEXT, max_size=6).map("".join)

SCRIPT_TEXT = st.lists(st.sampled_from([*FRAGMENTS, *LINE_BREAKS]) | TEXT, max_size=8).map("".join)

PATHS = st.lists(st.sampled_from(FRAGMENTS) | TEXT, max_size=6).map(
    lambda parts: "/" + "".join(character for character in "".join(parts) if "!" <= character <= "~")
)


def nothing_ran(sandbox: Sandbox) -> None:
    assert not list(sandbox.root.parent.rglob(MARK))
