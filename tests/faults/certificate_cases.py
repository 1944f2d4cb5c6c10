"""Custom::CertificateRequest and Custom::Certificate: what is requested, validated, tagged and deleted."""

import json
from typing import Any

from tests.custom_resources.fake_aws import FakeAws, FakeCertificate
from tests.faults import faults
from tests.faults.cases import A_MINUTE_LATER, AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import ACCOUNT, Harness, Json, listed


class _AcmBed(Harness):
    """A function with a separate ACM, in which certificates are issued when the next minute begins."""

    module = "certificate.handler"
    seconds = 60
    scale = 3

    def upstream(self, _service: str) -> str:
        return self.aws.url

    def rule(self) -> Json | None:
        self.aws.issue()
        targets = [target for target in self.aws.rules.values() if target]
        return json.loads(targets[0]["Input"]) if len(targets) == 1 else None

    def left(self) -> str:
        return listed(
            *(self.shown(one) for one in self.aws.certificates.values()),
            f"{len(self.aws.rules)} rules" if self.aws.rules else "",
            f"{len(self.aws.permissions)} permissions" if self.aws.permissions else "",
        )

    def shown(self, certificate: FakeCertificate) -> str:
        """Return a certificate in words."""
        return f"{certificate.names[0].partition('.')[0]} {certificate.status}"

    def __enter__(self) -> "_AcmBed":
        self.aws = self.running.enter_context(FakeAws(ACCOUNT))
        return self


class CertificateRequestBed(_AcmBed):
    """Contents are the names that the certificate is for: "one" is one.example.com.

    "nowhere" has a zone that is not there, "elsewhere" another zone that is.
    """

    resource_type = "Custom::CertificateRequest"
    logical_id = "SiteEdgeCertificateRequest1a2b3c4d"

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"DomainName": "no domain"}
        zone = {"nowhere": "NOZONE", "elsewhere": "OTHER"}.get(content, "ZONE")
        name = "one" if content in ("nowhere", "elsewhere") else content
        return {"DomainName": f"{name}.example.com", "HostedZoneId": zone, "Region": "us-east-1"}

    def note(self, logical_id: str, physical_id: str, status: str) -> None:
        self.aws.requests[logical_id] = (physical_id, status)

    def __enter__(self) -> "CertificateRequestBed":
        super().__enter__()
        self.aws.records["OTHER"] = {}
        return self


class CertificateBed(_AcmBed):
    """A certificate that was requested and issued, and that the function may delete. Contents are its one tag."""

    resource_type = "Custom::Certificate"
    logical_id = "SiteEdgeCertificate1a2b3c4d"
    arn = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000001"

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"CertificateArn": "no certificate"}
        return {"CertificateArn": self.arn, "Tags": [{"Key": "team", "Value": content}]}

    def shown(self, certificate: FakeCertificate) -> str:
        return " ".join(["certificate", *certificate.tags.values()])

    def __enter__(self) -> "CertificateBed":
        super().__enter__()
        self.aws.certificates[self.arn] = FakeCertificate({"DomainName": "one.example.com"}, "us-east-1", {}, "ISSUED")
        self.aws.requests["SiteEdgeCertificateRequest1a2b3c4d"] = (self.arn, "CREATE_COMPLETE")
        self.aws.granted.add(self.arn)
        return self


def _held(trial: Any) -> None:
    for certificate in trial.harness.aws.certificates.values():
        certificate.users = ["arn:aws:cloudfront::123456789012:distribution/E1"]


def _let_go(trial: Any) -> None:
    for certificate in trial.harness.aws.certificates.values():
        certificate.users = []


def _refused(trial: Any) -> None:
    for certificate in trial.harness.aws.certificates.values():
        certificate.status, certificate.failure = "FAILED", "CAA_ERROR"


def _deleted_by_hand(trial: Any) -> None:
    trial.harness.aws.certificates.clear()


ASKED = Step(CREATE, NOTHING)
ISSUED = Step(A_MINUTE_LATER, SUCCESS)
MADE = (ASKED, ISSUED)
REQUEST, DESCRIBE, RECORDS = "RequestCertificate", "DescribeCertificate", "ChangeResourceRecordSets"
PENDING = "one PENDING_VALIDATION"


def _create(fault: faults.Fault, *more: Step) -> Case:
    return Case("Create", (Step(CREATE, NOTHING, fault), *(more or (ISSUED,))), "one ISSUED")


def _polled(fault: faults.Fault, *more: Step, left: str = "one ISSUED") -> Case:
    return Case("Create, polled", (ASKED, Step(A_MINUTE_LATER, NOTHING, fault), *(more or (ISSUED,))), left)


