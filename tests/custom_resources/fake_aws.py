"""ACM, Route 53, EventBridge and Lambda as far as certificates need them, behind HTTP; their errors can be scripted."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from tests.custom_resources.fake_cloudformation import LIST
from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler
from tests.custom_resources.own_stack import ACCOUNT

Json = dict[str, Any]

ROUTE_53 = "{https://route53.amazonaws.com/doc/2013-04-01/}"
XML_ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"
CHANGED = (
    "<ChangeResourceRecordSetsResponse xmlns='https://route53.amazonaws.com/doc/2013-04-01/'><ChangeInfo><Id>/change/C"
    "</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>"
    "</ChangeResourceRecordSetsResponse>"
)
# What the services answer with, apart from 400.
STATUS = {"AccessDenied": 403, "NoSuchHostedZone": 404, "InternalFailure": 500, "ServiceUnavailable": 503}


@dataclass
class FakeCertificate:
    """A certificate; `status` is what the test makes it."""

    request: Json
    region: str
    tags: dict[str, str]
    status: str = "PENDING_VALIDATION"
    failure: str = ""
    users: list[str] = field(default_factory=list)
    # ACM needs some seconds to make the records up.
    records_known: bool = True

    @property
    def names(self) -> list[str]:
        main = self.request["DomainName"]
        return [main, *(name for name in self.request.get("SubjectAlternativeNames", []) if name != main)]


class RefusedError(Exception):
    """An error that a service answers with."""


class FakeAws(LoopbackServer):
    """Certificates, records and rules in memory; `script` has the errors of an operation's next calls, in order."""

    def __init__(self, account: str = ACCOUNT) -> None:
        self.account = account
        self.reset()
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                target = self.headers.get("X-Amz-Target", "")
                region = self.headers["Authorization"].split("/")[2]
                status, answer = outer.answer(self.command, self.path, target, region, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_DELETE = handle_request  # noqa: N815

        super().__init__(Handler)

    def reset(self) -> None:
        """Forget everything; there is one hosted zone, ZONE."""
        self.certificates: dict[str, FakeCertificate] = {}
        self.tokens: dict[str, str] = {}
        self.records: dict[str, dict[str, str]] = {"ZONE": {}}
        self.rules: dict[str, Json] = {}
        self.permissions: set[str] = set()
        # The certificates that the policy of the role names.
        self.granted: set[str] = set()
        # The stack's certificate requests by logical id: physical id and status.
        self.requests: dict[str, tuple[str, str]] = {}
        self.script: dict[str, list[str]] = {}
        self.calls: list[str] = []

    def issue(self) -> None:
        """Issue whatever has its records in the zone."""
        for certificate in self.certificates.values():
            if all(record(name)[0] in self.records["ZONE"] for name in certificate.names):
                certificate.status = "ISSUED"

    def answer(self, method: str, path: str, target: str, region: str, body: bytes) -> tuple[int, bytes]:
        """Return the status and body for one request."""
        operation = target.partition(".")[2] or {"POST": "AddPermission", "DELETE": "RemovePermission"}[method]
        if b"Action=ListStackResources" in body:
            operation = "ListStackResources"
        if "/rrset" in path:
            operation = "ChangeResourceRecordSets"
        self.calls.append(operation)
        try:
            if self.script.get(operation):
                raise RefusedError(self.script[operation].pop(0))
            if operation == "ListStackResources":
                return 200, self._listed().encode()
            if operation == "ChangeResourceRecordSets":
                return 200, self._change_records(path, body)
            return 200, json.dumps(getattr(self, f"_{operation}")(json.loads(body or b"{}"), path, region)).encode()
        except RefusedError as error:
            code = str(error)
            message = "scripted " + "x" * 2000
            if operation in ("ChangeResourceRecordSets", "ListStackResources"):
                return STATUS.get(code, 400), XML_ERROR.format(code, message).encode()
            return STATUS.get(code, 400), json.dumps({"__type": code, "message": message}).encode()

    def _listed(self) -> str:
        entries = [
            f"<member><LogicalResourceId>{logical}</LogicalResourceId><ResourceStatus>{status}</ResourceStatus>"
            "<ResourceType>Custom::CertificateRequest</ResourceType>"
            + (f"<PhysicalResourceId>{physical}</PhysicalResourceId></member>" if physical else "</member>")
            for logical, (physical, status) in self.requests.items()
        ]
        return LIST.format("".join(entries))

    def _change_records(self, path: str, body: bytes) -> bytes:
        zone = path.split("/")[3]
        if zone not in self.records:
            raise RefusedError("NoSuchHostedZone")
        for change in ElementTree.fromstring(body).iter(f"{ROUTE_53}Change"):
            action, kind, name, value = (
                next(change.iter(ROUTE_53 + tag)).text for tag in ("Action", "Type", "Name", "Value")
            )
            # What the function's role admits.
            if (action, kind) != ("UPSERT", "CNAME") or not str(name).startswith("_"):
                raise RefusedError("AccessDenied")
            self.records[zone][str(name)] = str(value)
        return CHANGED.encode()

    def _RequestCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        token = request["IdempotencyToken"]
        assert re.fullmatch(r"\w{1,32}", token)
        if token not in self.tokens:
            arn = f"arn:aws:acm:{region}:{self.account}:certificate/{len(self.tokens):036d}"
            assert "Tags" not in request
            self.certificates[arn], self.tokens[token] = FakeCertificate(request, region, {}), arn
        return {"CertificateArn": self.tokens[token]}

    def _DescribeCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        certificate = self._found(request, region)
        states = {"ISSUED": "SUCCESS", "FAILED": "FAILED"}
        options = [
            {
                "DomainName": name,
                "ValidationStatus": states.get(certificate.status, "PENDING_VALIDATION"),
                **(
                    {"ResourceRecord": dict(zip(("Name", "Value"), record(name), strict=True), Type="CNAME")}
                    if certificate.records_known
                    else {}
                ),
            }
            for name in certificate.names
        ]
        return {
            "Certificate": {
                "CertificateArn": request["CertificateArn"],
                "DomainName": certificate.names[0],
                "SubjectAlternativeNames": certificate.names,
                "Status": certificate.status,
                "InUseBy": certificate.users,
                "DomainValidationOptions": options,
                **({"FailureReason": certificate.failure} if certificate.failure else {}),
            }
        }

    def _DeleteCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        if self._own(request, region).users:
            raise RefusedError("ResourceInUseException")
        del self.certificates[request["CertificateArn"]]
        return {}

    def _ListTagsForCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        tags = self._own(request, region).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _AddTagsToCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        self._own(request, region).tags.update({tag["Key"]: tag["Value"] for tag in request["Tags"]})
        return {}

    def _RemoveTagsFromCertificate(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        for tag in request["Tags"]:
            assert not tag["Key"].startswith("aws:")
            del self._own(request, region).tags[tag["Key"]]
        return {}

    def _PutRule(self, request: Json, _path: str, region: str) -> Json:  # noqa: N802
        assert request["ScheduleExpression"] == "rate(1 minute)"
        self._check_rule(request["Name"])
        self.rules.setdefault(request["Name"], {})
        return {"RuleArn": f"arn:aws:events:{region}:{self.account}:rule/{request['Name']}"}

    def _PutTargets(self, request: Json, _path: str, _region: str) -> Json:  # noqa: N802
        assert len(request["Targets"][0]["Input"]) <= 8192
        self.rules[request["Rule"]] = request["Targets"][0]
        return {}

    def _RemoveTargets(self, request: Json, _path: str, _region: str) -> Json:  # noqa: N802
        self._check_rule(request["Rule"])
        if request["Rule"] not in self.rules:
            raise RefusedError("ResourceNotFoundException")
        self.rules[request["Rule"]] = {}
        return {}

    def _DeleteRule(self, request: Json, _path: str, _region: str) -> Json:  # noqa: N802
        self._check_rule(request["Name"])
        # Deleting a rule that is not there is none of EventBridge's errors.
        self.rules.pop(request["Name"], None)
        return {}

    def _AddPermission(self, request: Json, _path: str, _region: str) -> Json:  # noqa: N802
        assert request["Principal"] == "events.amazonaws.com"
        if request["StatementId"] in self.permissions:
            raise RefusedError("ResourceConflictException")
        self.permissions.add(request["StatementId"])
        return {}

    def _RemovePermission(self, _request: Json, path: str, _region: str) -> Json:  # noqa: N802
        if path.rpartition("/")[2] not in self.permissions:
            raise RefusedError("ResourceNotFoundException")
        self.permissions.remove(path.rpartition("/")[2])
        return {}

    @staticmethod
    def _check_rule(name: str) -> None:
        """Deny other rules than those of a stack: the role names them by the GUID of the stack's id."""
        assert len(name) <= 64
        if not re.fullmatch(r"resilient-website-[0-9a-f-]{36}-[0-9a-f]{8}", name):
            raise RefusedError("AccessDeniedException")

    def _own(self, request: Json, region: str) -> FakeCertificate:
        """Return a certificate that the role's policy names: IAM denies the others before ACM looks for them."""
        if request["CertificateArn"] not in self.granted:
            raise RefusedError("AccessDeniedException")
        return self._found(request, region)

    def _found(self, request: Json, region: str) -> FakeCertificate:
        certificate = self.certificates.get(request["CertificateArn"])
        if certificate is None or certificate.region != region:
            raise RefusedError("ResourceNotFoundException")
        return certificate


def record(name: str) -> tuple[str, str]:
    """Return the validation record of a name: a wildcard has its domain's."""
    base = name.removeprefix("*.")
    return f"_proof.{base}.", f"_answer.{base}.acm-validations.aws."
