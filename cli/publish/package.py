"""What is uploaded: bytes, under a key that contains their SHA-256, so that a key's content never changes."""

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

# The oldest date in a zip file. Fixed, so that the same files always give the same bytes.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = {".json": "application/json", ".yaml": "application/yaml", ".yml": "application/yaml"}
ARCHIVE_TYPES = {".zip": "application/zip", ".gz": "application/gzip", ".tgz": "application/gzip"}


@dataclass(frozen=True)
class Package:
    """A file to upload: its key, its bytes, and its content type."""

    key: str
    body: bytes
    content_type: str

    @property
    def digest(self) -> str:
        """The SHA-256 in hexadecimal digits, which the key contains."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def checksum(self) -> str:
        """The SHA-256 in S3's encoding."""
        return base64.b64encode(hashlib.sha256(self.body).digest()).decode()


def template_package(prefix: str, name: str, body: bytes) -> Package:
    """Return a template's package; its key ends with the file's name, for readability."""
    kind = CONTENT_TYPES.get(Path(name).suffix.lower(), "text/plain")
    return Package(_key(prefix, name, body), body, kind)


def code_package(prefix: str, folder: Path) -> Package:
    """Return a zip file of a folder, for Lambda or for web servers: the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_DATE)
            # The code runs as another user: all may read, and execute what is executable here.
            entry.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    body = held.getvalue()
    return Package(_key(prefix, f"{folder.name}.zip", body), body, "application/zip")


def archive_package(prefix: str, path: Path) -> Package:
    """Return the package of a file that is an archive already, under its own name."""
    body = path.read_bytes()
    return Package(_key(prefix, path.name, body), body, ARCHIVE_TYPES.get(path.suffix, "application/x-tar"))


def _key(prefix: str, name: str, body: bytes) -> str:
    return "/".join(filter(None, [prefix.strip("/"), hashlib.sha256(body).hexdigest(), name]))
