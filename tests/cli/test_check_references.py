"""`check`: what a site refers to and others own, the installed macro, and what is unwise."""

from typing import Any

import pytest

from tests.cli.checking_harness import Harness, reported, template


def test_topic(harness: Harness) -> None:
    arn = harness.aws("sns").create_topic(Name="on-call")["TopicArn"]
    assert not harness.of_site({"Monitoring": {"AlarmTopicArn": arn}}).findings
    written = {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:on-call"}
    report = harness.of_site({"Monitoring": {"AlarmTopicArn": written}})
    assert (report.findings, report.not_checked) == ((), ())
    found = reported(harness.of_site({"Monitoring": {"AlarmTopicArn": f"{arn}s"}}))
    assert found["Monitoring.AlarmTopicArn"].startswith(f"error: there is no topic {arn}s; ")
    # The macro refuses a plain ARN of another Region; one that is put together it can't read.
    far = {"Fn::Sub": "arn:aws:sns:eu-west-1:${AWS::AccountId}:on-call"}
    found = reported(harness.of_site({"Monitoring": {"AlarmTopicArn": far}}))
    assert "is not in us-east-1" in found["Monitoring.AlarmTopicArn"]


def test_alarms_without_a_recipient(harness: Harness) -> None:
    bare = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {}}}, "Transform": "ResilientWebsite"}
    found = reported(harness.report(bare))
    assert found["Monitoring.AlarmEmail"].startswith("warning: absent, and Monitoring.AlarmTopicArn too")
    assert "Monitoring.AlarmEmail" not in reported(harness.of_site({}))


@pytest.mark.parametrize(
    ("confirmed", "pending", "said"),
    [(1, 0, None), (1, 1, None), (0, 1, "no subscription to the alarms' topic is confirmed"), (0, 0, "absent")],
)
def test_subscriptions_of_a_deployed_topic(harness: Harness, confirmed: int, pending: int, said: str | None) -> None:
    bare = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {}}}, "Transform": "ResilientWebsite"}
    own = {"LogicalResourceId": "SiteAlarmTopic", "ResourceType": "AWS::SNS::Topic", "PhysicalResourceId": "arn:topic"}
    counts = {"SubscriptionsConfirmed": str(confirmed), "SubscriptionsPending": str(pending)}
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {"StackResourceSummaries": [own]}
    harness.answers["sns", "get_topic_attributes"] = lambda TopicArn: {"Attributes": counts, "TopicArn": TopicArn}  # noqa: N803
    found = reported(harness.report(bare, stack="my-site")).get("Monitoring.AlarmEmail")
    assert (found is None) == (said is None)
    assert said is None or said in str(found)


def test_web_acl(harness: Harness) -> None:
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    made = harness.aws("wafv2").create_web_acl(
        Name="company", Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=visible
    )
    arn = made["Summary"]["ARN"]
    assert not harness.of_site({"Security": {"WebACLArn": arn}}).findings
    found = reported(harness.of_site({"Security": {"WebACLArn": arn[:-3] + "000"}}))
    assert found["Security.WebACLArn"].startswith("error: there is no web ACL ")


def test_artifact(harness: Harness) -> None:
    artifact = {"Bucket": "releases", "Key": {"Fn::Sub": "shop/${Release}.zip"}, "Command": "x"}
    made = template({"WebServers": {"Artifact": artifact}}, Parameters={"Release": {"Type": "String", "Default": "1"}})
    found = reported(harness.report(made))
    assert found == {
        "WebServers.Artifact.Bucket": "error: there is no bucket releases; create it: aws s3 mb s3://releases"
    }
    s3 = harness.aws("s3")
    s3.create_bucket(Bucket="releases")
    assert reported(harness.report(made)) == {
        "WebServers.Artifact.Key": "error: the bucket releases has no shop/1.zip; upload it first"
    }
    s3.put_object(Bucket="releases", Key="shop/1.zip", Body=b"")
    assert not harness.report(made).findings


