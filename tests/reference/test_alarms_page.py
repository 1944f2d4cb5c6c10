"""The page of alarms: an expression says which metric is which."""

from tests.expansion.expanded import expand
from tools.reference.alarms_page import page
from tools.reference.sites import ExpandedSite, Observation

SITE = {"WebServers": {"Artifact": {"Bucket": "b", "Key": "1.zip", "Command": "./start"}, "Canary": True}}


def test_same_metric_of_two_target_groups_is_told_apart() -> None:
    text = page([Observation(ExpandedSite("Site", {}, expand(SITE)), ())])
    (row,) = [line for line in text.splitlines() if "`CanaryLatencyAlarm`" in line]
    assert "`m0`: `TargetResponseTime`, p90 over 1 min, of `CanaryTargetGroup`" in row
    assert "`m2`: `TargetResponseTime`, p90 over 1 min, of `TargetGroup`" in row
    assert "100 * (m0 - m2) / m2" in row
    (plain,) = [line for line in text.splitlines() if "`LoadBalancerErrorsAlarm`" in line]
    assert "FILL(RequestCount, 0)" in plain


def test_name_with_the_name_of_the_stack_is_as_cloudformation_writes_it() -> None:
    named = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    site = {**named, "Fallback": {"Source": {"Crawl": True}}}
    text = page([Observation(ExpandedSite("Site", {}, expand(site)), ())])
    assert "`${AWS::StackName}-SavedSiteFailures`, Sum" in text
    assert "Fn::Sub" not in text
