"""A site with a copy in another Region, on the emulator: its two halves, who answers for it, and its dead Regions."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bucket_contents import empty
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import Response, visit

Json = dict[str, Any]

STACK, DOMAIN, SITE = "two-regions", "two.example", "www.two.example"
SIGNAL = "_switch/active"
DEAD = "/_emulator/dead-regions"

# A web server that says who it is, and what it was asked.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = f"{os.environ['SERVER_NAME']} {self.command}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_POST = do_GET

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class TwoRegions:
    """The halves: `a` in the primary Region, `b` in the secondary one. Each is an account's installation there."""

    def __init__(self, a: Installation, b: Installation, name: str = STACK) -> None:
        self.a, self.b, self.name = a, b, name
        self.emulator = a.emulator
        self.zone = a.hosted_zone(DOMAIN)
        self._others = self._stacks() | self._buckets()

    def template(self, **properties: Any) -> Json:
        """Return the file of both halves. `Secondary` adds to the group."""
        secondary = {"Region": self.b.region, **properties.pop("Secondary", {})}
        names = {"DomainName": SITE, "HostedZoneId": self.zone}
        site = {**names, "Secondary": secondary, **properties}
        return {
            "Transform": "ResilientWebsite",
            "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": site}},
        }

    def deploy(self, half: Installation, **properties: Any) -> dict[str, str]:
        """Create or update a half; return its physical ids. Raises StackError."""
        half.deploy(self.name, self.template(**properties))
        return half.resources(self.name)

    def reported(self) -> dict[str, str]:
        """Return what the primary half tells the secondary one."""
        path = f"/resilient-website/{self.name}/Site/"
        pages = self.b.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path)
        return {each["Name"].removeprefix(path): each["Value"] for page in pages for each in page["Parameters"]}

    def database(self, half: Installation) -> Json:
        """Return what RDS says about a half's database."""
        identifier = half.resources(self.name)["SiteDatabase"]
        found: Json = half.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        return found

    def switch(self, *, on: bool) -> None:
        """Put the signal that turns DNS to the secondary Region, or take it away."""
        s3, at = self.b.client("s3"), {"Bucket": self.reported()["FallbackBucket"], "Key": SIGNAL}
        s3.put_object(**at) if on else s3.delete_object(**at)

    @contextmanager
    def dead(self, half: Installation) -> Iterator[None]:
        """Let a half's Region be dead meanwhile."""
        self.emulator.tell(DEAD, {half.region: 0})
        try:
            yield
        finally:
            self.emulator.tell(DEAD, {})

    @contextmanager
    def served(self, folder: Path) -> Iterator[None]:
        """Let a server answer in each half meanwhile, which says the half's Region."""
        script = folder / "server.py"
        script.write_text(SERVER)
        command = [sys.executable, str(script), "{port}"]
        with Instance(self.a.region, command=command) as one, Instance(self.b.region, command=command) as two:
            for half, instance in ((self.a, one), (self.b, two)):
                register(half.client("elbv2"), self.targets(half), [instance])
            yield
            for half in (self.a, self.b):
                if half.exists(self.name):
                    register(half.client("elbv2"), self.targets(half), [])

    def targets(self, half: Installation) -> str:
        """Return the half's target group: behind an internal load balancer, its logical id has an ending."""
        found = half.resources(self.name).items()
        return next(physical for logical, physical in found if logical.startswith("SiteTargetGroup"))

    def ask(self, method: str = "GET", path: str = "/form") -> Response:
        """Return what a visitor of the site gets."""
        return visit(self.emulator, SITE, path, method, body="a=1" if method == "POST" else None)

    def delete(self, half: Installation) -> str:
        """Delete a half, if it is there; return the stack's last status."""
        return half.delete(self.name) if half.exists(self.name) else "DELETE_COMPLETE"

    def clear(self) -> None:
        """Delete the halves, if they are there, and the buckets that they leave."""
        # The half whose database the other one replicates can only be deleted after it.
        for half in (self.b, self.a, self.b):
            self.delete(half)
        s3 = self.a.client("s3")
        for bucket in self._buckets() - self._others:
            empty(s3, bucket)
            s3.delete_bucket(Bucket=bucket)

    def left(self) -> list[str]:
        """Return the stacks and buckets of the secondary Region that were not there before this."""
        s3 = self.b.client("s3")
        new = sorted(self._buckets() - self._others)
        here = [name for name in new if s3.get_bucket_location(Bucket=name)["LocationConstraint"] == self.b.region]
        return sorted(self._stacks() - self._others) + here

    def _stacks(self) -> set[str]:
        stacks = self.b.cloudformation.describe_stacks()["Stacks"]
        return {each["StackName"] for each in stacks if not each["StackStatus"].startswith("DELETE")}

    def _buckets(self) -> set[str]:
        return {each["Name"] for each in self.a.client("s3").list_buckets()["Buckets"]}
