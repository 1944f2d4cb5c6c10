"""Each mechanism, taken out of an expanded template: the model must say what visitors then get."""

import json
import re
from typing import Any

import pytest

from availability.answers import Outcome
from availability.failures import (
    ALL_WEB_SERVERS,
    CLOUDFRONT,
    DATABASE_PRIMARY,
    LOAD_BALANCER,
    NOTHING,
    WEB_SERVER,
    ZONE,
    Failure,
)
from availability.model import survey
from availability.requests import Kind
from tests.availability.templates import (
    Change,
    Template,
    answer,
    by_cloudfront,
    changed,
    dropped_from,
    each,
    example,
    ids,
    removed,
    set_in,
    site,
)

DISTRIBUTION = "AWS::CloudFront::Distribution"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
RECORD = "AWS::Route53::RecordSet"
CHECK = "AWS::Route53::HealthCheck"
CERTIFICATE = "AWS::CertificateManager::Certificate"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
DATABASE = "AWS::RDS::DBInstance"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
METHOD = "AWS::ApiGateway::Method"
CONFIG = "DistributionConfig"

DOMAIN = site(DomainName="www.example.com", HostedZoneId="Z0123456789ABCDEFGHIJ")
BARE = site()
BEHIND_BALANCER = example("load-balancer")


def error_code(*codes: int) -> Change:
    return dropped_from(DISTRIBUTION, CONFIG, "CustomErrorResponses", where=lambda item: item["ErrorCode"] in codes)


def page_from_the_servers(template: Template) -> None:
    for properties in each(template, DISTRIBUTION):
        for behavior in properties[CONFIG]["CacheBehaviors"]:
            behavior["TargetOriginId"] = properties[CONFIG]["DefaultCacheBehavior"]["TargetOriginId"]


def policy_for_another_distribution(template: Template) -> None:
    for properties in each(template, BUCKET_POLICY, "_fallback"):
        for statement in filter(by_cloudfront, properties["PolicyDocument"]["Statement"]):
            statement["Condition"]["StringEquals"]["AWS:SourceArn"] = "arn:aws:cloudfront::1:distribution/E1"


def no_secret(template: Template) -> None:
    for properties in each(template, DISTRIBUTION):
        for origin in properties[CONFIG]["Origins"]:
            origin.pop("OriginCustomHeaders", None)


def cached(template: Template) -> None:
    """Let CloudFront keep what the health check asks for, as long as the application allows."""
    for properties in each(template, DISTRIBUTION):
        config = properties[CONFIG]
        for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
            behavior["CachePolicyId"] = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"


def ipv6_without_secondary(template: Template) -> None:
    for name in ids(template, RECORD, '"AAAA"'):
        if template["Resources"][name]["Properties"].get("Failover") == "SECONDARY":
            del template["Resources"][name]


def certificate_of_its_own(template: Template) -> None:
    """Give the load balancer a certificate of its own, for a name that nobody asks for."""
    template["Resources"]["Own"] = {"Type": CERTIFICATE, "Properties": {"DomainName": "other.org"}}
    for properties in each(template, LISTENER):
        properties["Certificates"] = [{"CertificateArn": {"Ref": "Own"}}]


# The friendly page by CloudFront's error response, on a site without a domain: nothing stands behind it.
FALLBACK: dict[str, tuple[Change, ...]] = {
    "no error response for 502": (error_code(502),),
    "no error response for 503": (error_code(503),),
    "no error response for 504": (error_code(504),),
    "no behaviour for the page": (
        dropped_from(DISTRIBUTION, CONFIG, "CacheBehaviors", where=lambda item: "fallback" in item["PathPattern"]),
    ),
    "the page's behaviour asks the servers": (page_from_the_servers,),
    "the bucket's policy does not let CloudFront read": (
        dropped_from(BUCKET_POLICY, "PolicyDocument", "Statement", where=by_cloudfront, having="_fallback"),
    ),
    "no bucket policy": (removed(BUCKET_POLICY, "_fallback"),),
    "the policy is for another distribution": (policy_for_another_distribution,),
    "CloudFront does not sign": (removed("AWS::CloudFront::OriginAccessControl"),),
    "nothing publishes the page": (removed("Custom::FallbackSite"),),
    "the page is published elsewhere": (set_in("Custom::FallbackSite", "Prefix", to="elsewhere/"),),
    "the page is published into the assets' bucket": (
        set_in("Custom::FallbackSite", "BucketName", to={"Ref": "SiteAssetsBucket"}),
    ),
}


