"""A site of some topology, deployed through the macro, with its servers; and what the model says about its stack."""

from typing import Any, Self

from cli.analysis.availability.model import Survey, survey
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import RequestKind, Visit
from tests.bucket_contents import empty
from tests.failover.client import ASSET
from tests.failover.stores import Stores
from tests.failover.topologies import ZONE, template
from tests.sites import Installation
from tools.emulator.instances import Instance, register

SERVERS = 3


class DeployedSite:
    """The stack and its servers, one a zone; a context manager that deploys and deletes."""

    def __init__(self, installation: Installation, topology: str, stores: Stores) -> None:
        self._installation = installation
        self.stack = f"failover-{topology}"
        self._topology = topology
        self._stores = stores
        self.servers: list[Instance] = []

    def __enter__(self) -> Self:
        installation = self._installation
        try:
            installation.deploy(self.stack, template(self._topology, installation.hosted_zone(ZONE)))
            self._resources = installation.resources(self.stack)
            self.template = installation.processed(self.stack)
            self.survey: Survey = survey(self.template, installation.region)
            self._put_assets()
            self.servers = [self._server(f"server-{number}") for number in range(SERVERS)]
            self.register()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for server in self.servers:
            server.kill()
        if self._installation.exists(self.stack):
            self._unprotect()
            self._installation.delete(self.stack)

    def host(self, visit: Visit) -> str:
        """Return the host that a visit is to, where the model knows the name's resource only."""
        logical_id = referenced_id(visit.host)
        if not logical_id:
            return visit.host
        described = self._installation.client("cloudfront").get_distribution(Id=self._resources[logical_id])
        return str(described["Distribution"]["DomainName"])

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """Return the properties of the stack's resources of a type, as its template has them."""
        return [body["Properties"] for body in self.template["Resources"].values() if body["Type"] == kind]

    @property
    def buckets(self) -> list[str]:
        """The names of the stack's buckets."""
        made = {name for name, body in self.template["Resources"].items() if body["Type"] == "AWS::S3::Bucket"}
        return [physical for name, physical in self._resources.items() if name in made]

    @property
    def load_balancer(self) -> str:
        """The DNS name of the stack's load balancer."""
        arn = self._resources["SiteLoadBalancer"]
        described = self._installation.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])
        return str(described["LoadBalancers"][0]["DNSName"])

    def replace(self, number: int) -> None:
        """Start another server in place of one that is gone, as its group does, and register it."""
        self.servers[number].kill()
        self.servers[number] = self._server(f"server-{number}-replacement")
        self.register()

    def register(self) -> None:
        """Make the servers the targets of the stack's group."""
        register(self._installation.client("elbv2"), self._resources["SiteTargetGroup"], self.servers)

    def _server(self, name: str) -> Instance:
        database = bool(self.properties("AWS::RDS::DBInstance"))
        cache = bool(self.properties("AWS::ElastiCache::ReplicationGroup"))
        server = Instance(name, self._stores.environment(database=database, cache=cache))
        server.start()
        return server

    def _put_assets(self) -> None:
        bucket = self._resources["SiteAssetsBucket"]
        put = self._installation.client("s3").put_object
        for key in {visit.path.lstrip("/") for visit in self.survey.visits if visit.kind is RequestKind.ASSET}:
            put(Bucket=bucket, Key=key, Body=ASSET.encode(), ContentType="text/css")

    def _unprotect(self) -> None:
        """Let the stack be deleted: a database is protected, and a bucket has to be empty."""
        resources = self._installation.resources(self.stack)
        if "SiteAssetsBucket" in resources:
            empty(self._installation.client("s3"), resources["SiteAssetsBucket"])
        if "SiteDatabase" in resources:
            self._installation.client("rds").modify_db_instance(
                DBInstanceIdentifier=resources["SiteDatabase"], DeletionProtection=False, ApplyImmediately=True
            )