def _failed_create(
    fault: faults.Fault, says: str, content: str = "one", seconds: float = 0, left: str = "nothing"
) -> Case:
    """Return the case of a creation that fails and is deleted: what was requested stays, and ends by itself."""
    failed = Step(CREATE, FAILED, fault, content, seconds, says)
    return Case("Create that fails, deleted", (failed, Step(DELETE, SUCCESS, content=content)), left)


def _failed_update(fault: faults.Fault, says: str, content: str = "elsewhere") -> Case:
    """Return the case of an update that fails: it is rolled back, and the certificate stays."""
    failed = Step(UPDATE, FAILED, fault, content, says=says)
    return Case("Update that fails, rolled back", (*MADE, failed, Step(UPDATE, SUCCESS)), "one ISSUED")


REQUEST_CASES = (
    _create(faults.NONE),
    _create(faults.RESET_BEFORE.at("", 2)),
    _create(faults.RESET_AFTER.at(REQUEST, 2)),
    _create(faults.DELAYED.at(REQUEST, 2)),
    _create(error("ThrottlingException").at("", 2)),
    # The policies that allow it are not in force yet.
    *(_create(error("AccessDeniedException").at(name, 3)) for name in (REQUEST, DESCRIBE, "PutRule", "PutTargets")),
    _create(error("AccessDenied").at(RECORDS, 3)),
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
    _failed_create(faults.DELAYED.at(REQUEST), "timeout", left=PENDING),
    _failed_create(faults.GARBAGE.at(REQUEST), "Unexpected error", left=PENDING),
    _failed_create(faults.TRUNCATED.at(REQUEST), "Unexpected error", left=PENDING),
    _failed_create(faults.TRICKLES.at(DESCRIBE), "time", seconds=20, left=PENDING),
    _failed_create(error("ThrottlingException").at(REQUEST), "ThrottlingException"),
    _failed_create(error("AccessDeniedException").at(REQUEST), "AccessDenied"),
    _failed_create(error("AccessDenied").at(RECORDS), "role", left=PENDING),
    _failed_create(error("AccessDeniedException").at("PutRule"), "AccessDenied", left=PENDING),
    _failed_create(error("AccessDeniedException").at("AddPermission"), "AccessDenied", left=PENDING),
    _failed_create(error("AccessDeniedException").at("PutTargets"), "AccessDenied", left=PENDING),
    _failed_create(faults.NONE, "HostedZoneId", "nowhere", left=PENDING),
    _failed_create(faults.NONE, "DomainName", "nonsense"),
    Case(
        "Create whose domain refuses Amazon, deleted",
        (
            ASKED,
            Step(A_MINUTE_LATER, FAILED, meanwhile("ACM refuses", _refused).at(DESCRIBE, 1), says="CAA"),
            Step(DELETE, SUCCESS),
        ),
        "one FAILED",
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
        (Step(CREATE, NOTHING, faults.KILLED_AFTER.at("PutTargets")), Step(DELETE, SUCCESS)),
        PENDING,
    ),
    _polled(error("ThrottlingException").at(DESCRIBE)),
    _polled(faults.RESET_BEFORE.at(DESCRIBE)),
    _polled(faults.KILLED_BEFORE.at(DESCRIBE)),
    _polled(faults.KILLED_AFTER.at("RemoveTargets"), Step(AGAIN, SUCCESS)),
    _polled(faults.KILLED_AFTER.at("DeleteRule"), Step(AGAIN, SUCCESS)),
    _polled(faults.KILLED_BEFORE.at(ANSWER), Step(AGAIN, SUCCESS)),
    Case("Update to another zone", (*MADE, Step(UPDATE, SUCCESS, content="elsewhere")), "one ISSUED"),
    _failed_update(faults.REFUSED, "connect"),
    _failed_update(error("AccessDeniedException").at(DESCRIBE), "AccessDenied"),
    _failed_update(error("AccessDenied").at(RECORDS), "role"),
    _failed_update(faults.NONE, "HostedZoneId", "nowhere"),
    _failed_update(faults.NONE, "DomainName", "nonsense"),
    _failed_update(faults.NONE, "another logical id", "two"),
    Case(
        "Update after somebody has deleted the certificate",
        (
            *MADE,
            Step(UPDATE, NOTHING, meanwhile("certificate deleted", _deleted_by_hand).at(DESCRIBE, 1)),
            Step(A_MINUTE_LATER, SUCCESS, replaces=True),
        ),
        "one ISSUED",
    ),
    Case("Delete", (*MADE, Step(DELETE, SUCCESS), Step(AGAIN, SUCCESS)), "one ISSUED"),
    Case("Delete, ACM down", (*MADE, Step(DELETE, SUCCESS, faults.REFUSED)), "one ISSUED"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
    Case(
        "Delete whose answer is not taken at first",
        (*MADE, Step(DELETE, SUCCESS, error("ServiceUnavailable").at(ANSWER, 3))),
        "one ISSUED",
    ),
)

TAGGED = Step(CREATE, SUCCESS)
LIST, ADD, REMOVE = "ListTagsForCertificate", "AddTagsToCertificate", "DeleteCertificate"


def _tags(fault: faults.Fault) -> Case:
    return Case("Create", (Step(CREATE, SUCCESS, fault),), "certificate one")


def _failed_tags(fault: faults.Fault, says: str, content: str = "one") -> Case:
    failed = Step(CREATE, FAILED, fault, content, says=says)
    left = "certificate" if content == "nonsense" else "nothing"
    return Case("Create that fails, deleted", (failed, Step(DELETE, SUCCESS, content=content)), left)


def _delete(fault: faults.Fault, answer: str, left: str, says: str = "", *more: Step) -> Case:
    return Case("Delete", (TAGGED, Step(DELETE, answer, fault, says=says), *more), left)


CASES = (
    _tags(faults.NONE),
    _tags(faults.RESET_BEFORE.at("", 2)),
    _tags(faults.RESET_AFTER.at(ADD, 2)),
    _tags(faults.DELAYED.at(ADD, 2)),
    _tags(error("ThrottlingException").at("", 2)),
    # The policy that allows it is not in force yet.
    _tags(error("AccessDeniedException").at(LIST, 4)),
    _tags(error("AccessDeniedException").at(ADD, 4)),
    _failed_tags(error("AccessDeniedException").at(LIST), "AccessDenied"),
    _failed_tags(faults.REFUSED, "connect"),
    _failed_tags(faults.GARBAGE.at(LIST), "Unexpected error"),
    _failed_tags(faults.TRUNCATED.at(LIST), "Unexpected error"),
    _failed_tags(faults.NONE, "CertificateArn", "nonsense"),
    Case(
        "Create, out of time",
        (Step(CREATE, FAILED, faults.TRICKLES.at(LIST), seconds=20, says="time"), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    Case(
        "Create, killed",
        (Step(CREATE, NOTHING, faults.KILLED_AFTER.at(ADD)), Step(AGAIN, SUCCESS)),
        "certificate one",
    ),
    Case(
        "Create, killed",
        (Step(CREATE, NOTHING, faults.KILLED_BEFORE.at(LIST)), Step(AGAIN, SUCCESS)),
        "certificate one",
    ),
    Case("Update", (TAGGED, Step(UPDATE, SUCCESS, content="two"), Step(AGAIN, SUCCESS)), "certificate two"),
    *(
        Case(
            "Update that fails, rolled back",
            (TAGGED, Step(UPDATE, FAILED, fault, "two", says=says), Step(UPDATE, SUCCESS)),
            "certificate one",
        )
        for fault, says in ((error("TagPolicyException").at(ADD), "TagPolicy"), (faults.REFUSED, "connect"))
    ),
    _delete(faults.NONE, SUCCESS, "nothing", "", Step(AGAIN, SUCCESS)),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "certificate"),
    _delete(
        meanwhile("a distribution uses it", _held).at(REMOVE, 1),
        *(NOTHING, "nothing", ""),
        Step(A_MINUTE_LATER, SUCCESS, meanwhile("it lets go", _let_go).at(REMOVE, 1)),
    ),
    _delete(
        error("ThrottlingException").at(REMOVE),
        *(NOTHING, "nothing", ""),
        Step(A_MINUTE_LATER, NOTHING, error("ThrottlingException").at(REMOVE)),
        Step(A_MINUTE_LATER, SUCCESS),
    ),
    _delete(error("AccessDeniedException").at(REMOVE, 4), SUCCESS, "nothing"),
    _delete(error("AccessDeniedException").at(REMOVE), FAILED, "certificate one", "AccessDenied"),
    _delete(meanwhile("certificate deleted", _deleted_by_hand).at(REMOVE, 1), SUCCESS, "nothing"),
    _delete(faults.KILLED_AFTER.at(REMOVE), NOTHING, "nothing", "", Step(AGAIN, SUCCESS)),
    _delete(error("ServiceUnavailable").at(ANSWER, 3), SUCCESS, "nothing"),
)