@pytest.mark.parametrize("mutation", FALLBACK)
def test_fallback_that_is_broken_shows_an_error(mutation: str) -> None:
    assert answer(BARE, ALL_WEB_SERVERS).last.outcome is Outcome.FRIENDLY_PAGE
    broken = answer(changed(BARE, *FALLBACK[mutation]), ALL_WEB_SERVERS)
    assert broken.last.outcome is Outcome.ERROR, broken


# Failover by Route 53 when CloudFront is down.
def check_asks(host: Any) -> Change:
    return set_in(CHECK, "HealthCheckConfig", "FullyQualifiedDomainName", to=host)


def never(kind: str, having: str) -> Change:
    """Return the change that leaves a resource in the template but makes its condition false."""

    def change(template: Template) -> None:
        template["Conditions"] = {"Never": {"Fn::Equals": ["yes", "no"]}}
        names = [
            name for name, body in template["Resources"].items() if body["Type"] == kind and having in json.dumps(body)
        ]
        assert names
        for name in names:
            template["Resources"][name]["Condition"] = "Never"

    return change


# What API Gateway answers when S3 does not, taken away: then what S3 says is what visitors see.
no_answer_in_s3s_place = dropped_from(
    METHOD, "Integration", "IntegrationResponses", where=lambda response: "SelectionPattern" in response
)

FAILOVER: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "no SECONDARY": (Outcome.TIME_OUT, (removed(RECORD, '"SECONDARY"'),)),
    "no SECONDARY for IPv6": (
        Outcome.TIME_OUT,
        (ipv6_without_secondary,),
    ),
    "SECONDARY that is never made": (Outcome.TIME_OUT, (never(RECORD, '"SECONDARY"'),)),
    "no health check on the PRIMARY": (
        Outcome.TIME_OUT,
        (set_in(RECORD, "HealthCheckId", to=None, having='"PRIMARY"'),),
    ),
    "SECONDARY leads to CloudFront too": (
        Outcome.TIME_OUT,
        (
            set_in(
                RECORD,
                "AliasTarget",
                to={"DNSName": {"Fn::GetAtt": ["SiteDistribution", "DomainName"]}, "HostedZoneId": "Z2FDTNDATAQYW2"},
                having='"SECONDARY"',
            ),
        ),
    ),
    "SECONDARY leads to what is not there": (
        Outcome.UNKNOWN,
        (removed("AWS::ApiGateway::DomainName"),),
    ),
    "check is answered from the cache": (Outcome.UNKNOWN, (cached,)),
    "check asks for the name itself": (Outcome.UNKNOWN, (check_asks("www.example.com"),)),
    "certificate of the SECONDARY is for another name": (
        Outcome.ERROR,
        (set_in(CERTIFICATE, "DomainName", to="other.example.com", having="origin."),),
    ),
    "nothing is mapped to the API's name": (Outcome.ERROR, (removed("AWS::ApiGateway::BasePathMapping"),)),
    "API is not deployed": (Outcome.ERROR, (removed("AWS::ApiGateway::Deployment"),)),
    "API's role may not read": (
        Outcome.ERROR,
        (set_in("AWS::IAM::Role", "Policies", to=[], having="apigateway"), no_answer_in_s3s_place),
    ),
    "API Gateway may not take the role": (
        Outcome.ERROR,
        (
            set_in("AWS::IAM::Role", "AssumeRolePolicyDocument", to={"Statement": []}, having="apigateway"),
            no_answer_in_s3s_place,
        ),
    ),
    "API asks for another object": (
        Outcome.ERROR,
        (
            set_in(
                METHOD, "Integration", "Uri", to={"Fn::Sub": "arn:aws:apigateway:x:s3:path/${SiteFallbackBucket}/other"}
            ),
            no_answer_in_s3s_place,
        ),
    ),
    "API does not declare its status": (Outcome.ERROR, (set_in(METHOD, "MethodResponses", to=[]),)),
    "API has neither methods nor answers of its own": (
        Outcome.ERROR,
        (removed(METHOD), removed("AWS::ApiGateway::GatewayResponse")),
    ),
    "API asks somebody else": (Outcome.UNKNOWN, (set_in(METHOD, "Integration", "Type", to="HTTP_PROXY"),)),
}


