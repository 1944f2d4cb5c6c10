"""Templates that are refused for their size, and what is left of them when the advice is taken."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Pair = tuple[Any, Any]

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012"
TOPIC = {"Type": "AWS::SNS::Topic"}


def _with_a_site(resources: Json, properties: Json | None = None) -> Json:
    return {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties or {}}, **resources}}


def _numbered(name: str, count: int, body: Json) -> Json:
    return {f"{name}{number}": body for number in range(count)}


def resources() -> Pair:
    """Return a site beside 490 topics, and one beside 10."""
    return _with_a_site(_numbered("Topic", 490, TOPIC)), _with_a_site(_numbered("Topic", 10, TOPIC))


def outputs() -> Pair:
    """Return a site with 201 outputs, and one with 200."""
    made = [
        {**_with_a_site({}), "Outputs": _numbered("Output", count, {"Value": {"Ref": "Site"}})} for count in (201, 200)
    ]
    return made[0], made[1]


def size() -> Pair:
    """Return a template of more than a million bytes, and one without the long text."""
    long = {**TOPIC, "Metadata": {"Text": "x" * 1_000_000}}
    return _with_a_site({"Topic": long}), _with_a_site({"Topic": TOPIC})


def dynamic_references() -> Pair:
    """Return a site beside 60 parameters that resolve others, and one beside 10."""
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "{{resolve:ssm:other:1}}"}}
    return _with_a_site(_numbered("Parameter", 60, parameter)), _with_a_site(_numbered("Parameter", 10, parameter))


def depth() -> Pair:
    """Return an output with 5,000 functions within one another, and one with ten."""
    made = []
    for levels in (5000, 10):
        value: Any = "text"
        for _ in range(levels):
            value = {"Fn::Join": ["", [value]]}
        made.append({**_with_a_site({}), "Outputs": {"Deep": {"Value": value}}})
    return made[0], made[1]


def user_data() -> Pair:
    """Return a site with a script of 16,000 bytes, and one whose script downloads it."""
    long = "#!/bin/bash\n" + "echo one of many lines\n" * 700
    short = "#!/bin/bash\naws s3 cp s3://my-releases/boot.sh /tmp/boot.sh && bash /tmp/boot.sh\n"
    return _with_a_site({}, {"WebServers": {"UserData": long}}), _with_a_site({}, {"WebServers": {"UserData": short}})


def long_name() -> Pair:
    """Return a site whose name has 250 characters, and one whose name has 200."""
    certificates = dict.fromkeys(("CertificateArn", "RegionalCertificateArn"), CERTIFICATE)
    made = []
    for length in (250, 200):
        rest = length - len(".example.com")
        # No label has more than 63 letters.
        labels = ["a" * min(60, rest - start) for start in range(0, rest, 61)]
        domain = {"DomainName": ".".join([*labels, "example.com"]), "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
        made.append(_with_a_site({}, {**domain, **certificates}))
    return made[0], made[1]


BY_NAME: dict[str, Callable[[], Pair]] = {
    "resources": resources,
    "outputs": outputs,
    "size": size,
    "dynamic_references": dynamic_references,
    "depth": depth,
    "user_data": user_data,
    "long_name": long_name,
}
