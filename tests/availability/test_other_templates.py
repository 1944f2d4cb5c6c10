"""Templates of other origin, and hops that a site does not have yet: followed, or reported as unknown."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import (
    ALL_WEB_SERVERS,
    CLOUDFRONT,
    DATABASE_PRIMARY,
    LOAD_BALANCER,
    NOTHING,
    READ_REPLICA,
    S3,
    ZONE,
)
from cli.analysis.availability.model import survey
from cli.analysis.availability.references import is_unknown
from cli.analysis.availability.requests import RequestKind
from tests.availability.templates import (
    Template,
    answer,
    answers,
    changed,
    copied,
    dropped_from,
    each,
    example,
    ids,
    set_in,
    site,
)
from tests.hypothesis_profile import examples
from tools.repository import ROOT

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@cache
def expanded(name: str) -> Template:
    """Return what an example expands to: not when the tests are collected, in every process. Do not change it."""
    return example(name)


def test_nothing_that_visitors_come_to() -> None:
    assert survey({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}).visits == ()
    assert survey({}).visits == ()


def through_vpc_origin(template: Template) -> None:
    """Put an internal load balancer behind a VPC origin of CloudFront's."""
    (balancer,) = ids(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    endpoint = {"Name": "web", "Arn": {"Ref": balancer}, "OriginProtocolPolicy": "http-only", "HTTPPort": 80}
    template["Resources"]["Way"] = {
        "Type": "AWS::CloudFront::VpcOrigin",
        "Properties": {"VpcOriginEndpointConfig": endpoint},
    }
    for properties in each(template, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
        properties["Scheme"] = "internal"
    for properties in each(template, "AWS::CloudFront::Distribution"):
        for origin in properties["DistributionConfig"]["Origins"]:
            if origin.pop("CustomOriginConfig", None):
                origin["VpcOriginConfig"] = {"VpcOriginId": {"Ref": "Way"}}


def test_internal_load_balancer_behind_a_vpc_origin() -> None:
    template = changed(expanded("minimal"), through_vpc_origin)
    assert answer(template, NOTHING).last.outcome is Outcome.PAGE
    assert answer(template, LOAD_BALANCER).last.outcome is Outcome.FRIENDLY_PAGE
    del template["Resources"]["Way"]
    assert answer(template, NOTHING).last.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "subnets",
    [["subnet-1", "subnet-2"], [{"Ref": "One"}, {"Ref": "Two"}]],
    ids=["ids", "parameters"],
)
def test_subnets_of_an_existing_network(subnets: list[Any]) -> None:
    def existing(template: Template) -> None:
        template["Parameters"] = {"One": {"Type": "AWS::EC2::Subnet::Id"}, "Two": {"Type": "AWS::EC2::Subnet::Id"}}
        for kind, name in (
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets"),
            ("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier"),
        ):
            for properties in each(template, kind):
                properties[name] = subnets

    template = changed(expanded("minimal"), existing)
    assert answer(template, NOTHING).last.outcome is Outcome.PAGE
    known = all(isinstance(subnet, str) for subnet in subnets)
    assert answer(template, ZONE).last.outcome is (Outcome.PAGE if known else Outcome.UNKNOWN)
    given_values = survey(template, "us-east-1", {"One": "subnet-1", "Two": "subnet-2"})
    assert answers(given_values, ZONE, RequestKind.PAGE)[0].last.outcome is Outcome.PAGE


def test_certificate_of_a_custom_resource() -> None:
    def custom(template: Template) -> None:
        for name in ids(template, "AWS::CertificateManager::Certificate"):
            template["Resources"][name]["Type"] = "Custom::Certificate"

    domain = changed(expanded("with-domain"), custom)
    # Made in another Region than the stack's own: where, is the custom resource's business.
    for region in ("us-east-1", "eu-west-1"):
        assert answer(domain, NOTHING, region=region).last.outcome is Outcome.PAGE
        assert answer(domain, CLOUDFRONT, region=region).last.outcome is Outcome.FRIENDLY_PAGE
    for properties in each(domain, "Custom::Certificate"):
        properties["DomainName"] = "other.org"
        properties["SubjectAlternativeNames"] = ["*.example.com", "origin.www.example.com"]
    hosts = {cell.visit.host: cell.answer.last.outcome for cell in survey(domain).cells if cell.failure == NOTHING}
    assert hosts == {"www.example.com": Outcome.PAGE, "example.com": Outcome.ERROR}


def reader_records(template: Template) -> list[str]:
    """Return the logical ids of the records that spread reads over the database's instances."""
    return ids(template, "AWS::Route53::RecordSet", "Endpoint.Address")


@pytest.mark.parametrize("replicas", [1, 3])
def test_lost_replica_is_dropped_by_its_health_check(replicas: int) -> None:
    template = site(Database={"ReadReplicas": replicas})
    lost = answer(template, READ_REPLICA)
    assert lost.last.outcome is Outcome.PAGE
    # The alarm's 60 s x 2 at least; no document says how much longer an alarm takes whose data no longer comes.
    (failing,) = lost.transient
    assert failing.lasts is not None
    assert (failing.lasts.low, failing.lasts.longest, failing.some) == (120, None, replicas > 1)
    assert answer(template, ZONE).last.outcome is Outcome.PAGE


def test_last_replica_needs_the_primary_behind_it() -> None:
    template = site(Database={"ReadReplicas": 1})
    for name in reader_records(template):
        if template["Resources"][name]["Properties"]["Weight"] == 0:
            del template["Resources"][name]
    assert answer(template, READ_REPLICA).last.outcome is Outcome.ERROR


@pytest.mark.parametrize("replicas", [1, 3])
def test_replica_without_a_health_check_stays_in_the_answers(replicas: int) -> None:
    template = site(Database={"ReadReplicas": replicas})
    for name in reader_records(template):
        template["Resources"][name]["Properties"].pop("HealthCheckId", None)
    lost = answer(template, READ_REPLICA)
    assert [(phase.reply.status, phase.lasts, phase.some) for phase in lost.phases] == [(500, None, replicas > 1)]


def test_check_that_cant_reach_a_private_database_drops_nothing() -> None:
    template = site(Database={"ReadReplicas": 1})
    for properties in each(template, "AWS::Route53::HealthCheck"):
        properties["HealthCheckConfig"] = {"Type": "TCP", "Port": 3306}
    assert answer(template, READ_REPLICA).last.outcome is Outcome.ERROR


def test_origin_group_saves_reads_and_no_forms() -> None:
    def grouped(template: Template) -> None:
        for properties in each(template, "AWS::CloudFront::Distribution"):
            config = properties["DistributionConfig"]
            config["CustomErrorResponses"] = []
            first = config["DefaultCacheBehavior"]["TargetOriginId"]
            config["OriginGroups"] = {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "both",
                        "FailoverCriteria": {"StatusCodes": {"Quantity": 3, "Items": [502, 503, 504]}},
                        "Members": {"Quantity": 2, "Items": [{"OriginId": first}, {"OriginId": "assets"}]},
                    }
                ],
            }
            config["DefaultCacheBehavior"]["TargetOriginId"] = "both"
        for properties in each(template, "AWS::S3::BucketPolicy", "AssetsBucket"):
            bucket = {"Fn::GetAtt": ["SiteAssetsBucket", "Arn"]}
            properties["PolicyDocument"]["Statement"][0]["Resource"] = {"Fn::Join": ["", [bucket, "/*"]]}

    template = changed(expanded("minimal"), grouped)
    assert answer(template, ALL_WEB_SERVERS).last.outcome is Outcome.SAVED_PAGE
    assert answer(template, ALL_WEB_SERVERS, RequestKind.FORM).last.outcome is Outcome.ERROR
    fewer = copied(template)
    for properties in each(fewer, "AWS::CloudFront::Distribution"):
        properties["DistributionConfig"]["OriginGroups"]["Items"][0]["FailoverCriteria"]["StatusCodes"]["Items"] = [503]
    assert answer(fewer, ALL_WEB_SERVERS).last.outcome is Outcome.ERROR


