"""Templates that are refused for their size, and their corrected forms."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Pair = tuple[Any, Any]

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012"
SUBNETS = ["subnet-0123456789abcdea1", "subnet-0123456789abcdea2"]
TOPIC = {"Type": "AWS::SNS::Topic"}


def _with_a_site(resources: Json, properties: Json | None = None) -> Json:
    return {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties or {}}, **resources}}


def _numbered(name: str, count: int, body: Json) -> Json:
    return {f"{name}{number}": body for number in range(count)}


def resources() -> Pair:
    """Return a site beside 490 topics, and one beside 10."""
    return _with_a_site(_numbered("Topic", 490, TOPIC)), _with_a_site(_numbered("Topic", 10, TOPIC))


def input_resources() -> Pair:
    """Return a site beside 1,001 topics, and one beside 10."""
    return _with_a_site(_numbered("Topic", 1001, TOPIC)), _with_a_site(_numbered("Topic", 10, TOPIC))


def expanded_resources() -> Pair:
    """Return a site beside 990 topics, and one beside 10."""
    return _with_a_site(_numbered("Topic", 990, TOPIC)), _with_a_site(_numbered("Topic", 10, TOPIC))


def sites() -> Pair:
    """Return a template of 17 sites, and one of one."""
    site = {"Type": "ResilientWebsite"}
    return {"Resources": _numbered("Site", 17, site)}, {"Resources": {"Site0": site}}


def parameters() -> Pair:
    """Return a site beside 201 parameters, and one beside 10."""
    one = {"Type": "String", "Default": "text"}
    made = [{**_with_a_site({}), "Parameters": _numbered("Parameter", count, one)} for count in (201, 10)]
    return made[0], made[1]


def parameter_value() -> Pair:
    """Return a template with a parameter whose value has 9,000 characters, and one whose value has 90."""
    made = []
    for length in (9000, 90):
        declared = {"Parameters": {"Text": {"Type": "String", "Default": "x" * length}}}
        made.append({**_with_a_site({}, {"Fallback": {"Message": {"Ref": "Text"}}}), **declared})
    return made[0], made[1]


def values() -> Pair:
    """Return a template of more than 100,000 values, and one of few."""
    made = [_with_a_site({"Topic": {**TOPIC, "Metadata": {"Numbers": [0] * count}}}) for count in (100_000, 10)]
    return made[0], made[1]


def carried() -> Pair:
    """Return a site whose DependsOn names a topic 5,000 times, and one whose DependsOn names it once."""
    made = []
    for count in (5_000, 1):
        site = {"Type": "ResilientWebsite", "DependsOn": ["Topic"] * count}
        made.append({"Resources": {"Topic": TOPIC, "Site": site}})
    return made[0], made[1]


def crawled_paths() -> Pair:
    """Return a site whose fallback crawls from 100 long paths, and one whose fallback crawls from 10."""
    domain = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    made = []
    for count in (100, 10):
        paths = [f"/{number:03}-{'x' * 95}" for number in range(count)]
        made.append(_with_a_site({}, {**domain, "Fallback": {"Source": {"Crawl": {"Paths": paths}}}}))
    return made[0], made[1]


def long_text() -> Pair:
    """Return a site with a script of 70,000 characters, and one whose script downloads it."""
    return _with_a_site({}, {"WebServers": {"UserData": "#!/bin/bash\n" + "# x\n" * 17_500}}), user_data()[1]


def entries() -> Pair:
    """Return a site whose database has 1,001 parameters, and one whose database has one."""
    made = [
        _with_a_site({}, {"Database": {"Parameters": names}})
        for names in (_numbered("parameter_", 1001, {}), {"max_connections": "500"})
    ]
    return made[0], made[1]


def arguments() -> Pair:
    """Return a site whose title is joined of 1,001 texts, and one whose title is one text."""
    joined = {"Fn::Join": ["", ["x"] * 1001]}
    made = [_with_a_site({}, {"Fallback": {"Title": title}}) for title in (joined, "x" * 100)]
    return made[0], made[1]


def problems() -> Pair:
    """Return a site with 150 unknown properties, and one without them."""
    return _with_a_site({}, _numbered("Property", 150, {})), _with_a_site({})


def long_logical_id() -> Pair:
    """Return a site with a name of 200 characters whose logical id has 60, and one whose id is short."""
    site = long_name()[1]["Resources"]["Site"]
    return {"Resources": {"S" * 60: site}}, {"Resources": {"Site": site}}


def policies() -> Pair:
    """Return six sites with six names each and a fallback in another Region, and one of them."""
    small = {
        "Network": {"VpcId": "vpc-0123456789abcdef0", "PublicSubnetIds": SUBNETS},
        "WebServers": {"CloudWatchAgent": False, "Drain": False},
        "Database": False,
        "Delivery": {"SecurityHeaders": False},
        "Fallback": {"Region": "eu-central-1"},
        "Monitoring": {"Dashboard": False},
        "Security": {"OriginSecretRotationDays": 0},
        "UpdateProtection": False,
    }
    found = {}
    for number in range(6):
        domain = f"shop-{number}.example.com"
        names = {"DomainName": f"www.{domain}", "AlternateDomainNames": [f"{name}.{domain}" for name in "abcde"]}
        properties = {**names, "HostedZoneId": "Z0123456789ABCDEFGHIJ", **small}
        found[f"Site{number}"] = {"Type": "ResilientWebsite", "Properties": properties}
    return {"Resources": found}, {"Resources": {"Site0": found["Site0"]}}


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
    made.__name__: made
    for made in (
        *(resources, input_resources, expanded_resources, sites, parameters, parameter_value, values),
        *(carried, crawled_paths),
        *(long_text, entries, arguments, problems, long_logical_id, policies),
        *(outputs, size, dynamic_references, depth, user_data, long_name),
    )
}
