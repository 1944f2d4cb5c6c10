"""What is released: the archive of a folder, or a file that is one already."""

import re
import tarfile
import zipfile
from pathlib import Path

from cli.publish.package import Package, archive_package, code_package
from resilient_website.problems import InvalidTemplateError, Problem

# What the servers unpack, by the end of the key.
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
ACCEPTED = f"a folder, or a file that ends with {', '.join(ENDINGS)}"

# The folder of a release in the bucket: its SHA-256.
DIGEST = re.compile(r"[0-9a-f]{64}")


def refuse_missing(path: Path) -> None:
    """Refuse a path that does not exist, before AWS is asked. Raises InvalidTemplateError."""
    if not path.exists():
        fix = f"give {ACCEPTED}; or, for a container, an image with its tag or digest"
        raise InvalidTemplateError([Problem(str(path), "found no such file or folder", fix)])


def package(path: Path, current_key: str) -> Package:
    """Return the archive of a folder, or a file as it is, with a key that contains its SHA-256.

    It goes beside the current one. Raises InvalidTemplateError for what is no archive.
    """
    refuse_missing(path)
    prefix = prefix_of(current_key)
    if path.is_dir():
        if not any(each.is_file() for each in path.rglob("*")):
            raise InvalidTemplateError([Problem(str(path), "it has no file", "give the folder of the application")])
        return code_package(prefix, path.resolve())
    readable = path.is_file() and (zipfile.is_zipfile(path) if path.suffix == ".zip" else tarfile.is_tarfile(path))
    if not path.name.endswith(ENDINGS) or not readable:
        raise InvalidTemplateError([Problem(str(path), "it is not an archive", f"give {ACCEPTED}")])
    return archive_package(prefix, path)


def prefix_of(key: str) -> str:
    """Return the folder that releases are in: that of the key, without a release's own folder."""
    folders = key.split("/")[:-1]
    return "/".join(folders[:-1] if folders and DIGEST.fullmatch(folders[-1]) else folders)