def test_api_that_answers_in_s3s_place() -> None:
    unreadable = set_in("AWS::IAM::Role", "Policies", to=[], having="apigateway")
    only_s3s_words = dropped_from(
        "AWS::ApiGateway::Method",
        *("Integration", "IntegrationResponses"),
        where=lambda response: "SelectionPattern" in response,
    )
    domain = changed(expanded("with-domain"), unreadable)
    reported = answer(domain, CLOUDFRONT).last
    assert (reported.outcome, reported.status) == (Outcome.FRIENDLY_PAGE, 503)
    assert answer(changed(domain, only_s3s_words), CLOUDFRONT).last.outcome is Outcome.ERROR


def test_conditions_and_parameters_decide_which_resources_there_are() -> None:
    template = expanded("two-sites")
    hosts = {
        tuple(visit.host for visit in survey(template, "us-east-1", {"WithBlog": given}).visits)
        for given in ("yes", "no")
    }
    assert sorted({len(set(found)) for found in hosts}) == [1, 2]


def test_a_wildcard_certificate_covers_one_label_only() -> None:
    def wildcard(template: Template) -> None:
        for properties in each(template, "AWS::CertificateManager::Certificate"):
            properties["DomainName"] = "*.example.com"
            properties["SubjectAlternativeNames"] = ["origin.www.example.com"]

    hosts = survey(changed(expanded("with-domain"), wildcard))
    found = {cell.visit.host: cell.answer.last.outcome for cell in hosts.cells if cell.failure == NOTHING}
    assert found == {"www.example.com": Outcome.PAGE, "example.com": Outcome.ERROR}