def test_artifact_of_one_version(harness: Harness) -> None:
    s3 = harness.aws("s3")
    s3.create_bucket(Bucket="pinned-releases")
    s3.put_bucket_versioning(Bucket="pinned-releases", VersioningConfiguration={"Status": "Enabled"})
    old, new = (s3.put_object(Bucket="pinned-releases", Key="a.zip", Body=body)["VersionId"] for body in (b"1", b"2"))

    def found(version: str) -> dict[str, str]:
        artifact = {"Bucket": "pinned-releases", "Key": "a.zip", "VersionId": version, "Command": "x"}
        return reported(harness.of_site({"WebServers": {"Artifact": artifact}}))

    assert (found(old), found(new)) == ({}, {})
    marker = s3.delete_object(Bucket="pinned-releases", Key="a.zip")["VersionId"]
    assert (found(old), found(new)) == ({}, {})
    s3.delete_object(Bucket="pinned-releases", Key="a.zip", VersionId=old)
    for version in (old, marker):
        assert found(version) == {
            "WebServers.Artifact.VersionId": (
                f"error: the bucket pinned-releases has no version {version} of a.zip; use an existing version: "
                "aws s3api list-object-versions --bucket pinned-releases --prefix a.zip"
            )
        }


def test_artifact_that_closed_servers_can_not_reach(harness: Harness) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    s3 = harness.aws("s3", "eu-west-1")
    s3.create_bucket(Bucket="far-releases", CreateBucketConfiguration=where)
    s3.put_object(Bucket="far-releases", Key="a.zip", Body=b"")
    servers = {"Artifact": {"Bucket": "far-releases", "Key": "a.zip", "Command": "x"}}
    assert not harness.of_site({"WebServers": servers}).findings
    network = {"WebSubnets": "Private", "NatGateways": "None"}
    found = reported(harness.of_site({"WebServers": servers, "Network": network}))
    assert "the bucket far-releases is in eu-west-1" in found["WebServers.Artifact.Bucket"]


def test_bucket_of_the_saved_site(harness: Harness) -> None:
    source = {"BucketPrefix": {"Bucket": "static-copy"}, "ScheduleExpression": "rate(1 hour)"}
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": {"Fn::Sub": harness.zone()},
        "Fallback": {"Source": source},
    }
    assert list(reported(harness.of_site(site))) == ["Fallback.Source.BucketPrefix.Bucket"]
    s3 = harness.aws("s3")
    s3.create_bucket(Bucket="static-copy")
    found = reported(harness.of_site(site))
    assert "static-copy has no bucket policy" in found["Fallback.Source.BucketPrefix.Bucket"]
    assert "SavedSiteRoleArn" in found["Fallback.Source.BucketPrefix.Bucket"]
    s3.put_bucket_policy(Bucket="static-copy", Policy='{"Version": "2012-10-17", "Statement": []}')
    assert harness.of_site(site).findings == ()


def test_macro_that_is_not_installed(moto: Any) -> None:
    harness = Harness(moto.url)
    found = reported(harness.of_site({}))
    assert found["Transform"].startswith("error: the macro ResilientWebsite is not installed in us-east-1: ")
    assert found["Transform"].endswith("sam build && sam deploy --guided --region us-east-1")
    harness.install()
    assert "Transform" not in reported(harness.of_site({}))


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"WebServers": {"MinSize": 9}}, "WebServers.InstanceType"),
        ({"Database": {"ReadReplicas": 2}}, "Database.DBInstanceClass"),
        ({"Database": {"AllocatedStorage": 400}}, "Database.DBInstanceClass"),
        ({"Cache": {"NumNodeGroups": 2}}, "Cache.CacheNodeType"),
        ({"Cache": {"Engine": "memcached", "NumCacheNodes": 6}}, "Cache.CacheNodeType"),
        ({"Database": {"MultiAZ": False}}, "Database.MultiAZ"),
    ],
)
def test_unwise(harness: Harness, properties: dict[str, Any], path: str) -> None:
    report = harness.of_site(properties)
    assert {place: text[:8] for place, text in reported(report).items()} == {path: "warning:"}
    assert report.ok


def test_errors_come_first_and_every_site_has_its_own_path(harness: Harness) -> None:
    first = {"Network": {"CidrBlock": "10.1.0.0/16"}, "Database": {"MultiAZ": False}}
    second = {"Network": {"CidrBlock": "10.2.0.0/16"}, "Database": {"EngineVersion": "8.4.9"}}
    found = [finding.path for finding in harness.report(template(first, second)).findings]
    assert found == ["Resources.Site2.Properties.Database.EngineVersion", "Resources.Site.Properties.Database.MultiAZ"]
