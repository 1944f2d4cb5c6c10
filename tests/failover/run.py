"""A topology deployed with all that its failures need."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.failover.causes import CAUSES, Scene
from tests.failover.client import Client
from tests.failover.deployed_site import DeployedSite
from tests.failover.harness import Harness
from tests.failover.scale import Scale
from tests.failover.stores import Stores
from tests.failover.topologies import ONLY, expected
from tests.failover.trial import clients
from tests.sites import Installation


@dataclass(frozen=True)
class Running:
    """A site that is up, and clients that keep asking for it."""

    scene: Scene
    clients: list[Client]


@contextmanager
def running(installation: Installation, topology: str, stores: Stores) -> Iterator[Running]:
    """Deploy a topology and yield it, running; everything is ended and deleted afterwards."""
    with DeployedSite(installation, topology, stores) as site, Harness(installation, Scale()) as harness:
        scene = Scene(installation.emulator, site, harness, stores)
        try:
            with clients(scene) as asking:
                yield Running(scene, asking)
        finally:
            scene.close()


def failing(topology: str) -> list[str]:
    """Return what can fail in a topology and is caused here."""
    there = [failure.name for failure in expected(topology).failures if failure.name in CAUSES]
    return [name for name in there if name in ONLY.get(topology, there)]
