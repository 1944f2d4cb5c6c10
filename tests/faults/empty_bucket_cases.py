"""Custom::EmptyBucket: what empties a bucket that is about to be deleted, in several goes if need be."""

import json
from typing import Any

from tests.custom_resources.fake_aws import FakeAws
from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.faults import faults
from tests.faults.cases import A_MINUTE_LATER, AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import BucketBed, Json, listed

OBJECTS = 3
# What the stack has under the logical id, where the bucket that is asked for is a neighbour's.
OWN_BUCKET = "another-bucket-of-the-stack"


class EmptyBucketBed(BucketBed):
    """A bucket with objects in a stack whose status `put` sets; "of a neighbour" after it: the stack has another one.

    Content "nonsense" is refused.
    """

    module = "empty_bucket.handler"
    resource_type = "Custom::EmptyBucket"
    logical_id = "SiteAssetsBucketEmptied"
    seconds = 120
    scale = 5

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"BucketName": "No Bucket"}
        return {"BucketName": self.bucket, "BucketLogicalId": "SiteAssetsBucket"}

    def put(self, what: str) -> None:
        self.cloudformation.status, _, whose = what.partition(" ")
        if whose:
            self.cloudformation.bucket = OWN_BUCKET

    def fill(self) -> None:
        """Put objects, with older versions."""
        for number in range(OBJECTS):
            for body in (b"old", b"new"):
                self.s3.put_object(Bucket=self.bucket, Key=f"static/{number}", Body=body)

    def upstream(self, service: str) -> str:
        if service == "cloudformation":
            return self.cloudformation.url
        return self.aws.url if service in ("events", "lambda") else super().upstream(service)

    def rule(self) -> Json | None:
        targets = [target for target in self.aws.rules.values() if target]
        return json.loads(targets[0]["Input"]) if len(targets) == 1 else None

    def left(self) -> str:
        there = {entry["Key"] for entry in self.versions()}
        return listed(
            f"{len(there)} objects" if there else "",
            f"{len(self.aws.rules)} rules" if self.aws.rules else "",
            f"{len(self.aws.permissions)} permissions" if self.aws.permissions else "",
        )

    def __enter__(self) -> "EmptyBucketBed":
        super().__enter__()
        self.cloudformation = self.running.enter_context(FakeCloudFormation())
        bucket = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"}
        self.cloudformation.template = {"Resources": {"SiteAssetsBucket": bucket}}
        self.cloudformation.bucket = self.bucket
        self.aws = self.running.enter_context(FakeAws())
        self.fill()
        return self


def _emptied(trial: Any) -> None:
    trial.harness.empty()


def _filled(trial: Any) -> None:
    trial.harness.fill()


def _filled_by_a_neighbour(trial: Any) -> None:
    trial.harness.fill()
    trial.harness.cloudformation.bucket = OWN_BUCKET


def _filled_and_kept(trial: Any) -> None:
    trial.harness.fill()
    trial.harness.put(STAYS)


GOES = "DELETE_IN_PROGRESS"
STAYS = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
MADE = Step(CREATE, SUCCESS)
# Too little for more than one go: the rest is for the next minute.
SHORT = 60


def _delete(fault: faults.Fault, answer: str, left: str, says: str = "", *more: Step) -> Case:
    return Case("Delete", (MADE, Step(DELETE, answer, fault, says=says), *more), left, before=GOES)


def _in_goes(fault: faults.Fault, *more: Step, left: str = "nothing") -> Case:
    steps = (MADE, Step(DELETE, NOTHING, fault, seconds=SHORT), *more)
    return Case("Delete in several goes", steps, left, before=GOES)


CASES = (
    Case(
        "Create with nonsense, deleted",
        (Step(CREATE, FAILED, content="nonsense", says="BucketName"), Step(DELETE, SUCCESS, content="nonsense")),
        "3 objects",
        before=GOES,
    ),
    _delete(faults.NONE, SUCCESS, "nothing", "", Step(AGAIN, SUCCESS)),
    _delete(faults.RESET_BEFORE.at("", 3), SUCCESS, "nothing"),
    _delete(faults.RESET_AFTER.at("DeleteObjects", 3), SUCCESS, "nothing"),
    _delete(faults.DELAYED.at("DeleteObjects", 1), SUCCESS, "nothing"),
    _delete(error("SlowDown").at("", 3), SUCCESS, "nothing"),
    _delete(error("SlowDown"), FAILED, "nothing", "SlowDown", Step(DELETE, SUCCESS)),
    _delete(error("AccessDenied").at("DeleteObjects"), FAILED, "3 objects", "AccessDenied"),
    _delete(error("AccessDenied").at("DescribeStacks"), FAILED, "3 objects", "AccessDenied"),
    _delete(faults.GARBAGE.at("DescribeStacks"), FAILED, "3 objects", "pars"),
    _delete(faults.GARBAGE.at("GetTemplate"), FAILED, "3 objects", "pars"),
    _delete(faults.GARBAGE.at("ListObjectVersions"), FAILED, "3 objects", "ListObjectVersions"),
    _delete(faults.TRUNCATED.at("ListObjectVersions"), FAILED, "3 objects", ""),
    _delete(faults.REFUSED, FAILED, "3 objects", "connect"),
    Case(
        "Delete",
        (MADE, Step(DELETE, FAILED, faults.TRICKLES.at("ListObjectVersions"), seconds=SHORT, says="time")),
        "3 objects",
        before=GOES,
    ),
    _delete(meanwhile("bucket emptied", _emptied).at("DeleteObjects", 1), SUCCESS, "nothing"),
    _delete(meanwhile("bucket filled", _filled).at("DeleteObjects", 1), SUCCESS, "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "3 objects", before=GOES),
    Case("Delete while the bucket stays", (MADE, Step(DELETE, SUCCESS)), "3 objects", before=STAYS),
    Case("Delete of a neighbour's bucket", (MADE, Step(DELETE, SUCCESS)), "3 objects", f"{GOES} of a neighbour"),
    _delete(error("AccessDenied").at("DescribeStackResource"), FAILED, "3 objects", "AccessDenied"),
    _in_goes(faults.NONE, Step(A_MINUTE_LATER, SUCCESS)),
    *(
        _in_goes(
            faults.NONE,
            Step(
                A_MINUTE_LATER,
                FAILED,
                meanwhile(who, does).at("DescribeStackResource", 1),
                says="remaining objects are kept",
            ),
            left="3 objects",
        )
        for who, does in (("a neighbour's bucket", _filled_by_a_neighbour), ("the bucket is kept", _filled_and_kept))
    ),
    _in_goes(
        faults.NONE,
        Step(A_MINUTE_LATER, NOTHING, meanwhile("bucket filled", _filled).at("ListObjectVersions", 1), seconds=SHORT),
        Step(A_MINUTE_LATER, SUCCESS),
    ),
    *(
        _in_goes(faults.KILLED_AFTER.at(operation), Step(AGAIN, SUCCESS))
        for operation in ("PutRule", "AddPermission", "PutTargets")
    ),
    _in_goes(faults.KILLED_AFTER.at("PutTargets"), Step(A_MINUTE_LATER, SUCCESS)),
    _in_goes(faults.NONE, Step(A_MINUTE_LATER, NOTHING, faults.KILLED_AFTER.at("DeleteRule")), Step(AGAIN, SUCCESS)),
    _in_goes(faults.NONE, Step(A_MINUTE_LATER, NOTHING, faults.KILLED_BEFORE.at(ANSWER)), Step(AGAIN, SUCCESS)),
    _delete(error("ServiceUnavailable").at(ANSWER, 3), SUCCESS, "nothing"),
)
