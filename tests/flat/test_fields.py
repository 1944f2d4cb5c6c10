"""Forms and the macro agree: each value that a field takes, the macro takes; and what the macro takes, the field takes.

A flat template's fields are not read by the macro, so that the compact resource judges them here too.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.parameter_constraints import constraint_problems
from cli.parameter_values import parameter_values
from cli.templates.console_template import console_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.flat.shipped import NAMES, shipped

Json = dict[str, Any]

TEMPLATE = console_template().to_dict()
FIELDS: dict[str, Json] = TEMPLATE["Parameters"]

ZONE = {"HostedZoneId": "Z0123456789ABCDEFGHIJ"}
DOMAIN = {"DomainName": "www.example.com", **ZONE}
ARCHIVE = {"ArtifactBucket": "releases", "ArtifactKey": "shop.zip", "ArtifactCommand": "./start"}

# The fields without which the macro refuses a field.
BESIDE: dict[str, Json] = {
    "DomainName": ZONE,
    "AlternateDomainNames": DOMAIN,
    "HostedZoneId": DOMAIN,
    "CertificateArn": DOMAIN,
    **dict.fromkeys((*ARCHIVE, "ArtifactSha256"), ARCHIVE),
}

# What the macro takes, at the edges of each rule.
TAKEN: dict[str, tuple[str, ...]] = {
    "DomainName": ("", "example.com", "a.xn--p1ai", f"{'a' * 55}.com"),
    "AlternateDomainNames": ("", "example.com", "example.com,shop.example.com", "a.example.com, b.example.com"),
    "HostedZoneId": ("Z1", "Z0123456789ABCDEFGHIJ"),
    "CertificateArn": ("", "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012"),
    "ArtifactBucket": ("releases", "shop.releases-1", "Old_Bucket"),
    "ArtifactKey": ("shop.zip", "a b/ü (1).tar.gz", "k" * 1024),
    "ArtifactSha256": ("", "a" * 64, "0123456789ABCDEF" * 4),
    "ArtifactCommand": ("./start", 'exec "$HOME/run" --port $WEB_PORT'),
    "ContainerImage": (
        "",
        "nginx",
        "public.ecr.aws/nginx/nginx:1.29",
        f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:{'0a' * 32}",
        "registry.example.com:5000/shop:Latest_1",
    ),
    "Port": ("1", "80", "9999", "10000", "59999", "65535"),
    "HealthCheckPath": ("/", "/health?deep=1", f"/{'h' * 254}"),
    "InstanceType": ("t4g.small", "m7g.large", "c7gn.metal", "u-6tb1.112xlarge"),
    "DBInstanceClass": ("db.t4g.small", "db.r6gd.16xlarge", "db.x2iedn.32xlarge"),
    "ReadReplicas": ("0", "5"),
    "Cache": ("true", "false"),
    "AvailabilityZones": ("2", "3", "4"),
    "CidrBlock": ("10.0.0.0/16", "10.1.128.0/17", "172.16.4.0/22", "192.168.254.0/23"),
    "FallbackTitle": ("Back soon", "Wir sind gleich zurück", "t" * 100),
    "FallbackContactEmail": ("", "team@example.com", "first.last+tag@mail.example.co.uk"),
    "AlarmEmail": ("", "team@example.com", "o'neil@example.com"),
}

# What the macro refuses, just beyond the edges.
REFUSED: dict[str, tuple[str, ...]] = {
    "DomainName": ("Example.com", "https://example.com", "*.example.com", "example.com.", f"{'a' * 62}.com"),
    "AlternateDomainNames": ("*.example.com",),
    "CertificateArn": ("arn:aws:acm:eu-west-1:123456789012:certificate/a", "certificate/a"),
    "ArtifactBucket": ("s3://releases", "a/b", "b" * 256),
    "ArtifactKey": ("file://shop.zip", "a\nb", "k" * 1025),
    "ArtifactSha256": ("a" * 63, "sha256:" + "a" * 64),
    "ContainerImage": ("https://example.com/shop", "Shop", "shop:", f"{'a' * 501}"),
    "Port": ("0", "65536", "8080.5", "-1"),
    "HealthCheckPath": ("health", f"/{'h' * 255}", "/*"),
    "InstanceType": ("m7g", "M7g.large", "db"),
    "DBInstanceClass": ("t4g.small", "db.t4g"),
    "ReadReplicas": ("6", "2.5", "-1"),
    "Cache": ("yes",),
    "AvailabilityZones": ("1", "5", "2.5"),
    "CidrBlock": (
        "10.0.0.0/15",
        "10.0.0.0/24",
        "10.0.1.0/16",
        "10.0.0.0",
        "256.0.0.0/16",
        "10.0.0.0/255.255.0.0",
        "10.0.0.0/016",
        "172.32.0.0/16",
        "8.8.0.0/16",
    ),
    "FallbackContactEmail": ("team@example", "team"),
    "AlarmEmail": ("team@example", "a b@example.com"),
}


def taken_by_the_form(field: str, value: str) -> bool:
    return not list(constraint_problems(field, value, FIELDS[field]))


def problems(given: dict[str, str]) -> list[str]:
    """Return what the macro refuses in the form with these values, past the constraints of the form."""
    answers = {
        **{name: body["Default"] for name, body in FIELDS.items()},
        **{name: value for field in given if given[field] for name, value in BESIDE.get(field, {}).items()},
        **given,
    }
    unchecked = {name: {"Type": body["Type"]} for name, body in FIELDS.items()}
    try:
        expand_template(TEMPLATE, parameter_values({"Parameters": unchecked}, answers), "us-east-1")
    except InvalidTemplateError as error:
        return [str(problem) for problem in error.problems]
    return []


def of(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(field, value) for field, values in table.items() for value in values]


def test_every_field_is_tried() -> None:
    assert TAKEN.keys() == FIELDS.keys()


@pytest.mark.parametrize(("field", "value"), of(TAKEN))
def test_what_the_macro_takes_the_form_takes(field: str, value: str) -> None:
    assert problems({field: value}) == []
    assert taken_by_the_form(field, value)


@pytest.mark.parametrize(("field", "value"), of(REFUSED))
def test_what_the_macro_refuses_the_form_refuses(field: str, value: str) -> None:
    assert not taken_by_the_form(field, value)
    assert problems({field: value})


# Alternate names have to be in the zone of the domain name, which no pattern of theirs can say.
BY_PATTERN = [name for name, body in FIELDS.items() if "AllowedPattern" in body and name != "AlternateDomainNames"]


ASCII = st.characters(min_codepoint=32, max_codepoint=126)


@pytest.mark.parametrize("other", ["ContainerImage", "Artifact"])
def test_whatever_the_form_takes_the_macro_takes(other: str) -> None:
    """All fields at once, but for those of the other kind of application: an expansion for each would take long."""
    fields = {
        field: st.from_regex(FIELDS[field]["AllowedPattern"].removeprefix("^$|"), fullmatch=True, alphabet=ASCII)
        for field in BY_PATTERN
        if not field.startswith(other)
    }

    @settings(max_examples=20, deadline=None, database=None)
    @given(st.fixed_dictionaries(fields))
    def law(values: dict[str, str]) -> None:
        taken = {field: value for field, value in values.items() if taken_by_the_form(field, value)}
        assert problems(taken) == []

    law()


def test_missing_parts_of_an_archive_are_named() -> None:
    bucket, command = sorted(expand_problems({"ArtifactKey": "shop.zip", "ArtifactSha256": "a" * 64}))
    assert "WebServers.Artifact.Bucket" in bucket
    assert "WebServers.Artifact.Command" in command


def test_archive_and_container_exclude_each_other() -> None:
    (problem,) = expand_problems({**ARCHIVE, "ContainerImage": "public.ecr.aws/nginx/nginx:1.29"})
    assert "WebServers.Artifact: found together with Container" in problem


def expand_problems(answers: Json) -> list[str]:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(TEMPLATE, parameter_values(TEMPLATE, answers), "eu-west-1")
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("kind", NAMES)
def test_fields_of_flat_templates_follow_the_same_rules(kind: str) -> None:
    for name, body in shipped()[kind]["Parameters"].items():
        asked = FIELDS.get(name, {})
        if name == "CidrBlock":
            # A flat template divides ranges of one size only.
            taken = [value for value in TAKEN[name] if not list(constraint_problems(name, value, body))]
            assert taken == ["10.0.0.0/16"]
            assert all(list(constraint_problems(name, value, body)) for value in REFUSED[name])
        elif "AllowedPattern" in body and asked:
            assert body["AllowedPattern"].removeprefix("^$|") == asked["AllowedPattern"].removeprefix("^$|"), name
            assert body.get("MaxLength") == asked.get("MaxLength"), name
        refused = [value for value in body.get("AllowedValues", ()) if asked and not taken_by_the_form(name, value)]
        assert refused == [], name
