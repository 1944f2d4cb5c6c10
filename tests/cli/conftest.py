"""What the tests of launching share: moto, one for each worker."""

from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS, NAME
from tests.cli.checking_client import Unchanging
from tests.cli.checking_harness import Harness
from tests.cli.fake_release import FakeRelease
from tests.cli.moto import Moto
from tests.cli.releasing import application, released_site
from tools.emulator.sessions import loader

# moto gives AWS's own prefix lists random ids: CloudFront's has the same id in every account of a Region.
PREFIX_LISTS = f"""
from moto.ec2.models.managed_prefixes import ManagedPrefixList
made = ManagedPrefixList.__init__
def with_id(self, *arguments, **named):
    made(self, *arguments, **named)
    if self.prefix_list_name == {NAME!r}:
        self.id = {CLOUDFRONT_PREFIX_LISTS!r}.get(self.ec2_backend.region_name, self.id)
ManagedPrefixList.__init__ = with_id
"""


@pytest.fixture(scope="module", autouse=True)
def _loader_of_all_sessions() -> Iterator[None]:
    """Let the sessions of all commands read a service's model once: half of the time of a command that asks AWS."""
    # Made by botocore's own function, before that is replaced.
    shared = loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda _folders: shared)
        yield


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with Moto(tmp_path_factory.mktemp("moto") / "log.txt", correction=PREFIX_LISTS) as running:
        yield running


@pytest.fixture
def moto(moto_server: Moto) -> Moto:
    """Return an AWS in which nothing is yet."""
    moto_server.reset()
    return moto_server


@pytest.fixture(scope="session")
def unchanging() -> Unchanging:
    """Return what checks have asked moto, and will ask again, since no test changes it."""
    return Unchanging()


@pytest.fixture
def harness(moto: Moto, unchanging: Unchanging) -> Harness:
    """Return an account in which the macro is installed, and nothing else is."""
    made = Harness(moto.url, unchanging=unchanging)
    made.install()
    return made


@pytest.fixture
def deployed() -> Iterator[FakeRelease]:
    """Return the site that `release` asks, with its time."""
    with released_site() as fake:
        yield fake


@pytest.fixture
def canaries(deployed: FakeRelease) -> FakeRelease:
    """Return the same site with canaries."""
    deployed.use_canary()
    return deployed


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Return a folder with an application, for `release`."""
    return application(tmp_path)
