"""A site in us-east-1 whose fallback is in another Region: deployed, visited, moved and deleted on the emulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sites import Installation, StackError
from tools.emulator.visitor import Response, visit

Json = dict[str, Any]

PAGE = "_fallback/index.html"
REQUESTS = (("GET", "/"), ("GET", "/any/path"), ("POST", "/form"), ("DELETE", "/x"))


# As samconfig.toml calls it.
INSTALLER = "resilient-website-macro"


class OtherRegions:
    """What a site has where its stack is not."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        # Other tests deploy sites that retain theirs.
        self._retained = set(self._fallback_buckets())

    def client(self, service: str, region: str) -> Any:
        return self._installation.emulator.client(service, self._installation.account, region)

    def stacks(self, region: str) -> list[Json]:
        """Return the stacks of ours in a Region that are there. Other tests may have installed the macro there."""
        found = self.client("cloudformation", region).describe_stacks()["Stacks"]
        ours = [stack for stack in found if stack["StackName"].startswith("resilient-website-")]
        return [s for s in ours if s["StackName"] != INSTALLER and not s["StackStatus"].startswith("DELETE")]

    def buckets(self) -> list[str]:
        """Return the fallback buckets that were made since."""
        return [name for name in self._fallback_buckets() if name not in self._retained]

    def _fallback_buckets(self) -> list[str]:
        return [
            bucket["Name"]
            for bucket in self.client("s3", "us-west-2").list_buckets()["Buckets"]
            if bucket["Name"].startswith("fallback-")
        ]

    def domain_names(self, region: str) -> dict[str, str]:
        found = self.client("apigateway", region).get_domain_names()["items"]
        return {entry["domainName"]: entry["regionalDomainName"] for entry in found}

    def certificates(self, region: str, domain: str) -> list[str]:
        found = self.client("acm", region).list_certificates()["CertificateSummaryList"]
        return [entry["CertificateArn"] for entry in found if entry["DomainName"].endswith(domain)]


@pytest.fixture
def others(installation: Installation) -> OtherRegions:
    return OtherRegions(installation)


