"""The servers behind the applications, started once for the tests of a file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instance.booted import Stores, cache_of
from tests.instance.servers import Certificates, mariadb


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder = tmp_path_factory.mktemp("stores")
    certificates = Certificates(folder / "certificates")
    for name in ("database", "cache"):
        (folder / name).mkdir()
    with mariadb(folder / "database", certificates) as database, cache_of(folder / "cache", certificates) as cache:
        yield Stores(folder / "database", database, cache, certificates)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that every user can read, as the servers' folders."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
