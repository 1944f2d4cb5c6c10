"""Templates that were made to keep the macro busy: each has far too much of something, or just as much as it may have.

A table: what it has too much of, and a function that makes it, as some of them have several megabytes.
"""

from collections.abc import Callable
from typing import Any

Template = dict[str, Any]

NAMED = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
GROUPS = ("Network", "WebServers", "Database", "Cache", "Assets", "Fallback", "Monitoring")


def site(properties: Any = None, **attributes: Any) -> Template:
    """Return a site as a template's resource."""
    return {"Type": "ResilientWebsite", "Properties": properties or {}, **attributes}


def of_site(properties: Any = None, **attributes: Any) -> Template:
    """Return a template with one site."""
    return {"Resources": {"Site": site(properties, **attributes)}}


def with_output(value: Any) -> Template:
    """Return a template with a site and one output."""
    return {**of_site(), "Outputs": {"Shown": {"Value": value}}}


def of_sites(count: int, properties: Any = None, **attributes: Any) -> Template:
    """Return a template with many sites that are alike."""
    return {"Resources": {f"Site{number}": site(properties, **attributes) for number in range(count)}}


def nested(depth: int, inner: Any, around: Callable[[Any], Any]) -> Any:
    """Return a value nested in as many others."""
    value = inner
    for _ in range(depth):
        value = around(value)
    return value


def _unknown(count: int) -> Template:
    return {f"Availabilty{number}": 1 for number in range(count)}


def _taken_names() -> Template:
    """Return a map with every name that a variable for the site's address could get."""
    return {"SiteUrl" + "X" * number: "" for number in range(1000)}


def _joined(count: int) -> Template:
    return {"Fn::Join": ["", ["x"] * count]}


def _circles(count: int) -> Template:
    """Return a site's template with resources that all wait for one another."""
    waiting = {f"T{n}": {"Type": "AWS::SNS::Topic", "DependsOn": [f"T{m}" for m in range(count)]} for n in range(count)}
    return {"Resources": {"Site": site({"Tags": _own_attributes(40)}), **waiting}}


def _own_attributes(count: int) -> list[Any]:
    return [{"Key": f"k{n}", "Value": {"Fn::GetAtt": ["Site", "AutoScalingGroupName"]}} for n in range(count)]


def _chained_conditions(count: int) -> Template:
    """Return a template whose conditions each name the next one twice."""
    named = {f"C{n}": {"Fn::Or": [{"Condition": f"C{n + 1}"}, {"Condition": f"C{n + 1}"}]} for n in range(count)}
    last = {f"C{count}": {"Fn::Equals": ["a", "b"]}}
    return {**of_site({"Cache": {"Fn::If": ["C0", True, False]}}), "Conditions": {**named, **last}}


def _loops(count: int) -> Template:
    """Return a template with loops that make resources, and references to what they may have made."""
    made = {f"Fn::ForEach::L{n}": ["N", ["a"], {f"L{n}x${{N}}": {"Type": "AWS::SNS::Topic"}}] for n in range(count)}
    unknown = [{"Ref": f"L{count}y{n}"} for n in range(9_000)]
    return {**of_site(), "Resources": {**of_site()["Resources"], **made}, "Outputs": {"O": {"Value": unknown}}}


