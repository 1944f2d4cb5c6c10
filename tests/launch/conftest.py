"""What the tests of launching share: moto, one for each worker."""

from collections.abc import Iterator

import pytest

from tests.launch.checking_bed import Bed
from tests.launch.moto import Moto


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with Moto(tmp_path_factory.mktemp("moto") / "log.txt") as running:
        yield running


@pytest.fixture
def moto(moto_server: Moto) -> Moto:
    """Return an AWS in which nothing is yet."""
    moto_server.reset()
    return moto_server


@pytest.fixture
def bed(moto: Moto) -> Bed:
    """Return an account in which the macro is installed, and nothing else is."""
    made = Bed(moto.url)
    made.install()
    return made
