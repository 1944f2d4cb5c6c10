"""Reads the properties of Custom::SavedSite."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shared.cfn_response.properties import InvalidPropertiesError, Problems, Table, bucket, number, prefix, real, text
from shared.publish_target.published_place import Place

# A captured site is stored on the function's disk until it is published: 512 MB, of which some stays free. Source:
# "Lambda quotas" (/tmp). The time limit leaves a third of Lambda's 15 minutes for publishing.
MAX_BYTES = 400_000_000
MAX_SECONDS = 600

BANNER_TEXT = (
    "This is a saved copy of our website from {time}. Some content may be out of date, and some features do not work."
)
FORM_TEXT = "This form is not available at the moment."


@dataclass(frozen=True)
class Crawl:
    """A site to crawl, and the limits of the crawl."""

    start_url: str
    paths: tuple[str, ...]
    max_pages: int
    max_bytes: int
    max_page_bytes: int
    max_depth: int
    max_seconds: int
    max_query_variants: int
    delay_seconds: float

    @property
    def address(self) -> str:
        """The source's name in a version's manifest."""
        return self.start_url


@dataclass(frozen=True)
class BucketPrefix:
    """A complete site in a bucket."""

    bucket: str
    prefix: str

    @property
    def address(self) -> str:
        """The source's name in a version's manifest."""
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class SavedSite:
    """What to save, and where to. `source_digest` changes with any property of the source."""

    bucket: str
    prefix: str
    source: Crawl | BucketPrefix
    source_digest: str
    banner_text: str
    form_text: str
    keep_versions: int
    minimum_pages_percent: int

    @property
    def place(self) -> Place:
        """Where the versions are stored."""
        return Place(self.bucket, self.prefix)


def _start_url(value: Any) -> str:
    try:
        parts = urlsplit(str(value))
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine = False
    if not port_is_fine or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("write a URL that starts with https:// (or http://), as in https://www.example.com/")
    return str(value)


def _paths(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(path, str) and path.startswith("/") for path in value):
        raise ValueError("write a list of paths that start with a slash, as in [/shop, /contact]")
    return tuple(value)


def _source_prefix(value: Any) -> str:
    return "" if value == "" else prefix(value)


# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "BucketName": ("bucket", bucket, None),
    "Prefix": ("prefix", prefix, "_saved/"),
    "BannerText": ("banner_text", text(300), BANNER_TEXT),
    "FormText": ("form_text", text(300), FORM_TEXT),
    "KeepVersions": ("keep_versions", number(2, 100), 3),
    "MinimumPagesPercent": ("minimum_pages_percent", number(0, 100), 80),
}
CRAWL: Table = {
    "StartUrl": ("start_url", _start_url, None),
    "Paths": ("paths", _paths, []),
    "MaxPages": ("max_pages", number(1, 5_000), 500),
    "MaxBytes": ("max_bytes", number(1, MAX_BYTES), 200_000_000),
    "MaxPageBytes": ("max_page_bytes", number(1, 20_000_000), 10_000_000),
    "MaxDepth": ("max_depth", number(0, 100), 5),
    "MaxSeconds": ("max_seconds", number(1, MAX_SECONDS), 600),
    "MaxQueryVariants": ("max_query_variants", number(0, 5_000), 50),
    "DelaySeconds": ("delay_seconds", real(0, 10), 0.1),
}
BUCKET_PREFIX: Table = {
    "Bucket": ("bucket", bucket, None),
    "Prefix": ("prefix", _source_prefix, ""),
}
SOURCES: dict[str, tuple[Table, type[Crawl] | type[BucketPrefix]]] = {
    "Crawl": (CRAWL, Crawl),
    "BucketPrefix": (BUCKET_PREFIX, BucketPrefix),
}


def read(properties: Mapping[str, Any]) -> SavedSite:
    """Return the saved site that ResourceProperties describe; every scalar in them is a string.

    Raises InvalidPropertiesError with every problem.
    """
    problems = Problems()
    fields = problems.read("Properties", properties, PROPERTIES, also=("Source",))
    source = _source(problems, properties.get("Source"))
    if problems.found or source is None:
        raise InvalidPropertiesError("\n".join(problems.found))
    site = SavedSite(source=source, source_digest=_digest(properties["Source"]), **fields)
    _not_into_itself(site)
    return site


def _source(problems: Problems, value: Any) -> Crawl | BucketPrefix | None:
    where = "Properties.Source"
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in SOURCES:
        found = sorted(value) if isinstance(value, Mapping) else value
        problems.add(where, found, f"write one of {', '.join(SOURCES)}, as in {{Crawl: {{StartUrl: https://...}}}}")
        return None
    name, content = next(iter(value.items()))
    if not isinstance(content, Mapping):
        problems.add(f"{where}.{name}", content, "write its properties as a map")
        return None
    table, kind = SOURCES[name]
    before = len(problems.found)
    fields = problems.read(f"{where}.{name}", content, table)
    return kind(**fields) if len(problems.found) == before else None


def _digest(source: Any) -> str:
    """Return a source's digest, equal for a scheduled event and for a request, whose numbers are strings."""
    return hashlib.sha256(json.dumps(_as_text(source), sort_keys=True).encode()).hexdigest()


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_text(content) for name, content in value.items()}
    return [_as_text(item) for item in value] if isinstance(value, list) else str(value)


def _not_into_itself(site: SavedSite) -> None:
    source = site.source
    if isinstance(source, BucketPrefix) and source.bucket == site.bucket and site.prefix.startswith(source.prefix):
        raise InvalidPropertiesError(
            f"Properties.Source.BucketPrefix.Prefix: found {source.prefix!r}, which would contain the saved versions "
            f"({site.prefix!r}), so that each run would save them again: write another prefix or bucket"
        )
