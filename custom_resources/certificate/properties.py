"""Reads the properties of Custom::CertificateRequest and Custom::Certificate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Table, matching, read_all, region, tags

# A common name has at most 64 characters, an alternative name 253; a certificate at most 100 names. Source:
# "RequestCertificate" in the ACM API Reference.
MAX_MAIN_NAME_LENGTH = 64
MAX_NAME_LENGTH = 253
MAX_NAMES = 100

# Source: "Tag ACM resources" in the ACM User Guide.
MAX_TAGS = 50

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


@dataclass(frozen=True)
class CertificateRequest:
    """What to request, its Region and the domain's hosted zone. Names are lower case, alternative names sorted."""

    domain_name: str
    alternative_names: tuple[str, ...]
    hosted_zone_id: str
    region: str

    @property
    def names(self) -> frozenset[str]:
        """All names, the main one included."""
        return frozenset((self.domain_name, *self.alternative_names))


@dataclass(frozen=True)
class Certificate:
    """A certificate that has been issued, and its tags."""

    arn: str
    tags: tuple[tuple[str, str], ...]


def _name(value: Any, longest: int) -> str:
    name = str(value).lower().removesuffix(".")
    if len(name) > longest or not re.fullmatch(rf"(\*\.)?({_LABEL}\.)+{_LABEL}", name):
        raise ValueError(f"write a domain name of at most {longest} characters, as in www.example.com or *.example.com")
    return name


def _domain_name(value: Any) -> str:
    return _name(value, MAX_MAIN_NAME_LENGTH)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) >= MAX_NAMES:
        raise ValueError(f"write a list of fewer than {MAX_NAMES} domain names")
    return tuple(sorted({_name(name, MAX_NAME_LENGTH) for name in value}))


_hosted_zone = matching(r"[A-Z0-9]{1,32}", "write the id of a hosted zone, as in Z0123456789ABCDEFGHIJ")


def _tags(value: Any) -> tuple[tuple[str, str], ...]:
    found: tuple[tuple[str, str], ...] = tags(MAX_TAGS)(value)
    for key, text in found:
        if not 1 <= len(key) <= 128 or len(text) > 256 or key.lower().startswith("aws:"):
            raise ValueError(
                f"tag {key[:30]!r}: write a Key of 1 to 128 characters that does not start with aws:, and a Value of "
                "at most 256"
            )
    return found


_arn = matching(r"arn:.{1,2000}", "write the Ref of a Custom::CertificateRequest")

# Property -> field, reader, default (None: required).
REQUEST_PROPERTIES: Table = {
    "DomainName": ("domain_name", _domain_name, None),
    "SubjectAlternativeNames": ("alternative_names", _names, []),
    "HostedZoneId": ("hosted_zone_id", _hosted_zone, None),
    "Region": ("region", region, None),
}
CERTIFICATE_PROPERTIES: Table = {
    "CertificateArn": ("arn", _arn, None),
    "Tags": ("tags", _tags, []),
}


def read_request(properties: Mapping[str, Any]) -> CertificateRequest:
    """Return the certificate request in ResourceProperties. Raises InvalidPropertiesError with every problem."""
    fields = read_all(properties, REQUEST_PROPERTIES)
    others = tuple(name for name in fields["alternative_names"] if name != fields["domain_name"])
    return CertificateRequest(**{**fields, "alternative_names": others})


def read_certificate(properties: Mapping[str, Any]) -> Certificate:
    """Return the certificate that ResourceProperties name. Raises InvalidPropertiesError with every problem."""
    return Certificate(**read_all(properties, CERTIFICATE_PROPERTIES))