@pytest.mark.parametrize("mutation", FAILOVER)
def test_failover_that_is_broken_does_not_help(mutation: str) -> None:
    assert answer(DOMAIN, CLOUDFRONT).last.outcome is Outcome.FRIENDLY_PAGE
    outcome, changes = FAILOVER[mutation]
    broken = answer(changed(DOMAIN, *changes), CLOUDFRONT)
    assert broken.last.outcome is outcome, broken


def test_gateway_responses_stand_in_for_methods() -> None:
    assert answer(changed(DOMAIN, removed(METHOD)), CLOUDFRONT).last.outcome is Outcome.FRIENDLY_PAGE


def test_check_that_the_error_response_fools() -> None:
    def with_200(template: Template) -> None:
        for properties in each(template, DISTRIBUTION):
            for response in properties[CONFIG]["CustomErrorResponses"]:
                response["ResponseCode"] = 200

    assert any("Route 53" in why for why in answer(DOMAIN, ALL_WEB_SERVERS).last.why)
    fooled = answer(changed(DOMAIN, with_200), ALL_WEB_SERVERS).last
    assert fooled.status == 200
    assert not any("Route 53" in why for why in fooled.why)


@pytest.mark.parametrize("template", [DOMAIN, BEHIND_BALANCER], ids=["CloudFront", "load balancer"])
def test_check_over_http_takes_the_redirect_for_health(template: Template) -> None:
    config = {"HealthCheckConfig": {"Type": "HTTP", "Port": 80}}
    blind = set_in(RECORD, "AliasTarget", "EvaluateTargetHealth", to="false", having='"PRIMARY"')

    def over_http(changing: Template) -> None:
        for properties in each(changing, CHECK):
            properties["HealthCheckConfig"] |= config["HealthCheckConfig"]

    fooled = answer(changed(template, over_http, blind), ALL_WEB_SERVERS)
    assert not any("Route 53" in why for why in fooled.last.why)


def test_check_that_asks_the_secondary_shows_the_friendly_page_all_the_time() -> None:
    asks = check_asks({"Fn::GetAtt": ["SiteDistribution", "DomainName"]})
    always = answer(changed(BEHIND_BALANCER, asks), NOTHING)
    assert always.last.outcome is Outcome.FRIENDLY_PAGE


def test_target_health_alone_notices_dead_servers_and_nothing_notices_without_it() -> None:
    unchecked = set_in(RECORD, "HealthCheckId", to=None, having='"PRIMARY"')
    blind = set_in(RECORD, "AliasTarget", "EvaluateTargetHealth", to=False, having='"PRIMARY"')
    noticed = answer(changed(BEHIND_BALANCER, unchecked), ALL_WEB_SERVERS)
    assert noticed.last.outcome is Outcome.FRIENDLY_PAGE
    # The target group's 10 s x 3, and up to 60 s in resolvers.
    assert str(noticed.transient[0].lasts) == "30-90 s"
    assert answer(changed(BEHIND_BALANCER, unchecked, blind), ALL_WEB_SERVERS).last.outcome is Outcome.ERROR


def test_whichever_is_sooner_notices_dead_servers() -> None:
    slow = set_in("AWS::Route53::HealthCheck", "HealthCheckConfig", "RequestInterval", to=30)
    behind = changed(BEHIND_BALANCER, slow)
    # The target group's 10 s x 3 are over before the check's 30 s x 2; of a dead load balancer's targets nobody knows.
    assert str(answer(behind, ALL_WEB_SERVERS).transient[0].lasts) == "30-90 s"
    assert str(answer(behind, LOAD_BALANCER).transient[0].lasts) == "30-120 s"
    assert str(answer(BEHIND_BALANCER, ALL_WEB_SERVERS).transient[0].lasts) == "20-80 s"


