"""Published templates, from the source of a package that `make test-tools` downloads."""

import re
import tarfile
from collections.abc import Iterator
from typing import NamedTuple

from tools.repository import ROOT

FOLDER = ROOT / ".published-templates"
NAME = re.compile(r"\.(ya?ml|json|template)$")
RESOURCES = re.compile(r'^\s*"?Resources"?\s*:', re.MULTILINE)


class Published(NamedTuple):
    """A template as it was published: its path in the package, and its text."""

    path: str
    text: str


def published() -> Iterator[Published]:
    """Yield every template once: each file with a template's name, and with resources in it."""
    archives = sorted(FOLDER.glob("*.tar.gz"))
    assert archives, f"{FOLDER} has no package: run `make test-tools`"
    seen: set[str] = set()
    for archive in archives:
        with tarfile.open(archive) as opened:
            for member in sorted(opened, key=lambda each: each.name):
                text = _text(opened, member) if member.isfile() and NAME.search(member.name) else ""
                if RESOURCES.search(text) and text not in seen:
                    seen.add(text)
                    yield Published(member.name.partition("/")[2], text)


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    opened = archive.extractfile(member)
    return opened.read().decode("utf-8-sig") if opened else ""
