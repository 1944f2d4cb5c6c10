"""Certificates as ACM makes them: pending until their records are in a hosted zone, and kept while something uses them.

ministack issues what is asked for at once, deletes what is in use, and forgets idempotency tokens. Certificates that
CloudFormation itself makes are not touched: there, CloudFormation writes the records.
"""

import json
from typing import Any

from ministack.core.responses import (  # type: ignore[import-not-found]
    AccountRegionScopedDict,
    error_response_json,
    json_response,
)
from ministack.services import acm, cloudfront, route53  # type: ignore[import-not-found]

Json = dict[str, Any]

_tokens = AccountRegionScopedDict()


def register() -> None:
    """Wrap the three operations."""
    own_request, own_describe, own_delete = acm._request_certificate, acm._describe_certificate, acm._delete_certificate

    def request(data: Json) -> Any:
        token = data.get("IdempotencyToken")
        known = _tokens.get(token)
        if token and known in acm._certificates:
            return json_response({"CertificateArn": known})
        answer = own_request(data)
        if answer[0] != 200:
            return answer
        arn = json.loads(answer[2])["CertificateArn"]
        _tokens[token] = arn
        if data.get("ValidationMethod") == "DNS":
            _set_status(acm._certificates[arn], "PENDING_VALIDATION")
        return answer

    def describe(data: Json) -> Any:
        certificate = acm._get_local_certificate(data.get("CertificateArn", ""))
        if certificate:
            certificate["InUseBy"] = _users(certificate["CertificateArn"])
            if certificate["Status"] == "PENDING_VALIDATION" and _validated(certificate):
                _set_status(certificate, "ISSUED")
        return own_describe(data)

    def delete(data: Json) -> Any:
        arn = data.get("CertificateArn", "")
        if acm._get_local_certificate(arn) and _users(arn):
            return error_response_json("ResourceInUseException", f"Certificate {arn} is in use.", 400)
        return own_delete(data)

    acm._request_certificate, acm._describe_certificate, acm._delete_certificate = request, describe, delete


def _validated(certificate: Json) -> bool:
    """Tell whether all records are in the account's zones: the emulator has no other DNS."""
    present = {
        (record["Name"].rstrip("."), value.rstrip("."))
        for records in route53._records.values()
        for record in records
        if record["Type"] == "CNAME"
        for value in record.get("ResourceRecords", [])
    }
    wanted = [option["ResourceRecord"] for option in certificate["DomainValidationOptions"]]
    return all((record["Name"].rstrip("."), record["Value"].rstrip(".")) in present for record in wanted)


def _set_status(certificate: Json, status: str) -> None:
    certificate["Status"] = status
    for option in certificate["DomainValidationOptions"]:
        option["ValidationStatus"] = "SUCCESS" if status == "ISSUED" else status


def _users(arn: str) -> list[str]:
    """Return the distributions that show a certificate to their viewers."""
    return [str(found["ARN"]) for found in cloudfront._distributions.values() if cloudfront._value_contains(found, arn)]