# What breaks a site that nothing has happened to, and what visitors see then.
FRIENDLY = Outcome.FRIENDLY_PAGE
WAY_IN: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "no alias": (Outcome.ERROR, (set_in(DISTRIBUTION, CONFIG, "Aliases", to=[]),)),
    "distribution is off": (FRIENDLY, (set_in(DISTRIBUTION, CONFIG, "Enabled", to=False),)),
    "viewers' certificate is for another name": (
        Outcome.ERROR,
        (set_in(CERTIFICATE, "DomainName", to="other.org", having='"SubjectAlternativeNames": []'),),
    ),
    "load balancer's certificate is for another name": (FRIENDLY, (certificate_of_its_own,)),
    "no listener": (FRIENDLY, (removed(LISTENER),)),
    "no listener rule": (FRIENDLY, (removed(RULE),)),
    "another secret": (FRIENDLY, (set_in(RULE, "Conditions", 0, "HttpHeaderConfig", "Values", to=["guess"]),)),
    "CloudFront sends no secret": (
        FRIENDLY,
        (no_secret,),
    ),
    "load balancer is internal": (FRIENDLY, (set_in(BALANCER, "Scheme", to="internal"),)),
    "no route to the internet": (FRIENDLY, (removed("AWS::EC2::Route"),)),
    "load balancer does not admit CloudFront": (
        FRIENDLY,
        (set_in("AWS::EC2::SecurityGroup", "SecurityGroupIngress", to=[], having="pl-"),),
    ),
    "load balancer may not reach the servers": (FRIENDLY, (removed(EGRESS),)),
    "servers do not admit the load balancer": (FRIENDLY, (removed(INGRESS, "Requests and health checks"),)),
    "servers are in no target group": (FRIENDLY, (set_in(GROUP, "TargetGroupARNs", to=[]),)),
    "no servers": (FRIENDLY, (set_in(GROUP, "MinSize", to="0"),)),
    "database does not admit the servers": (Outcome.ERROR, (removed(INGRESS, "MySQL"),)),
    "nothing to launch servers from": (Outcome.UNKNOWN, (removed("AWS::EC2::LaunchTemplate"),)),
}


@pytest.mark.parametrize("mutation", WAY_IN)
def test_way_in_that_is_broken_shows_without_any_failure(mutation: str) -> None:
    assert answer(DOMAIN, NOTHING).last.outcome is Outcome.PAGE
    outcome, changes = WAY_IN[mutation]
    broken = answer(changed(DOMAIN, *changes), NOTHING)
    assert broken.last.outcome is outcome, broken


def test_certificate_of_another_region_is_none_for_cloudfront() -> None:
    assert answer(DOMAIN, NOTHING, region="eu-west-1").last.outcome is Outcome.ERROR


def one_subnet(kind: str, name: str) -> Change:
    def change(template: Template) -> None:
        for properties in each(template, kind):
            del properties[name][1:]

    return change


def in_one_zone(template: Template) -> None:
    for properties in each(template, "AWS::EC2::Subnet"):
        properties["AvailabilityZone"] = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}


ZONES: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "servers in one zone": (FRIENDLY, (one_subnet(GROUP, "VPCZoneIdentifier"),)),
    "load balancer in one zone": (FRIENDLY, (one_subnet(BALANCER, "Subnets"),)),
    "database's subnets in one zone": (Outcome.ERROR, (one_subnet("AWS::RDS::DBSubnetGroup", "SubnetIds"),)),
    "database without a standby": (Outcome.ERROR, (set_in(DATABASE, "MultiAZ", to=False),)),
    "all subnets in one zone": (FRIENDLY, (in_one_zone,)),
    "zones are not known": (Outcome.UNKNOWN, (set_in(GROUP, "VPCZoneIdentifier", to={"Ref": "AWS::NoSuchThing"}),)),
}


@pytest.mark.parametrize("mutation", ZONES)
def test_zone_is_lost(mutation: str) -> None:
    assert answer(BARE, ZONE).last.outcome is Outcome.PAGE
    outcome, changes = ZONES[mutation]
    lost = answer(changed(BARE, *changes), ZONE)
    assert lost.last.outcome is outcome, lost


def test_database_without_a_standby_is_lost_for_good() -> None:
    assert answer(BARE, DATABASE_PRIMARY).last.outcome is Outcome.PAGE
    assert str(answer(BARE, DATABASE_PRIMARY).transient[0].lasts) == "60-120 s"
    lost = answer(changed(BARE, set_in(DATABASE, "MultiAZ", to=False)), DATABASE_PRIMARY)
    assert (lost.last.outcome, lost.last.status) == (Outcome.ERROR, 500)


def test_one_server_only_is_missed_until_it_is_replaced() -> None:
    several = answer(BARE, WEB_SERVER)
    alone = answer(changed(BARE, set_in(GROUP, "MinSize", to="1")), WEB_SERVER)
    assert [phase.some for phase in several.transient] == [True]
    assert [phase.some for phase in alone.transient] == [False]
    assert alone.last.outcome is Outcome.PAGE


