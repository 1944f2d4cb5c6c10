"""How each failure is caused under running clients, and how everything is put right again."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from cli.analysis.availability import failures
from cli.analysis.availability.documented_timings import RDS_FAILOVER
from cli.analysis.availability.model import Survey
from cli.analysis.availability.requests import Visit
from tests.failover.deployed_site import DeployedSite
from tests.failover.front_doors import API, CLOUDFRONT, LOAD_BALANCER
from tests.failover.harness import Harness
from tests.failover.stores import Stores
from tests.failover.upstream import Upstream
from tools.emulator.endpoint import Emulator

# What ElastiCache takes to promote a replica or to replace a node is not documented; the page comes meanwhile.
CACHE_SECONDS = 30
OUTAGES = "/_emulator/outages"


class Scene:
    """A deployed site with all that can fail about it. What each method breaks, `repair` puts right."""

    def __init__(self, emulator: Emulator, site: DeployedSite, harness: Harness, stores: Stores) -> None:
        self.site = site
        self.harness = harness
        self._stores = stores
        self._emulator = Upstream(emulator)
        self._outages: dict[str, float] = {}
        self._timers: list[threading.Timer] = []

    @property
    def survey(self) -> Survey:
        """What the model says about the site."""
        return self.site.survey

    def host(self, visit: Visit) -> str:
        """Return the host that a visit is to."""
        return self.site.host(visit)

    def cause(self, failure: str) -> None:
        """Cause a failure, by the model's name for it."""
        CAUSES[failure](self)

    def lose_server(self, number: int = 0) -> None:
        """End a server's process."""
        self.site.servers[number].kill()

    def lose_all_servers(self) -> None:
        """End all servers' processes."""
        for server in self.site.servers:
            server.kill()

    def lose_database(self) -> None:
        """Stop the database; with a standby it comes back after the time that RDS takes to fail over at least."""
        if not self.site.properties("AWS::RDS::DBInstance"):
            return
        self._stores.database.stop()
        if all(str(made.get("MultiAZ")).lower() == "true" for made in self.site.properties("AWS::RDS::DBInstance")):
            self._later(RDS_FAILOVER.seconds.low, self._stores.database.start)

    def lose_cache(self) -> None:
        """Stop the cache; ElastiCache replaces what is lost of it."""
        if self.site.properties("AWS::ElastiCache::ReplicationGroup"):
            self._stores.cache.stop()
            self._later(CACHE_SECONDS, self._stores.cache.start)

    def lose_zone(self) -> None:
        """Lose the first zone: its server, the load balancer's address in it, and primaries that may be in it."""
        self.lose_server(0)
        self.harness.addresses.lose_zone(LOAD_BALANCER, 0)
        self.lose_database()
        self.lose_cache()

    def lose_load_balancer(self) -> None:
        """Let the load balancer answer neither visitors nor CloudFront, which gives up after its own time."""
        self.harness.addresses.silence(LOAD_BALANCER)
        self._lose({self.site.load_balancer: self.harness.scale.here(patience(self.site.template))})

    def lose_cloudfront(self) -> None:
        """Let no distribution answer visitors or health checkers."""
        self.harness.addresses.silence(CLOUDFRONT)

    def lose_s3(self) -> None:
        """Let S3 answer 503 for all of the stack's buckets."""
        self._lose(dict.fromkeys(self.site.buckets, 0.0))

    def lose_region(self) -> None:
        """Stop everything in the Region, API Gateway too, but not CloudFront and Route 53."""
        self.harness.addresses.silence(API, LOAD_BALANCER)
        self._lose(
            {self.site.load_balancer: self.harness.scale.here(patience(self.site.template))}
            | dict.fromkeys(self.site.buckets, 0)
        )
        self.lose_all_servers()
        if self.site.properties("AWS::RDS::DBInstance"):
            self._stores.database.stop()
        if self.site.properties("AWS::ElastiCache::ReplicationGroup"):
            self._stores.cache.stop()

    def repair(self) -> None:
        """Put everything right: what was lost of the servers is replaced by new ones."""
        for timer in self._timers:
            timer.cancel()
            timer.join()
        self._timers = []
        self._stores.start()
        for number, server in enumerate(self.site.servers):
            if not server.running:
                self.site.replace(number)
        self.harness.addresses.repair()
        self._outages = {}
        self._lose({})

    def close(self) -> None:
        """Repair, and let go of the emulator."""
        self.repair()
        self._emulator.close()

    def _lose(self, names: Mapping[str, float]) -> None:
        self._outages |= names
        self._emulator.put(OUTAGES, json.dumps(self._outages).encode())

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        timer = threading.Timer(self.harness.scale.here(seconds), action)
        timer.daemon = True
        timer.start()
        self._timers.append(timer)


def patience(template: Mapping[str, Any]) -> int:
    """Return for how many seconds a site's CloudFront tries to connect to the load balancer: attempts times seconds."""
    made = [body for body in template["Resources"].values() if body["Type"] == "AWS::CloudFront::Distribution"]
    configs = [body["Properties"]["DistributionConfig"] for body in made]
    origins = [origin for config in configs for origin in config["Origins"] if "CustomOriginConfig" in origin]
    waits = [int(origin["ConnectionAttempts"]) * int(origin["ConnectionTimeout"]) for origin in origins]
    return max(waits, default=0)


CAUSES: dict[str, Callable[[Scene], None]] = {
    failures.NOTHING.name: lambda _: None,
    failures.WEB_SERVER.name: Scene.lose_server,
    failures.ZONE: Scene.lose_zone,
    failures.DATABASE_PRIMARY.name: Scene.lose_database,
    failures.CACHE_PRIMARY.name: Scene.lose_cache,
    failures.ALL_WEB_SERVERS.name: Scene.lose_all_servers,
    failures.LOAD_BALANCER.name: Scene.lose_load_balancer,
    failures.CLOUDFRONT.name: Scene.lose_cloudfront,
    failures.S3.name: Scene.lose_s3,
    failures.REGION.name: Scene.lose_region,
}

WITHOUT_FILES = "the emulator's file systems are records, which no server can mount"

# What can fail on AWS and not here, and why.
NOT_HERE = {
    failures.LAMBDA.name: "no site here has saved pages, whose function it would fail",
    failures.MOUNT_TARGET.name: WITHOUT_FILES,
    failures.EFS.name: WITHOUT_FILES,
    failures.READ_REPLICA.name: "the emulator's replicas are records without a server, and nothing replicates here; "
    "that Route 53 drops a replica whose alarm sounds is tested with records of their own in test_name_server.py",
}
