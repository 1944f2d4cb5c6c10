"""Custom::Certificate: a certificate of ACM's, proven through a hosted zone, and waited for by a rule."""

import json
from typing import Any

from tests.custom_resources.fake_aws import FakeAws
from tests.faults import faults
from tests.faults.bed import Bed, Json, listed
from tests.faults.cases import A_MINUTE_LATER, AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile


class CertificateBed(Bed):
    """Contents are the names that the certificate is for: "one" is one.example.com; "nowhere" is in no zone of ours.

    ACM issues what has its records in the zone when the next minute begins.
    """

    module = "certificate.handler"
    resource_type = "Custom::Certificate"
    logical_id = "SiteEdgeCertificate"
    seconds = 60
    scale = 3

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"DomainName": "no domain"}
        zone = "NOZONE" if content == "nowhere" else "ZONE"
        return {"DomainName": f"{content}.example.com", "HostedZoneId": zone, "Region": "us-east-1"}

    def upstream(self, _service: str) -> str:
        return self.aws.url

    def rule(self) -> Json | None:
        self.aws.issue()
        targets = [target for target in self.aws.rules.values() if target]
        return json.loads(targets[0]["Input"]) if len(targets) == 1 else None

    def left(self) -> str:
        made = [f"{one.names[0].partition('.')[0]} {one.status}" for one in self.aws.certificates.values()]
        return listed(
            *made,
            f"{len(self.aws.rules)} rules" if self.aws.rules else "",
            f"{len(self.aws.permissions)} permissions" if self.aws.permissions else "",
        )

    def __enter__(self) -> "CertificateBed":
        self.aws = self.running.enter_context(FakeAws())
        return self


def _held(trial: Any) -> None:
    for certificate in trial.bed.aws.certificates.values():
        certificate.users = ["arn:aws:cloudfront::123456789012:distribution/E1"]


def _let_go(trial: Any) -> None:
    for certificate in trial.bed.aws.certificates.values():
        certificate.users = []


def _refused(trial: Any) -> None:
    for certificate in trial.bed.aws.certificates.values():
        certificate.status, certificate.failure = "FAILED", "CAA_ERROR"


ASKED = Step(CREATE, NOTHING)
ISSUED = Step(A_MINUTE_LATER, SUCCESS)
MADE = (ASKED, ISSUED)
REQUEST, DESCRIBE, RECORDS = "RequestCertificate", "DescribeCertificate", "ChangeResourceRecordSets"


def _create(fault: faults.Fault, *more: Step) -> Case:
    return Case("Create", (Step(CREATE, NOTHING, fault), *(more or (ISSUED,))), "one ISSUED")


def _polled(fault: faults.Fault, *more: Step, left: str = "one ISSUED") -> Case:
    return Case("Create, polled", (ASKED, Step(A_MINUTE_LATER, NOTHING, fault), *(more or (ISSUED,))), left)


def _failed_create(fault: faults.Fault, says: str, content: str = "one", seconds: float = 0) -> Case:
    failed = Step(CREATE, FAILED, fault, content, seconds, says)
    return Case("Create that fails, deleted", (failed, Step(DELETE, SUCCESS, content=content)), "nothing")


def _failed_update(fault: faults.Fault, says: str, content: str = "two") -> Case:
    """Return the case of an update to other names that fails: it is rolled back, and the old certificate stays."""
    failed = Step(UPDATE, FAILED, fault, content, says=says)
    return Case("Update that fails, rolled back", (*MADE, failed, Step(UPDATE, SUCCESS)), "one ISSUED")