@pytest.mark.parametrize(
    ("operator", "value", "outcome"),
    [
        ("StringEquals", "arn:aws:cloudfront::123456789012:distribution/${SiteDistribution}", Outcome.PAGE),
        ("StringLike", "arn:aws:cloudfront::123456789012:distribution/*", Outcome.PAGE),
        ("StringNotEquals", "arn:aws:cloudfront::${AWS::AccountId}:distribution/${SiteDistribution}", Outcome.ERROR),
        ("StringEquals", "arn:aws:cloudfront::123456789012:distribution/E1234567", Outcome.ERROR),
    ],
)
def test_policy_by_its_conditions(operator: str, value: str, outcome: Outcome) -> None:
    def conditioned(template: Template) -> None:
        for properties in each(template, BUCKET_POLICY, '"Ref": "SiteAssetsBucket"'):
            for statement in filter(by_cloudfront, properties["PolicyDocument"]["Statement"]):
                statement["Condition"] = {operator: {"AWS:SourceArn": {"Fn::Sub": value}}}

    assert answer(changed(BARE, conditioned), NOTHING, Kind.ASSET).last.outcome is outcome


ASSETS: dict[str, tuple[Outcome, Change]] = {
    "policy": (
        Outcome.ERROR,
        dropped_from(BUCKET_POLICY, "PolicyDocument", "Statement", where=by_cloudfront, having="AssetsBucket"),
    ),
    "signing": (Outcome.ERROR, removed("AWS::CloudFront::OriginAccessControl", "assets")),
    "bucket": (Outcome.UNKNOWN, removed("AWS::S3::Bucket", "OldVersions")),
}


@pytest.mark.parametrize("mutation", ASSETS)
def test_assets_that_cant_be_read(mutation: str) -> None:
    assert answer(BARE, NOTHING, Kind.ASSET).last.outcome is Outcome.PAGE
    outcome, change = ASSETS[mutation]
    assert answer(changed(BARE, change), NOTHING, Kind.ASSET).last.outcome is outcome


def test_forms_need_their_method() -> None:
    reading = set_in(DISTRIBUTION, CONFIG, "DefaultCacheBehavior", "AllowedMethods", to=["GET", "HEAD"])
    assert answer(BARE, NOTHING, Kind.FORM).last.outcome is Outcome.PAGE
    assert answer(changed(BARE, reading), NOTHING, Kind.FORM).last.status == 403
    assert answer(changed(BARE, reading), NOTHING, Kind.PAGE).last.outcome is Outcome.PAGE


def test_cache_without_a_replica_makes_pages_slower_for_longer() -> None:
    lone = set_in("AWS::ElastiCache::ReplicationGroup", "AutomaticFailoverEnabled", to=False)
    before, after = (answer(t, "the cache's primary") for t in (BEHIND_BALANCER, changed(BEHIND_BALANCER, lone)))
    assert before.last.outcome is after.last.outcome is Outcome.PAGE
    assert "promoted a replica" in " ".join(before.last.why)
    assert "replaced" in " ".join(after.last.why)


def renamed(template: Template) -> Template:
    """Return the template with meaningless logical ids."""
    names = {name: f"R{index:03}" for index, name in enumerate(sorted(template["Resources"]))}
    pattern = re.compile(r"(?<![A-Za-z0-9])(" + "|".join(sorted(names, key=len, reverse=True)) + r")(?![A-Za-z0-9])")
    other: Template = json.loads(pattern.sub(lambda match: names[match[1]], json.dumps(template)))
    return other


@pytest.mark.parametrize("name", ["with-domain", "load-balancer", "minimal", "two-sites"])
def test_logical_ids_mean_nothing(name: str) -> None:
    template = example(name)
    mine, theirs = survey(template), survey(renamed(template))
    assert "Site" not in json.dumps(sorted(renamed(template)["Resources"]))

    def outcomes(result: Any) -> list[tuple[str, str, list[tuple[Outcome, int | None]]]]:
        return sorted(
            (c.failure.name, c.visit.kind, [(p.reply.outcome, p.reply.status) for p in c.answer.phases])
            for c in result.cells
        )

    assert outcomes(mine) == outcomes(theirs)


@pytest.mark.parametrize("failure", [ALL_WEB_SERVERS, LOAD_BALANCER])
def test_friendly_page_of_both_doors(failure: Failure) -> None:
    for template in (DOMAIN, BARE, BEHIND_BALANCER):
        for kind in (Kind.PAGE, Kind.FORM):
            last = answer(template, failure, kind).last
            assert (last.outcome, last.status) == (Outcome.FRIENDLY_PAGE, 503)
