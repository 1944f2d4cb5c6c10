"""The environment of a custom resource in a case: the services it calls, its properties, and the state to check."""

from abc import ABC, abstractmethod
from contextlib import ExitStack
from functools import cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from ssl import create_default_context
from typing import Any, ClassVar, Self

from urllib3 import PoolManager

from tests import bucket_contents
from tools.emulator.endpoint import Emulator

Json = dict[str, Any]

ACCOUNT = "200000000099"
REGION = "us-east-1"
# What no visitor may ever get: neither the one version nor the other.
TORN = "torn"
# What the emulator reads of a signature. To sign a request takes longer than to send it and to answer it.
_SCOPE = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/s3/aws4_request"
# More than the cases that run at once have.
_CONNECTIONS = 64
_numbers = count()


class Harness(ABC):
    """A context manager, for one case. Subclasses are one for each custom resource."""

    # As template.yaml has it: the module, the type, the logical id and the seconds of a run.
    module: ClassVar[str]
    resource_type: ClassVar[str]
    logical_id: ClassVar[str]
    seconds: ClassVar[float]
    # So many seconds of the function's pass in one here.
    scale: ClassVar[float]
    # What the function's configuration has beside what every function's has.
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.number = next(_numbers)
        self.running = ExitStack()

    @property
    def connections(self) -> PoolManager:
        """The connections of all cases, to the emulator and to the servers that replace it."""
        return _connections(self.emulator.ca_bundle)

    @property
    def stack_id(self) -> str:
        """The stack that asks."""
        return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/site/{self.number:08x}-0001-11ef-8000-0123456789ab"

    @abstractmethod
    def properties(self, content: str) -> Json:
        """Return the properties that go by a name."""

    @abstractmethod
    def left(self) -> str:
        """Return what is there, in words."""

    def prepare(self, _content: str) -> None:
        """Make ready for a request with such properties."""
        return

    def put(self, what: str) -> None:
        """Put something in place before the first request."""
        raise NotImplementedError(what)

    def upstream(self, _service: str) -> str:
        """Return the URL of what answers for a service."""
        return self.emulator.url

    def visit(self) -> str:
        """Return what a visitor gets now; empty if it has none."""
        return ""

    def rule(self) -> Json | None:
        """Return the event that the function's own rule will bring, if there is one."""
        return None

    def note(self, _logical_id: str, _physical_id: str, _status: str) -> None:
        """Let the stack's list of resources say this of the custom resource, if the function asks for it."""
        return

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a client of the emulator's, past the faults."""
        return self.emulator.client(service, ACCOUNT, region)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()


class BucketBed(Harness):
    """A harness with a bucket that keeps versions."""

    def __enter__(self) -> Self:
        self.s3 = self.client("s3")
        module, guid = self.module.partition(".")[0].replace("_", "-"), self.stack_id.rpartition("/")[2]
        self.bucket = f"faults-{module}-{guid}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self._bodies: dict[tuple[str, str], bytes] = {}
        return self

    def versions(self) -> list[Json]:
        """Return all versions and delete markers in the bucket."""
        return bucket_contents.versions(self.s3, self.bucket)

    def empty(self) -> None:
        """Delete all that is in the bucket, as somebody with the right to do it may at any time."""
        bucket_contents.empty(self.s3, self.bucket)

    def body(self, key: str) -> bytes | None:
        """Return an object, None if there is none."""
        url = f"{self.emulator.url}/{self.bucket}/{key}"
        answer = self.connections.request("GET", url, headers={"Authorization": _SCOPE})
        assert answer.status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND), answer.data
        return answer.data if answer.status == HTTPStatus.OK else None

    def bodies(self) -> dict[str, bytes]:
        """Return all objects. One that has the ETag of an earlier time, the digest of its content, is not read again.

        Source: "Object" in the Amazon S3 API Reference, ETag. Objects here are of one part and not encrypted by KMS.
        """
        listed = self.s3.list_objects_v2(Bucket=self.bucket)
        assert not listed["IsTruncated"]
        found = {}
        for entry in listed.get("Contents", []):
            place = entry["Key"], entry["ETag"]
            body = self._bodies[place] if place in self._bodies else self.body(entry["Key"])
            if body is not None:
                found[entry["Key"]] = self._bodies[place] = body
        return found

    @staticmethod
    def old_versions(versions: list[Json]) -> str:
        """Return how many of these versions and markers are of objects that are no more."""
        # Markers have no ETag. Source: "ListObjectVersions" in the Amazon S3 API Reference.
        there = {entry["Key"] for entry in versions if entry["IsLatest"] and "ETag" in entry}
        old = [entry for entry in versions if entry["Key"] not in there]
        return f"{len(old)} versions of what is gone" if old else ""


@cache
def _connections(ca_bundle: Path) -> PoolManager:
    # A handshake takes longer than most requests.
    trust = create_default_context(cafile=str(ca_bundle))
    return PoolManager(num_pools=_CONNECTIONS, maxsize=_CONNECTIONS, ssl_context=trust)


def listed(*parts: str) -> str:
    """Return parts that are there as one text."""
    return ", ".join(part for part in parts if part) or "nothing"
