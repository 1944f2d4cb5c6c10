"""Laws of the schedule of a first deployment, and its figures for templates counted by hand."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given

from cli.analysis.creation.creation_times import Basis, Span, creation_times
from cli.analysis.creation.gantt import mermaid, svg
from cli.analysis.creation.schedule import Schedule, schedule
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.expansion import random_copies
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tools.repository import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TIMES = creation_times()

CANARY_IS_READY = "the servers that try a release get no share of the requests before they are ready"

# Why a resource of a site waits for another that it does not refer to, by their types. Each such wait on a critical
# path makes a deployment longer, so that one that is not needed must not be there.
NEEDED = {
    ("AWS::EC2::Route", "AWS::EC2::VPCGatewayAttachment"): (
        "the VPC needs its gateway before a route leads there: DependsOn attribute, CloudFormation User Guide"
    ),
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::Route53::RecordSet"): "servers read through the name when they boot",
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::EFS::MountTarget"): "servers mount the shared files when they boot",
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::VPCEndpoint"): "servers reach AWS through it when they boot",
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::SecurityGroupIngress"): "servers connect when they boot",
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Route"): "servers install packages when they boot",
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::ElasticLoadBalancingV2::ListenerRule"): (
        "a target group without a listener has no health checks"
    ),
    ("AWS::AutoScaling::AutoScalingGroup", "AWS::SecretsManager::SecretTargetAttachment"): (
        "servers read the database's host in the secret when they boot"
    ),
    ("AWS::CloudFront::Distribution", "AWS::ElasticLoadBalancingV2::ListenerRule"): (
        "the origin listens before CloudFront's first request"
    ),
    ("AWS::CloudFront::Distribution", "AWS::Route53::RecordSet"): (
        "during a change of the front door, visitors have a way in before the distribution takes the alias"
    ),
    ("AWS::CloudFront::VpcOrigin", "AWS::ElasticLoadBalancingV2::ListenerRule"): (
        "no document says that CloudFront accepts a load balancer that does not listen; it takes seconds"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::S3::BucketPolicy"): (
        "a load balancer writes a test file to the bucket of its logs when it is created"
    ),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::AutoScaling::AutoScalingGroup"): CANARY_IS_READY,
    ("AWS::ElasticLoadBalancingV2::Listener", "AWS::AutoScaling::AutoScalingGroup"): CANARY_IS_READY,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::Route"): "its subnets need a route to the internet",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::SubnetRouteTableAssociation"): (
        "its subnets have the route only with their table"
    ),
    ("AWS::EC2::Subnet", "AWS::EC2::VPCCidrBlock"): "its IPv6 block is a part of the VPC's: Fn::Cidr, with DependsOn",
    ("AWS::Events::Rule", "Custom::SavedSite"): "the first copy is saved before the schedule starts another",
    ("AWS::Route53::HealthCheck", "AWS::AutoScaling::AutoScalingGroup"): (
        "a health check of a site without servers fails, and Route 53 would lead visitors to the SECONDARY"
    ),
    ("AWS::Route53::RecordSet", "AWS::AutoScaling::AutoScalingGroup"): ("no visitor is led to a site without servers"),
    ("AWS::Route53::RecordSet", "AWS::ElasticLoadBalancingV2::ListenerRule"): (
        "no request is led to a load balancer that does not listen"
    ),
    ("AWS::Route53::HealthCheck", "AWS::Route53::RecordSet"): "a health check of a name that does not exist fails",
    ("AWS::S3::BucketPolicy", "AWS::AutoScaling::AutoScalingGroup"): (
        "the policy stops admitting a distribution only after servers no longer refer to it"
    ),
    ("Custom::SavedSite", "AWS::AutoScaling::AutoScalingGroup"): "what servers serve can be saved only then",
    ("Custom::SavedSite", "AWS::Route53::RecordSet"): "the site is saved by its name",
    ("Custom::FallbackSite", "Custom::RemoteStack"): "the bucket in the other Region admits the function first",
    ("Custom::ReplicatedDatabase", ""): "it refuses a deletion of the stack, which deletes in the opposite order",
    ("", "Custom::UpdateProtection"): "an update that would replace a store is refused before any store changes",
    ("", "AWS::IAM::Policy"): "a function needs its rights before it is called",
}


def of_site(properties: dict[str, Any]) -> Schedule:
    return schedule(expanded_template(properties), "us-east-1", {}, TIMES)


def of_resources(resources: dict[str, Any]) -> Schedule:
    return schedule({"Resources": resources}, "us-east-1", {}, TIMES)


def needless(made: Schedule) -> list[tuple[str, str]]:
    """Return the pairs of resources on the critical path of which one waits for the other without a reason."""
    found = []
    for before, after in zip(made.critical, made.critical[1:], strict=False):
        waiting, awaited = made.steps[after], made.steps[before]
        kinds = {(waiting.type, awaited.type), (waiting.type, ""), ("", awaited.type)}
        if before in waiting.waits.named and not kinds & NEEDED.keys():
            found.append((after, before))
    return found


def judge(made: Schedule) -> None:
    """Assert that nothing starts too early, and that the critical path is a chain which takes as long as the stack."""
    assert needless(made) == []
    assert made.unlisted == ()
    for step in made.steps.values():
        assert step.start == max((made.steps[name].end for name in step.waits.all), default=0)
        assert 0 < step.span.low <= step.span.expected <= step.span.high
    first, *others = (made.steps[name] for name in made.critical)
    assert first.start == 0
    for before, after in zip((first, *others), others, strict=False):
        assert before.logical_id in after.waits.all
        assert after.start == before.end
    assert made.steps[made.critical[-1]].end == made.total.expected
    assert made.total.low <= made.total.expected <= made.total.high


@given(SITES)
@examples(30)
def test_critical_path_of_every_site(site: dict[str, Any]) -> None:
    judge(of_site(site))


@given(random_copies.SITES)
@example(
    {
        "DomainName": "example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Database": False,
        "LoadBalancer": {"Scheme": "internal"},
        "Network": {"WebSubnets": "Private"},
        "Secondary": {"Region": "us-west-2", "Mode": "WarmStandby", "MinSize": 1},
    }
)
@examples(15)
def test_critical_path_of_both_halves(site: dict[str, Any]) -> None:
    for half in random_copies.halves(site):
        judge(of_resources(half))


# The types on the critical path of an example for which no time is published, and why their times are assumed.
UNPUBLISHED = {
    "AWS::SecretsManager::RotationSchedule": "a setting of the secret; CloudFormation does not wait for the rotation",
    "AWS::SecretsManager::SecretTargetAttachment": "CloudFormation writes the database's address into the secret",
    "Custom::CertificateRequest": "a function of this project: it sends one request to ACM",
    "Custom::RemoteStack": "a function of this project: it waits for a stack, whose resources are added",
    "Custom::ReplicatedDatabase": "a function of this project: it checks the replication",
    "Custom::SavedSite": "a function of this project: it depends on the size of the site",
    "Custom::UpdateProtection": "a function of this project: it compares two lists",
}


@cache
def of_example(example: Path) -> Schedule:
    template = read_template(example)
    values = parameter_values(template, {})
    return schedule(expand_template(template, values, "us-east-1"), "us-east-1", values, TIMES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_critical_path_of_the_examples(example: Path) -> None:
    resources = read_template(example)["Resources"]
    own = {name for name, body in resources.items() if not body["Type"].endswith("ResilientWebsite")}
    assert [pair for pair in needless(of_example(example)) if not own & set(pair)] == []


def test_times_of_the_critical_paths_are_published() -> None:
    made = [of_example(example) for example in EXAMPLES]
    critical = [each.steps[name] for each in made for name in each.critical]
    assert {step.type for step in critical if step.time.basis == Basis.ASSUMED} == UNPUBLISHED.keys()
    for each in made:
        assert sum(each.rests_on.values()) == each.total.expected
        # What is assumed is the smallest part of a deployment.
        assert each.rests_on.get(Basis.ASSUMED, 0) < each.total.expected / 4


def test_needless_wait_is_noticed() -> None:
    made = of_resources(
        {
            "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {}},
            "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Database"},
        }
    )
    assert needless(made) == [("Queue", "Database")]


@given(SITES)
@examples(15)
def test_site_without_a_database_is_not_deployed_later(site: dict[str, Any]) -> None:
    if "Secondary" not in site:
        assert of_site({**site, "Database": False}).total.expected <= of_site(site).total.expected


@given(SITES)
@examples(10)
def test_chart_has_every_resource_of_the_critical_path(site: dict[str, Any]) -> None:
    made = of_site(site)
    bars = re.findall(r"^  (\w+) :crit, (\d+), (\d+)$", mermaid(made), re.M)
    steps = [made.steps[name] for name in made.critical]
    assert bars == [(step.logical_id, str(step.start * 1000), str(step.end * 1000)) for step in steps]


def test_bars_start_where_the_ones_before_them_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    role = {"Type": "AWS::IAM::Role", "Properties": {}}
    profile = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}}
    drawn = svg(of_resources({"Role": role, "Profile": profile}))
    (first, second) = re.findall(r'<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*class="task crit0', drawn)
    assert float(second[0]) == pytest.approx(float(first[0]) + float(first[1]), abs=1)
    assert ">0 min<" in drawn


def test_longest_chain_counted_by_hand() -> None:
    made = of_resources(
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
            "Group": {
                "Type": "AWS::AutoScaling::AutoScalingGroup",
                "CreationPolicy": {"ResourceSignal": {"Timeout": "PT1H30M"}},
                "Properties": {"Name": {"Fn::Sub": "${Profile.Arn}"}},
            },
            "Topic": {"Type": "AWS::SNS::Topic"},
        }
    )
    assert made.critical == ("Role", "Profile", "Group")
    spans = [TIMES.of({"Type": f"AWS::IAM::{kind}"}).span for kind in ("Role", "InstanceProfile")]
    group = TIMES.of({"Type": "AWS::AutoScaling::AutoScalingGroup", "CreationPolicy": {"ResourceSignal": {}}}).span
    before = spans[0].plus(spans[1])
    assert made.total == before.plus(Span(group.low, group.expected, 90 * 60))


def test_resources_in_a_remote_stack_are_added() -> None:
    inner = json.dumps({"Resources": {"Certificate": {"Type": "AWS::CertificateManager::Certificate"}}})
    outer = {"Type": "Custom::RemoteStack", "Properties": {"Region": "eu-west-1", "TemplateBody": inner}}
    alone = TIMES.of(outer).span
    certificate = TIMES.of({"Type": "AWS::CertificateManager::Certificate"}).span
    assert of_resources({"Stack": outer}).total == alone.plus(certificate)
    assert of_resources({"Stack": {**outer, "Properties": {}}}).total == alone


@pytest.mark.parametrize(
    ("properties", "expected"),
    [({}, 600), ({"MultiAZ": False}, 600), ({"MultiAZ": True}, 900), ({"SourceDBInstanceIdentifier": "other"}, 900)],
)
def test_database_with_a_standby_takes_longer(properties: dict[str, Any], expected: int) -> None:
    made = of_resources({"Database": {"Type": "AWS::RDS::DBInstance", "Properties": properties}})
    assert made.total.expected == expected


def test_resource_that_is_not_created_takes_no_time() -> None:
    template = {
        "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
        "Resources": {
            "Database": {"Type": "AWS::RDS::DBInstance", "Condition": "No"},
            "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["Database"]},
        },
    }
    made = schedule(template, "us-east-1", {}, TIMES)
    assert (made.critical, made.total.expected) == (("Topic",), 10)


def test_type_without_a_row_is_reported() -> None:
    made = of_resources({"Cluster": {"Type": "AWS::ECS::Cluster"}})
    assert made.unlisted == ("AWS::ECS::Cluster",)


def test_circle_is_a_problem() -> None:
    one, other = {"Type": "AWS::SNS::Topic", "DependsOn": "B"}, {"Type": "AWS::SNS::Topic", "DependsOn": "A"}
    with pytest.raises(InvalidTemplateError, match="depend on each other"):
        of_resources({"A": one, "B": other})


@pytest.mark.parametrize(
    "body",
    [
        {"Type": "Custom::RemoteStack", "Properties": 50},
        {"Type": "Custom::RemoteStack", "Properties": {"TemplateBody": '{"Resources": [1]}'}},
        {"Type": "AWS::RDS::DBInstance", "Properties": ["MultiAZ"]},
        {"Type": ["AWS::RDS::DBInstance"], "CreationPolicy": []},
        {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "CreationPolicy": {"ResourceSignal": {"Timeout": f"PT{'9' * 5000}M"}},
        },
    ],
)
def test_odd_resource_has_a_time(body: dict[str, Any]) -> None:
    made = schedule({"Resources": {"Odd": body}}, "us-east-1", {}, TIMES)
    assert made.critical == ("Odd",)
    assert made.total.expected > 0


@pytest.mark.parametrize("name", ["click", "Title", "My: Database, 5", "a;b%%c"])
def test_chart_of_any_logical_id_is_drawn(name: str) -> None:
    drawn = svg(schedule({"Resources": {name: {"Type": "AWS::RDS::DBInstance"}}}, "us-east-1", {}, TIMES))
    assert re.sub(r"\W", "_", name) in drawn
