"""What the tests of updates share: a site with all that it leaves, a server for it, and a bucket to save it from."""

from collections.abc import Iterator

import pytest

from tests.deployment.updated_site import UpdatedSite
from tests.diff.neighbours import SAVED_BUCKET
from tests.sites import Installation
from tools.emulator.instances import Instance

# Its assertions are those of several files.
pytest.register_assert_rewrite("tests.deployment.updates")


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with Instance("one") as running:
        yield running


@pytest.fixture(scope="module")
def saved_bucket(installation: Installation) -> Iterator[None]:
    """Make the bucket that a site is saved from."""
    s3 = installation.client("s3")
    s3.create_bucket(Bucket=SAVED_BUCKET)
    s3.put_object(Bucket=SAVED_BUCKET, Key="site/index.html", Body=b"<h1>Saved</h1>", ContentType="text/html")
    yield
    s3.delete_object(Bucket=SAVED_BUCKET, Key="site/index.html")
    s3.delete_bucket(Bucket=SAVED_BUCKET)


@pytest.fixture
def site(installation: Installation, request: pytest.FixtureRequest) -> Iterator[UpdatedSite]:
    """Return a site that is deleted afterwards, with all that it leaves."""
    name = "s" + "".join(filter(str.isalnum, request.node.name)).lower().removeprefix("test")[-24:]
    updated = UpdatedSite(installation, name)
    yield updated
    updated.delete()


@pytest.fixture(scope="module")
def updated_site(installation: Installation, request: pytest.FixtureRequest) -> Iterator[UpdatedSite]:
    """Return a site for all updates of a file: one that begins where another has ended needs no new stack."""
    request.getfixturevalue("saved_bucket")
    updated = UpdatedSite(installation, "s" + "".join(filter(str.isalnum, request.path.stem)).removeprefix("test"))
    yield updated
    updated.delete()