HOSTILE: dict[str, Callable[[], Template]] = {
    "email address of 400 KB": lambda: of_site({"Monitoring": {"AlarmEmail": "a" * 400_000}}),
    "email address of many domains": lambda: of_site({"Monitoring": {"AlarmEmail": "a@" + "b." * 200_000 + "@"}}),
    "email address as long as a text": lambda: of_site({"Fallback": {"ContactEmail": "a@" + "b." * 8_000 + "@"}}),
    "30,000 unknown properties": lambda: of_site(_unknown(30_000)),
    "unknown properties in groups": lambda: of_site(dict.fromkeys(GROUPS, _unknown(4_000))),
    "unknown properties in 16 sites": lambda: of_sites(16, dict.fromkeys(GROUPS, _unknown(14))),
    "30,000 unknown attributes": lambda: of_site(None, **_unknown(30_000)),
    "2,000 sites": lambda: of_sites(2_000),
    "500 sites": lambda: of_sites(500),
    "16 sites": lambda: of_sites(16),
    "site that waits for 5,000": lambda: of_site(None, DependsOn=[f"R{number}" for number in range(5_000)]),
    "resources that wait for a site": lambda: {
        "Resources": {
            "Site": site(),
            **{f"T{n}": {"Type": "AWS::SNS::Topic", "DependsOn": ["Site"] * 3_000} for n in range(30)},
        }
    },
    "20,000 overrides": lambda: of_site({"Overrides": {f"X{number}": {} for number in range(20_000)}}),
    "1,000 overrides": lambda: of_site({"Overrides": {f"LoadBalancr{number}": {} for number in range(1_000)}}),
    "overrides of 90,000 values": lambda: of_site({"Overrides": {"Vpc": {"Tags": [{}] * 90_000}}}),
    "overrides of 400,000 values": lambda: of_site({"Overrides": {"Vpc": {"Tags": [1] * 400_000}}}),
    "Fn::Sub of 100,000 variables": lambda: with_output(
        {"Fn::Sub": ["${Site}" * 1_000, {f"v{number}": "" for number in range(100_000)}]}
    ),
    "Fn::Sub of 90,000 variables": lambda: with_output(
        {"Fn::Sub": ["${Site}" * 100, {f"{number}": 1 for number in range(90_000)}]}
    ),
    "Fn::Sub with all names taken": lambda: with_output({"Fn::Sub": ["${Site}" * 30_000, _taken_names()]}),
    "Fn::Sub of 140,000 references": lambda: with_output({"Fn::Sub": "${Site}" * 140_000}),
    "Fn::Sub of 60,000 wrong references": lambda: with_output(
        {"Fn::Sub": "".join(f"${{Site.a{number}}}" for number in range(60_000))}
    ),
    "Fn::Sub of braces": lambda: with_output({"Fn::Sub": "${ " * 300_000}),
    "Fn::Sub of spaces": lambda: with_output({"Fn::Sub": "${" + " " * 900_000}),
    "user data of many variables": lambda: of_site({"WebServers": {"UserData": {"Fn::Sub": "${A}" * 200_000}}}),
    "user data of 190,000 pieces": lambda: of_site({"WebServers": {"UserData": {"Fn::Base64": _joined(190_000)}}}),
    "19,000 wrong references": lambda: with_output([{"Fn::GetAtt": ["Site", "x"]}] * 19_000),
    "list of 400,000 items": lambda: with_output([1] * 400_000),
    "list of 90,000 items": lambda: with_output([{}] * 90_000),
    "200,000 names": lambda: of_site({**NAMED, "AlternateDomainNames": ["a"] * 200_000}),
    "90,000 names": lambda: of_site({**NAMED, "AlternateDomainNames": ["a"] * 90_000}),
    "list as a text": lambda: of_site({"Network": {"VpcId": "vpc-01234567", "PublicSubnetIds": "a," * 400_000}}),
    "50,000 parameters of a database": lambda: of_site(
        {"Database": {"Parameters": {f"p{number}": [] for number in range(50_000)}}}
    ),
    "tags of 900 KB": lambda: of_site({"Tags": [{"Key": f"k{n}", "Value": "v" * 24_000} for n in range(39)]}),
    "tags that are calls": lambda: of_site({"Tags": [{"Key": f"k{n}", "Value": _joined(100)} for n in range(40)]}),
    "metadata of 90,000 values": lambda: of_site(None, Metadata={"a": [{}] * 90_000}),
    "metadata of 33 KB": lambda: of_site(None, Metadata={"a": [[]] * 11_000}),
    "metadata of 16 sites": lambda: of_sites(16, None, Metadata={"a": [[]] * 8_000}),
    "id of a zone as a large call": lambda: of_sites(16, {**NAMED, "HostedZoneId": _joined(6_000)}),
    "id of a zone as a call": lambda: of_sites(
        3, {**NAMED, "AlternateDomainNames": [f"{n}.example.com" for n in range(7)], "HostedZoneId": _joined(990)}
    ),
    "key of a database as a call": lambda: of_site({"Database": {"KmsKeyId": _joined(990), "ReadReplicas": 5}}),
    "paths of saved pages": lambda: of_site(
        {**NAMED, "Fallback": {"Source": {"Crawl": {"Paths": ["/" + "@" * 9_000] * 100}}}}
    ),
    "key of 500 KB": lambda: {**of_site(), "Outputs": {"a" * 500_000: {"Value": [1] * 90_000}}},
    "long path": lambda: {**of_site(), "Outputs": nested(90, [[]] * 90_000, lambda inner: {"k" * 4_000: inner})},
    "lists 10,000 deep": lambda: with_output(nested(10_000, 1, lambda inner: [inner])),
    "functions 10,000 deep": lambda: of_site(
        {"Fallback": {"Title": nested(10_000, "x", lambda inner: {"Fn::Join": ["", [inner]]})}}
    ),
    "6 MB of text": lambda: {**of_site(), "Metadata": {"x": "y" * 6_000_000}},
    "6 MB of lists": lambda: {**of_site(), "Metadata": {"x": [[]] * 1_500_000}},
    "logical id of 400 KB": lambda: {"Resources": {"S" * 400_000: site()}},
    "type of 900 KB": lambda: {"Resources": {"Site": {"Type": "resilientwebsit" * 60_000}}},
    "500 long types": lambda: {"Resources": {f"S{n}": {"Type": "A:" + "resilientwebsit" * 60} for n in range(499)}},
    "40,000 conditions": lambda: {
        **of_sites(9, None, Condition="D" * 250),
        "Conditions": {f"C{number}": True for number in range(40_000)},
    },
    "circle of 300 resources": lambda: _circles(300),
    "circle of 120 resources": lambda: _circles(120),
    "own attribute in 40 tags": lambda: of_site({"Tags": _own_attributes(40)}),
    "own attribute in 40 tags of 5 sites": lambda: of_sites(5, {"Tags": _own_attributes(40)}),
    "chain of 10,000 conditions": lambda: _chained_conditions(10_000),
    "chain of 40 conditions": lambda: _chained_conditions(40),
    "Fn::If 90 deep": lambda: (
        of_site(
            {
                "Cache": nested(
                    80, True, lambda inner: {"Fn::If": ["C", inner, inner] if inner is True else ["C", inner, 1]}
                )
            }
        )
        | {"Conditions": {"C": {"Fn::Equals": ["a", "a"]}}}
    ),
    "Fn::Join of what is joined": lambda: of_site(
        {"FrontDoor": nested(40, "x" * 60, lambda inner: {"Fn::Join": ["y" * 6_000, [inner, inner and "z"]]})}
    ),
    "Fn::Sub of a long parameter": lambda: of_site({"FrontDoor": {"Fn::Sub": "${AWS::Region}" * 60_000}}),
    "20,000 unknown names": lambda: with_output([{"Ref": f"SiteVpcc{n}"} for n in range(20_000)]),
    "40 loops": lambda: _loops(40),
    "200 loops": lambda: _loops(200),
    "20,000 branches": lambda: (
        with_output([{"Fn::If": ["C", {"Ref": "Site"}, 1]} for _ in range(12_000)])
        | {"Conditions": {"C": {"Fn::Equals": ["a", "a"]}}}
    ),
    "loop of 90,000 values": lambda: {"Resources": {**of_site()["Resources"], "Fn::ForEach::X": [[[]] * 90_000]}},
    "dynamic references": lambda: with_output("{{resolve:" * 90_000),
    **{
        f"long text: {group}.{name}": lambda group=group, name=name, value=value: of_site(  # type: ignore[misc]
            {**NAMED, group: {name: value * (900_000 // len(value))}}
        )
        for group, name, value in (
            ("Assets", "PathPattern", "/a"),
            ("Database", "DatabaseName", "a"),
            ("Database", "DBInstanceClass", "db.a"),
            ("Database", "KmsKeyId", "alias/"),
            ("Fallback", "Message", "\n"),
            ("Fallback", "Region", "us-west-"),
            ("Fallback", "Title", "x"),
            ("Monitoring", "AlarmTopicArn", "arn:aws:sns:"),
            ("Network", "CidrBlock", "10."),
            ("Network", "VpcId", "vpc-"),
            ("Security", "WebACLArn", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/"),
            ("WebServers", "HealthCheckPath", "/("),
            ("WebServers", "ImageId", "ami-"),
            ("WebServers", "UserData", "#!"),
        )
    },
    "long domain name": lambda: of_site({**NAMED, "DomainName": "a-" * 300_000}),
    "long choice": lambda: of_site({"FrontDoor": "CloudFron" * 60_000}),
}
