"""Existing resources that a site refers to: the alarms' topic and the web ACL."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

NO_TOPIC = ("NotFound", "NotFoundException", "InvalidParameter", "InvalidParameterException")
NO_WEB_ACL = ("WAFNonexistentItemException", "WAFInvalidParameterException")


def topic(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check Monitoring.AlarmTopicArn: alarms can notify topics in their own Region only.

    Source: GetTopicAttributes; "Using Amazon CloudWatch alarms", alarm actions.
    """
    name, value = "Monitoring.AlarmTopicArn", site.spec.monitoring.alarm_topic_arn
    if value is None:
        return
    path, arn = site.at(name), site.known(name, value)
    if f":sns:{site.region}:" not in arn:
        yield error(path, f"the topic {arn} is not in {site.region}, where the alarms are", "use one in that Region")
    elif aws.find("sns", "get_topic_attributes", missing=NO_TOPIC, TopicArn=arn) is None:
        yield error(path, f"there is no topic {arn}", "use another, or leave it out: the site then creates one")


def web_acl(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check Security.WebACLArn. Source: GetWebACL; the ARN's form is from the Service Authorization Reference."""
    name, value = "Security.WebACLArn", site.spec.security.web_acl_arn
    if value is None:
        return
    path, arn = site.at(name), site.known(name, value)
    region = CLOUDFRONT_REGION if site.spec.behind_cloudfront else site.region
    scope = "CLOUDFRONT" if site.spec.behind_cloudfront else "REGIONAL"
    parts = arn.rpartition(":")[2].split("/")
    if f":wafv2:{region}:" not in arn or len(parts) != len(("scope", "webacl", "name", "id")):
        yield error(path, f"found {arn!r}", f"write the ARN of a web ACL in {region}")
        return
    wanted = {"Name": parts[2], "Id": parts[3], "Scope": scope}
    if aws.find("wafv2", "get_web_acl", missing=NO_WEB_ACL, region=region, **wanted) is None:
        yield error(path, f"there is no web ACL {arn}", "use another, or leave it out")