def test_s3_that_is_down_takes_assets_only() -> None:
    for name in EXAMPLES:
        template = expanded(name)
        result = survey(template)
        assert {given.last.outcome for given in answers(result, S3, RequestKind.PAGE)} == {Outcome.PAGE}, name
        # A copy in another Region has its own bucket, which CloudFront asks then.
        status = 200 if name.startswith("second-region") else 503
        assert {given.last.status for given in answers(result, S3, RequestKind.ASSET)} == {status}, name


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inner for found in ((*path, key), *paths(item, (*path, key)))]


@cache
def paths_in(name: str) -> list[tuple[Any, ...]]:
    return paths(expanded(name)["Resources"])


JUNK = st.sampled_from([None, "", 7, [], {}, "x", [None], {"Ref": "Gone"}, {"Fn::Sub": "${Gone.Arn}"}, {"Fn::New": 1}])


@given(st.data())
@examples(150)
def test_no_template_is_too_broken(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(EXAMPLES))
    template = copied(expanded(name))
    for path in data.draw(st.lists(st.sampled_from(paths_in(name)), min_size=1, max_size=4)):
        replace(template["Resources"], path, data.draw(JUNK))
    for cell in survey(template).cells:
        assert cell.answer.last.why or cell.answer.last.outcome is Outcome.PAGE


def replace(value: Any, path: tuple[Any, ...], to: Any) -> None:
    """Put something else at a path, if it is still there."""
    for step in path[:-1]:
        inside = (
            step in value
            if isinstance(value, dict)
            else isinstance(value, list) and isinstance(step, int) and step < len(value)
        )
        if not inside:
            return
        value = value[step]
    if isinstance(value, dict) and path[-1] in value:
        value[path[-1]] = to


def test_stores_that_are_not_followed_are_unknown_when_they_matter() -> None:
    def cluster(template: Template) -> None:
        for name in ids(template, "AWS::RDS::DBInstance"):
            template["Resources"][name]["Type"] = "AWS::RDS::DBCluster"

    template = changed(expanded("minimal"), cluster)
    assert answer(template, NOTHING).last.outcome is Outcome.PAGE
    assert answer(template, ZONE).last.outcome is Outcome.UNKNOWN
    assert "SiteDatabase" in answer(template, DATABASE_PRIMARY).last.why[0]


def test_functions_at_the_edge_are_named() -> None:
    def with_function(template: Template) -> None:
        for properties in each(template, "AWS::CloudFront::Distribution"):
            default = properties["DistributionConfig"]["DefaultCacheBehavior"]
            default["FunctionAssociations"] = [{"EventType": "viewer-request", "FunctionARN": "arn:of:it"}]

    assert answer(changed(expanded("minimal"), with_function), NOTHING).last.why == (
        "not analyzed: the function arn:of:it",
    )


def test_unknown_says_where() -> None:
    domain = copied(expanded("with-domain"))
    for properties in each(domain, "AWS::Route53::RecordSet", '"PRIMARY"'):
        properties["AliasTarget"]["DNSName"] = {"Fn::ImportValue": "elsewhere"}
    del_record_checks(domain)
    last = answer(domain, NOTHING).last
    assert last.outcome is Outcome.UNKNOWN
    assert is_unknown(last.why[0])
    assert "Fn::ImportValue" in json.dumps(last.why)


def del_record_checks(template: Template) -> None:
    for properties in each(template, "AWS::Route53::RecordSet", '"PRIMARY"'):
        del properties["HealthCheckId"]
