"""The servers of a test leave those of other tests alone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instance.servers import Certificates, install_mariadb, mariadb


@pytest.fixture
def table_of_another() -> Iterator[Path]:
    """Yield a temporary table, in the folder where a MariaDB keeps them by default, and removes all when it starts."""
    with tempfile.NamedTemporaryFile(prefix="#sql-temptable-", suffix=".MAD", delete=False) as table:
        path = Path(table.name)
    yield path
    path.unlink(missing_ok=True)


def test_installation_leaves_temporary_tables_alone(table_of_another: Path, tmp_path: Path) -> None:
    install_mariadb(tmp_path)
    assert table_of_another.exists()


def test_start_leaves_temporary_tables_alone(table_of_another: Path, tmp_path: Path) -> None:
    with mariadb(tmp_path, Certificates(tmp_path / "certificates")):
        assert table_of_another.exists()