CASES = (
    _create(faults.NONE),
    _create(faults.RESET_BEFORE.at("", 2)),
    _create(faults.RESET_AFTER.at(REQUEST, 2)),
    _create(faults.DELAYED.at(REQUEST, 2)),
    _create(error("ThrottlingException").at("", 2)),
    # Its records come with the next look, so that it is issued in the minute after.
    *(
        _create(fault, Step(A_MINUTE_LATER, NOTHING), ISSUED)
        for fault in (
            error("ThrottlingException").at(DESCRIBE),
            error("ServiceUnavailable").at(DESCRIBE),
            error("PriorRequestNotComplete").at(RECORDS),
            faults.RESET_BEFORE.at(RECORDS),
        )
    ),
    _create(faults.RESET_AFTER.at("PutRule", 2)),
    _create(faults.RESET_AFTER.at("AddPermission", 2)),
    _create(faults.RESET_AFTER.at("PutTargets", 2)),
    _failed_create(faults.REFUSED, "connect"),
    _failed_create(faults.DELAYED.at(REQUEST), "timeout"),
    _failed_create(faults.GARBAGE.at(REQUEST), "Not understood"),
    _failed_create(faults.TRUNCATED.at(REQUEST), "Not understood"),
    _failed_create(faults.TRICKLES.at(DESCRIBE), "time", seconds=20),
    _failed_create(error("ThrottlingException").at(REQUEST), "ThrottlingException"),
    _failed_create(error("AccessDeniedException").at(REQUEST), "AccessDenied"),
    _failed_create(error("AccessDenied").at(RECORDS), "role"),
    _failed_create(error("AccessDeniedException").at("PutRule"), "AccessDenied"),
    _failed_create(error("AccessDeniedException").at("AddPermission"), "AccessDenied"),
    _failed_create(error("AccessDeniedException").at("PutTargets"), "AccessDenied"),
    _failed_create(faults.NONE, "HostedZoneId", "nowhere"),
    _failed_create(faults.NONE, "DomainName", "nonsense"),
    Case(
        "Create whose domain refuses Amazon, deleted",
        (
            ASKED,
            Step(A_MINUTE_LATER, FAILED, meanwhile("ACM refuses", _refused).at(DESCRIBE, 1), says="CAA"),
            Step(DELETE, SUCCESS),
        ),
        "nothing",
    ),
    *(
        Case(
            "Create, killed",
            (Step(CREATE, NOTHING, faults.KILLED_AFTER.at(name)), Step(AGAIN, NOTHING), ISSUED),
            "one ISSUED",
        )
        for name in (REQUEST, RECORDS, "PutRule", "AddPermission", "PutTargets")
    ),
    Case(
        "Create that was never answered, deleted",
        (Step(CREATE, NOTHING, faults.KILLED_AFTER.at(REQUEST)), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    _polled(error("ThrottlingException").at(DESCRIBE)),
    _polled(faults.RESET_BEFORE.at(DESCRIBE)),
    _polled(faults.KILLED_BEFORE.at(DESCRIBE)),
    _polled(faults.KILLED_AFTER.at("RemoveTargets"), Step(AGAIN, SUCCESS)),
    _polled(faults.KILLED_AFTER.at("DeleteRule"), Step(AGAIN, SUCCESS)),
    _polled(faults.KILLED_BEFORE.at(ANSWER), Step(AGAIN, SUCCESS)),
    _failed_update(faults.REFUSED, "connect"),
    _failed_update(error("AccessDeniedException").at(REQUEST), "AccessDenied"),
    _failed_update(error("AccessDenied").at(RECORDS), "role"),
    _failed_update(error("AccessDeniedException").at("PutTargets"), "AccessDenied"),
    _failed_update(faults.NONE, "HostedZoneId", "nowhere"),
    _failed_update(faults.NONE, "DomainName", "nonsense"),
    Case(
        "Update to other names, then Delete of the old ones",
        (
            *MADE,
            Step(UPDATE, NOTHING, content="two"),
            Step(A_MINUTE_LATER, SUCCESS, content="two", replaces=True),
            Step(DELETE, SUCCESS, of=0),
        ),
        "two ISSUED",
    ),
    Case("Delete", (*MADE, Step(DELETE, SUCCESS), Step(AGAIN, SUCCESS)), "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
    Case(
        "Delete while it is in use",
        (
            *MADE,
            Step(DELETE, NOTHING, meanwhile("a distribution uses it", _held).at("DeleteCertificate", 1)),
            Step(A_MINUTE_LATER, SUCCESS, meanwhile("it lets go", _let_go).at("DeleteCertificate", 1)),
        ),
        "nothing",
    ),
    Case(
        "Delete while ACM throttles",
        (
            *MADE,
            Step(DELETE, NOTHING, error("ThrottlingException").at("DeleteCertificate")),
            Step(A_MINUTE_LATER, SUCCESS),
        ),
        "nothing",
    ),
    Case(
        "Delete that is denied",
        (*MADE, Step(DELETE, FAILED, error("AccessDeniedException").at("DeleteCertificate"), says="AccessDenied")),
        "one ISSUED",
    ),
    Case(
        "Delete, killed",
        (*MADE, Step(DELETE, NOTHING, faults.KILLED_AFTER.at("DeleteCertificate")), Step(AGAIN, SUCCESS)),
        "nothing",
    ),
    Case(
        "Delete whose answer is not taken at first",
        (*MADE, Step(DELETE, SUCCESS, error("ServiceUnavailable").at(ANSWER, 3))),
        "nothing",
    ),
)
