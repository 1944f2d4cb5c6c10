"""The site of the night: deployed, with its servers and its database, and a client that keeps asking for the page."""

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.model import survey
from cli.analysis.availability.requests import RequestKind
from cli.publish.package import code_package
from tests.bucket_contents import empty
from tests.failover.client import Client, Seen
from tests.failover.harness import Harness
from tests.failover.repeating import Repeating
from tests.failover.scale import Scale
from tests.failover.trial import wait
from tests.night.alarms import Alarm, alarm
from tests.night.databases import Databases
from tests.night.disks import check_namespaces
from tests.night.servers import PARAMETER, Servers
from tests.night.shell import Shell
from tests.sites import Installation

STACK, BUCKET = "night", "night-releases"
# In the names of databases that a restore has kept, outside the stack.
BEFORE_RESTORE = "-before-restore-"
# Until something is there on a busy machine, in seconds here.
PATIENCE = 60
CONNECT_SECONDS = 10
# So many pages in a row are a site that is back.
ENOUGH = 5
# How often servers read their secrets: the timer of `instance/secrets.sh`.
REFRESH_SECONDS = 120


class Night:
    """A context manager. `client.seen` has every answer so far."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.scale = Scale()
        self.folder = folder
        self._running = ExitStack()

    def __enter__(self) -> Self:
        # Before minutes of deploying.
        check_namespaces(self.folder / "namespaces")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._running.close()
        finally:
            self._delete()

    def _start(self) -> None:
        here, enter = self.installation, self._running.enter_context
        s3 = here.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        package = code_package("shop", self.application("BROKEN = False"))
        s3.put_object(Bucket=BUCKET, Key=package.key, Body=package.body)
        here.deploy(STACK, _template(package.key))
        self.resources = here.resources(STACK)
        secret = self.resources["SiteDatabaseSecret"]
        self.databases = enter(Databases(here, self.resources["SiteDatabase"], secret, self.folder / "databases"))
        enter(Repeating(self.databases.refresh_password, self.scale.here(REFRESH_SECONDS)))
        self.servers = enter(Servers(here, STACK, BUCKET, self.databases, self.folder / "servers"))
        self.shell = enter(Shell(here, STACK))
        harness = enter(Harness(here, self.scale, connect_seconds=CONNECT_SECONDS))
        self.client: Client = enter(self._client(harness))
        self.arrived(self.back, "no page comes")

    def application(self, line: str) -> Path:
        """Return a folder with the shop, and this line in place of the one that says whether it is broken."""
        folder = self.folder / f"application-{line[-5:].strip()}"
        folder.mkdir(parents=True, exist_ok=True)
        text = (Path(__file__).parent / "shop.py").read_text(encoding="utf-8")
        (folder / "shop.py").write_text(text.replace("BROKEN = False", line), encoding="utf-8")
        return folder

    def alarm(self, name: str) -> Alarm:
        """Return an alarm of the site."""
        return alarm(self.installation, STACK, name, self.scale)

    def errors(self, since: float) -> float:
        """Return the percentage of requests that failed since a moment (time.monotonic)."""
        found = self.since(since)
        return 100 * len(failures(found)) / len(found) if found else 0

    def since(self, moment: float) -> list[Seen]:
        """Return what was answered to requests since a moment (time.monotonic)."""
        return list(self.client.since(moment))

    def back(self) -> bool:
        """Tell whether the last answers are pages."""
        last = self.client.seen[-ENOUGH:]
        return len(last) == ENOUGH and not failures(last)

    def arrived(self, there: Any, problem: str) -> None:
        """Wait until something is there. Fails with the problem if it does not come."""
        assert wait(there, PATIENCE), f"{problem}: {self.client.seen[-1:] if hasattr(self, 'client') else ''}"

    def minutes(self, began: float, ended: float) -> float:
        """Return the minutes of AWS between two moments (time.monotonic)."""
        return self.scale.on_aws(ended - began) / 60

    def zone(self, number: int) -> str:
        """Return the name of a zone of the site."""
        subnet = self.resources[f"SitePublicSubnet{number}"]
        (found,) = self.installation.client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"]
        return str(found["AvailabilityZone"])

    def _client(self, harness: Harness) -> Client:
        visits = survey(self.installation.processed(STACK), self.installation.region).visits
        visit = next(each for each in visits if each.kind is RequestKind.PAGE and each.method == "GET")
        distribution = self.resources["SiteDistribution"]
        described = self.installation.client("cloudfront").get_distribution(Id=distribution)["Distribution"]
        return harness.client(visit, described["DomainName"], "/")

    def _delete(self) -> None:
        here = self.installation
        if here.exists(STACK):
            rds = here.client("rds")
            for each in rds.describe_db_instances()["DBInstances"]:
                rds.modify_db_instance(
                    DBInstanceIdentifier=each["DBInstanceIdentifier"], DeletionProtection=False, ApplyImmediately=True
                )
            assert here.delete(STACK) == "DELETE_COMPLETE", here.failures(STACK)
            for each in rds.describe_db_instances()["DBInstances"]:
                if BEFORE_RESTORE in each["DBInstanceIdentifier"]:
                    rds.delete_db_instance(DBInstanceIdentifier=each["DBInstanceIdentifier"], SkipFinalSnapshot=True)
        s3 = here.client("s3")
        empty(s3, BUCKET)
        s3.delete_bucket(Bucket=BUCKET)


def failures(found: list[Seen]) -> list[Seen]:
    """Return the answers that are no page."""
    return [seen for seen in found if seen.outcome is not Outcome.PAGE]


def _template(key: str) -> str:
    servers = {
        "HealthCheckPath": "/health",
        "Artifact": {"Bucket": BUCKET, "Key": {"Ref": PARAMETER}, "Command": "exec python3.11 shop.py"},
    }
    properties = {"WebServers": servers, "Database": {"SecretRotationDays": 30}, "Delivery": {"Caching": "Disabled"}}
    template = {
        "Transform": "ResilientWebsite",
        "Parameters": {PARAMETER: {"Type": "String", "Default": key}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
    }
    return json.dumps(template)


def now() -> float:
    """Return the moment, in the clock of what clients saw."""
    return time.monotonic()