@pytest.fixture
def stack(installation: Installation, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the name of a stack that is deleted afterwards."""
    name = "other-" + request.node.name.replace("_", "-").partition("[")[0][-40:]
    yield name
    if installation.exists(name):
        installation.delete(name)


def template(zone: str = "", domain: str = "", region: str | None = "us-west-2", **properties: Any) -> Json:
    fallback = {"Message": "Back at noon", **({"Region": region} if region else {}), **properties.pop("Fallback", {})}
    names = {"DomainName": domain, "HostedZoneId": zone} if domain else {}
    site = {**names, "Database": False, **properties, "Fallback": fallback}
    outputs = ("FallbackBucket", "DistributionDomainName", "AssetsBucket")
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": site}},
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Site", name]}} for name in outputs},
    }


def assert_friendly(answer: Response, words: str = "Back at noon") -> None:
    assert answer.status == 503, answer
    assert words in answer.body, answer
    assert '<meta name="robots" content="noindex">' in answer.body


def no_bucket_of_its_own(installation: Installation, outputs: dict[str, str]) -> None:
    """Take S3 away in the site's own Region: all that it has there."""
    own = [
        bucket["Name"]
        for bucket in installation.client("s3").list_buckets()["Buckets"]
        if not bucket["Name"].startswith("fallback-")
    ]
    assert outputs["AssetsBucket"] in own
    assert outputs["FallbackBucket"] not in own
    installation.client("s3").delete_bucket(Bucket=outputs["AssetsBucket"])


def test_cloudfront_with_a_domain(installation: Installation, others: OtherRegions, stack: str) -> None:
    domain = "with.other.example"
    site = template(installation.hosted_zone(domain), domain)
    outputs = installation.deploy(stack, site)
    bucket = outputs["FallbackBucket"]
    s3 = others.client("s3", "us-west-2")
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "us-west-2"
    assert "Back at noon" in s3.get_object(Bucket=bucket, Key=PAGE)["Body"].read().decode()
    assert domain in others.domain_names("us-west-2")
    assert domain not in others.domain_names("us-east-1")
    assert len(others.certificates("us-west-2", domain)) == 1
    no_bucket_of_its_own(installation, outputs)
    address = others.domain_names("us-west-2")[domain]
    for method, path in REQUESTS:
        body = "a=1" if method == "POST" else None
        answer = visit(installation.emulator, domain, path, method, body, address=address)
        assert_friendly(answer)
        assert (answer.headers["retry-after"], answer.headers["x-robots-tag"]) == ("120", "noindex")
        assert answer.headers["cache-control"] == "no-store"
        # No server is there: the error page of the distribution.
        assert_friendly(visit(installation.emulator, outputs["DistributionDomainName"], path, method, body))
    assert secondary_of(installation, domain) == address
    changed = template(installation.hosted_zone(domain), domain, Fallback={"Message": "Back at one"})
    assert installation.deploy(stack, changed)["FallbackBucket"] == bucket
    assert_friendly(visit(installation.emulator, domain, "/", address=address), "Back at one")
    s3.delete_object(Bucket=bucket, Key=PAGE)
    bare = visit(installation.emulator, domain, "/", address=address)
    assert_friendly(bare, "Our website is taking a short break")
    assert "<Error>" not in bare.body
    assert installation.delete(stack) == "DELETE_COMPLETE", installation.failures(stack)
    assert (others.stacks("us-west-2"), others.buckets(), others.certificates("us-west-2", domain)) == ([], [], [])
    assert others.domain_names("us-west-2") == {}


def secondary_of(installation: Installation, domain: str) -> str:
    """Return where the SECONDARY record of a name leads to."""
    zone = installation.hosted_zone(domain)
    records = installation.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (found,) = [r for r in records if r.get("Failover") == "SECONDARY" and r["Type"] == "A"]
    return str(found["AliasTarget"]["DNSName"]).removesuffix(".")


def test_cloudfront_without_a_domain(installation: Installation, others: OtherRegions, stack: str) -> None:
    outputs = installation.deploy(stack, template())
    assert [s["StackStatus"] for s in others.stacks("us-west-2")] == ["CREATE_COMPLETE"] * 2
    no_bucket_of_its_own(installation, outputs)
    for method, path in REQUESTS:
        body = "a=1" if method == "POST" else None
        assert_friendly(visit(installation.emulator, outputs["DistributionDomainName"], path, method, body))
    assert installation.delete(stack) == "DELETE_COMPLETE", installation.failures(stack)
    assert (others.stacks("us-west-2"), others.buckets()) == ([], [])


def test_load_balancer_moves_the_bucket_only(installation: Installation, others: OtherRegions, stack: str) -> None:
    domain = "balanced.other.example"
    site = template(installation.hosted_zone(domain), domain, FrontDoor="LoadBalancer")
    outputs = installation.deploy(stack, site)
    no_bucket_of_its_own(installation, outputs)
    assert others.domain_names("us-west-2") == {}
    assert others.certificates("us-west-2", domain) == []
    secondary = secondary_of(installation, domain)
    for method, path in REQUESTS:
        body = "a=1" if method == "POST" else None
        assert_friendly(visit(installation.emulator, secondary, path, method, body))
    assert installation.delete(stack) == "DELETE_COMPLETE", installation.failures(stack)
    assert (others.stacks("us-west-2"), others.buckets()) == ([], [])


def test_fallback_moves_and_the_old_one_goes_last(installation: Installation, others: OtherRegions, stack: str) -> None:
    domain = "moving.other.example"
    zone = installation.hosted_zone(domain)
    for region in (None, "us-west-2", "eu-west-1", None):
        outputs = installation.deploy(stack, template(zone, domain, region))
        here = region or "us-east-1"
        (bucket,) = others.buckets()
        assert bucket == outputs["FallbackBucket"]
        place = others.client("s3", here).get_bucket_location(Bucket=bucket)["LocationConstraint"]
        assert (place or "us-east-1") == here
        addresses = {place: others.domain_names(place).get(domain) for place in ("us-east-1", "us-west-2", "eu-west-1")}
        assert [place for place, address in addresses.items() if address] == [here]
        assert secondary_of(installation, domain) == addresses[here]
        assert_friendly(visit(installation.emulator, domain, "/", address=addresses[here]))
        kept = {place: len(others.stacks(place)) for place in ("us-west-2", "eu-west-1")}
        assert kept == {place: 3 if place == region else 0 for place in kept}
        others.client("s3", here).delete_object(Bucket=outputs["FallbackBucket"], Key=PAGE)
        bare = visit(installation.emulator, domain, "/", address=addresses[here])
        assert_friendly(bare, "Our website is taking a short break")
    assert installation.delete(stack) == "DELETE_COMPLETE", installation.failures(stack)


def test_failed_move_keeps_the_old_fallback(installation: Installation, others: OtherRegions, stack: str) -> None:
    before = installation.deploy(stack, template())
    broken = template(region="eu-west-1")
    broken["Resources"]["Broken"] = {
        "Type": "Custom::FallbackSite",
        "DependsOn": "Site",
        "Properties": {"ServiceToken": {"Fn::GetAtt": ["FallbackSiteFunction", "Arn"]}},
    }
    with pytest.raises(StackError, match="Broken"):
        installation.deploy(stack, broken)
    assert installation.outputs(stack) == before
    assert others.stacks("eu-west-1") == []
    assert len(others.stacks("us-west-2")) == 2
    assert_friendly(visit(installation.emulator, before["DistributionDomainName"], "/"))


def test_tags_reach_the_other_region(installation: Installation, others: OtherRegions, stack: str) -> None:
    installation.deploy(stack, template(Tags=[{"Key": "Team", "Value": "web"}]))
    assert others.stacks("us-west-2")
    # CloudFormation hands a stack's tags on to its resources; the emulator keeps them on the stack.
    assert all({"Key": "Team", "Value": "web"} in made["Tags"] for made in others.stacks("us-west-2"))


def test_bucket_in_the_other_region_is_closed(installation: Installation, others: OtherRegions, stack: str) -> None:
    bucket = installation.deploy(stack, template())["FallbackBucket"]
    s3 = others.client("s3", "us-west-2")
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    policy = {s["Sid"]: s for s in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]}
    assert policy["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    distribution = installation.resources(stack)["SiteDistribution"]
    source = policy["ReadSiteDistribution"]["Condition"]["StringEquals"]["AWS:SourceArn"]
    assert source == f"arn:aws:cloudfront::{installation.account}:distribution/{distribution}"


def test_stack_that_fails_there_tells_why(installation: Installation, others: OtherRegions) -> None:
    nobody = f"arn:aws:lambda:us-west-2:{installation.account}:function:nobody"
    inner = {"Resources": {"Nobody": {"Type": "Custom::Nobody", "Properties": {"ServiceToken": nobody}}}}
    properties = {
        "ServiceToken": {"Fn::GetAtt": ["RemoteStackFunction", "Arn"]},
        "Region": "us-west-2",
        "TemplateBody": json.dumps(inner),
    }
    body = template()
    body["Resources"]["Stack"] = {"Type": "Custom::RemoteStack", "DependsOn": "Site", "Properties": properties}
    with pytest.raises(StackError, match=r"Stack: .*us-west-2.*Nobody"):
        installation.deploy("fails-there", body)
    assert others.stacks("us-west-2") == []
