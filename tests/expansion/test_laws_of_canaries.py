"""Canaries: they get their share and no more, the site keeps its servers, and nothing else depends on them."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.load_balancer.canary import BAKE_TIME, DNS_FAILOVER, PERCENT
from resilient_website.tiers.monitoring.alarm import ERRORS_PERCENT
from resilient_website.tiers.monitoring.canary_alarms import (
    ALWAYS,
    ERRORS,
    FAILING,
    LATENCY,
    MIN_REQUESTS,
    MIN_UNANSWERED,
    NOTICED_SECONDS,
    SLOWER,
)
from resilient_website.tiers.web_servers.canary import MIN_BAKE_MINUTES
from tests.expansion.expanded import Resources, expand
from tests.expansion.random_sites import IN_ECR, SITES, canary

OWN = ("SiteCanaryGroup", "SiteCanaryLaunchTemplate")
ARTIFACT = {"Bucket": "b", "Key": "shop-1.zip", "Command": "./start"}
CONTAINER = {"Image": {"Fn::Sub": f"{IN_ECR}/shop:1"}}
# Not more than the smallest VPC has addresses for: by default, the maximum is three times the minimum.
SIZES = st.fixed_dictionaries({}, optional={"MinSize": st.integers(4, 6), "MaxSize": st.integers(7, 18)})


def _servers(name: str, application: dict[str, Any], release: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    tried = canary(**{key: st.just(value) for key, value in release.items()}).filter(lambda given: given is not False)
    return st.tuples(SIZES, tried).map(lambda parts: {**parts[0], name: application, "Canary": parts[1]})


SERVERS = _servers("Artifact", ARTIFACT, {"Key": "shop-2.zip"}) | _servers(
    "Container", CONTAINER, {"Image": {"Fn::Sub": f"{IN_ECR}/shop:2"}}
)
CANARIES = st.tuples(SITES, SERVERS).map(lambda parts: {**parts[0], "WebServers": parts[1]})
LOAD_BALANCER = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "FrontDoor": "LoadBalancer"}


def weights(resources: Resources) -> dict[str, list[int]]:
    """Return the weights of all actions that have them, the site's own target group first."""
    found = {}
    for name, body in resources.items():
        properties = body.get("Properties", {})
        for action in (*properties.get("Actions", []), *properties.get("DefaultActions", [])):
            groups = action.get("ForwardConfig", {}).get("TargetGroups", []) if isinstance(action, dict) else []
            if groups:
                assert "CanaryTargetGroup" in groups[1]["TargetGroupArn"]["Ref"]
                found[name] = [group["Weight"] for group in groups]
    return found


def without(site: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a site without properties of its canary, or without the canary if none is named."""
    servers = dict(site["WebServers"])
    written = servers.pop("Canary")
    if names:
        servers["Canary"] = {k: v for k, v in written.items() if k not in names} if isinstance(written, dict) else True
    return {**site, "WebServers": servers}


@settings(max_examples=15)
@given(CANARIES)
def test_weights_are_whole_and_wait_for_the_canary_s_servers(site: dict[str, Any]) -> None:
    resources = expand(site)
    written = site["WebServers"]["Canary"]
    runs = isinstance(written, dict) and not written.keys().isdisjoint({"Key", "Image"})
    percent = written.get("CanaryPercent", 10) if isinstance(written, dict) else 10
    found = weights(resources)
    assert found
    for name, shares in found.items():
        assert shares == ([100 - percent, percent] if runs else [100, 0])
        assert resources[name].get("DependsOn", []) == (["SiteCanaryGroup"] if runs else [])
    assert [name in resources for name in OWN] == [runs, runs]


@settings(max_examples=15)
@given(CANARIES)
def test_site_keeps_its_servers_and_a_canary_is_large_enough_for_its_share(site: dict[str, Any]) -> None:
    resources, plain = expand(site), expand(without(site))
    assume("SiteCanaryGroup" in resources)
    assert resources["SiteAutoScalingGroup"] == plain["SiteAutoScalingGroup"]
    assert resources["SiteWebLaunchTemplate"] == plain["SiteWebLaunchTemplate"]
    group, own = (resources[name]["Properties"] for name in ("SiteCanaryGroup", "SiteAutoScalingGroup"))
    (share,) = {share for _, share in weights(resources).values()}
    assert int(group["MinSize"]) * 100 >= int(own["MaxSize"]) * share
    assert int(group["MinSize"]) < int(group["MaxSize"])
    assert int(group["MinSize"]) <= -(-int(own["MaxSize"]) // 2)
    assert group["TargetGroupARNs"] != own["TargetGroupARNs"]
    # The weights wait for the group, so that it can't wait for them.
    assert not set(resources["SiteCanaryGroup"]["DependsOn"]) & set(weights(resources))


@settings(max_examples=15)
@given(CANARIES)
def test_end_of_a_canary_leaves_the_site_as_before(site: dict[str, Any]) -> None:
    """What begins and ends with a canary: its servers, the weights, and the right to its release."""
    running, ended = expand(site), expand(without(site, "Key", "Image"))
    changed = {name for name in running.keys() | ended.keys() if running.get(name) != ended.get(name)}
    assert changed <= {*OWN, *weights(ended), "SiteWebRole"}


@settings(max_examples=15)
@given(CANARIES)
def test_alarms_exist_before_a_canary_and_name_its_target_group(site: dict[str, Any]) -> None:
    resources = expand(without(site, "Key", "Image"))
    written = site["WebServers"]["Canary"]
    limit = written.get("CanaryLatencyPercent", 100) if isinstance(written, dict) else 100
    assert (f"Site{LATENCY}" in resources) == (limit > 0)
    for suffix in (*ALWAYS, *([LATENCY] if limit else [])):
        metrics = resources[f"Site{suffix}"]["Properties"]["Metrics"]
        named = [d["Value"] for m in metrics if "MetricStat" in m for d in m["MetricStat"]["Metric"]["Dimensions"]]
        assert any("SiteCanaryTargetGroup" in str(value) for value in named)


def computed(expression: str, **metrics: float | None) -> float | None:
    """Return what CloudWatch makes of a minute's metrics; None for no data point.

    Source: "Using metric math" (CloudWatch User Guide): AND, FILL, IF and MAX. A division by zero makes no data point,
    and neither does a calculation with a metric that has none.
    """
    functions = {
        "FILL": lambda value, other: other if value is None else value,
        "IF": lambda condition, value, other: value if condition else other,
        "MAX": max,
    }
    try:
        return float(eval(expression.replace(" AND ", " and "), {**functions, **metrics}))
    except (TypeError, ZeroDivisionError):
        return None


def slower(requests: int | None, canary: float, own: float) -> float | None:
    """Return by how many percent a canary is slower."""
    return computed(SLOWER, m0=canary, m1=requests, m2=own)


def failing(errors: int | None, requests: int | None, answered: int | None, *own: int | None) -> float | None:
    """Return the percentage of a canary's requests that fail; `own` are the site's requests, and those it answered."""
    return computed(FAILING, m0=errors, m1=requests, m2=answered, m3=own[0], m4=own[1])


def test_canary_that_does_not_answer_starts_its_alarm() -> None:
    """The application ends or hangs while it answers: the load balancer's own 502 and 504 count for no target group."""
    for answered in (None, 0, 90):
        found = failing(0, 100, answered, 900, 900)
        assert found is not None
        assert found > ERRORS_PERCENT
    # So do errors, with or without servers of the site, and without registered servers of the canary.
    for errors, requests, answered, own in ((8, 100, 100, 900), (8, 100, 100, None), (8, 100, 100, 0), (8, None, 8, 9)):
        found = failing(errors, requests, answered, own, own)
        assert found is not None
        assert found > ERRORS_PERCENT
    assert failing(8, 100, 100, 900, 0) == pytest.approx(8)


@pytest.mark.parametrize(
    ("errors", "requests", "answered", "own", "own_answered"),
    [
        (0, 100, 100, 900, 900),
        (4, 100, 100, 900, 900),
        # Visitors leave, of whom there are few.
        (0, 20, 20 - MIN_UNANSWERED + 1, 180, 180),
        # The database hangs, or answers come later than in their minute, for all servers.
        (0, 1000, 500, 9000, 4500),
        (0, 100, None, 900, None),
        # No request, no server.
        (None, 0, None, 900, 900),
        (None, None, None, None, None),
    ],
)
def test_canary_that_answers_as_the_site_s_servers_goes_on(
    errors: int | None, requests: int | None, answered: int | None, own: int | None, own_answered: int | None
) -> None:
    found = failing(errors, requests, answered, own, own_answered)
    assert found is None or found <= ERRORS_PERCENT


def test_slow_canary_starts_its_alarm() -> None:
    enough = MIN_REQUESTS
    assert slower(enough, 0.9, 0.3) == pytest.approx(200)
    assert slower(enough, 0.3, 0.9) == 0
    # A database that is slow is so for all servers.
    assert slower(enough, 5.1, 5.0) == 0
    assert slower(enough, 5.2, 5.0) == pytest.approx(4)
    # Too short to be noticed, and chance.
    assert slower(enough, 0.02 + NOTICED_SECONDS, 0.02) == 0
    assert slower(enough - 1, 9.0, 0.3) == slower(None, 9.0, 0.3) == 0


def test_alarm_of_errors_compares_what_is_not_answered_with_the_site_s_servers() -> None:
    alarm = expand({"WebServers": {"Artifact": ARTIFACT, "Canary": True}})[f"Site{ERRORS}"]["Properties"]
    found = {}
    for each in alarm["Metrics"]:
        if "MetricStat" in each:
            metric = each["MetricStat"]["Metric"]
            group = metric["Dimensions"][1]["Value"]["Fn::GetAtt"][0]
            found[each["Id"]] = (group, metric["MetricName"], each["MetricStat"]["Stat"])
    assert found == {
        "m0": ("SiteCanaryTargetGroup", "HTTPCode_Target_5XX_Count", "Sum"),
        "m1": ("SiteCanaryTargetGroup", "RequestCount", "Sum"),
        "m2": ("SiteCanaryTargetGroup", "TargetResponseTime", "SampleCount"),
        "m3": ("SiteTargetGroup", "RequestCount", "Sum"),
        "m4": ("SiteTargetGroup", "TargetResponseTime", "SampleCount"),
    }


def test_alarm_of_the_latency_compares_with_the_site_s_servers() -> None:
    site = {"WebServers": {"Artifact": ARTIFACT, "Canary": {"CanaryLatencyPercent": 40}}}
    alarm = expand(site)[f"Site{LATENCY}"]["Properties"]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (40, "GreaterThanThreshold")
    measured = {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each}
    groups = {name: stat["Metric"]["Dimensions"][1]["Value"]["Fn::GetAtt"][0] for name, stat in measured.items()}
    assert groups == {"m0": "SiteCanaryTargetGroup", "m1": "SiteCanaryTargetGroup", "m2": "SiteTargetGroup"}
    assert {measured[name]["Metric"]["MetricName"] for name in ("m0", "m2")} == {"TargetResponseTime"}
    # The shortest bake time has room for it, and for metrics that arrive two minutes late.
    assert alarm["EvaluationPeriods"] + 2 <= MIN_BAKE_MINUTES


@given(st.booleans(), st.sampled_from([None, 3600]))
def test_sticky_visitors_keep_their_version(direct: bool, seconds: int | None) -> None:
    """Source: "Sticky sessions for your Application Load Balancer"."""
    balancer = {"StickinessSeconds": seconds} if seconds else {}
    front = {**LOAD_BALANCER, "FrontDoor": "CloudFront"} if direct else LOAD_BALANCER
    resources = expand(
        {
            **front,
            "LoadBalancer": balancer | ({"DirectAccess": True} if direct else {}),
            "WebServers": {"Artifact": ARTIFACT, "Canary": {"Key": "shop-2.zip"}},
        }
    )
    found = weights(resources)
    assert set(found) == {"SiteListenerHttps", *(["SiteCloudFrontOnly"] if direct else [])}
    (action,) = resources["SiteListenerHttps"]["Properties"]["DefaultActions"]
    sticky = {"Enabled": True, "DurationSeconds": 3600} if seconds else None
    assert action["ForwardConfig"].get("TargetGroupStickinessConfig") == sticky


def test_dns_does_not_look_at_a_canary() -> None:
    plain = {**LOAD_BALANCER, "WebServers": {"Artifact": ARTIFACT}}
    for site, evaluated in ((plain, True), ({**plain, "WebServers": {"Artifact": ARTIFACT, "Canary": True}}, False)):
        resources = expand(site)
        records = [body["Properties"] for body in resources.values() if body["Type"] == "AWS::Route53::RecordSet"]
        primary = [each["AliasTarget"] for each in records if each.get("Failover") == "PRIMARY"]
        assert primary
        assert {alias["EvaluateTargetHealth"] for alias in primary} == {evaluated}
    group = resources["SiteCanaryTargetGroup"]["Properties"]
    assert {"Key": DNS_FAILOVER, "Value": "off"} in group["TargetGroupAttributes"]
    tags = {tag["Key"]: tag["Value"] for tag in group["Tags"]}
    assert (tags[PERCENT], tags[BAKE_TIME]) == ("10", "10")
    # Health checkers ask for the load balancer's own name.
    assert "SiteOwnName" not in weights(resources)


def test_overrides_of_the_servers_are_the_canary_s_too() -> None:
    disks = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 100}}]
    site = {
        "WebServers": {"Artifact": ARTIFACT, "Canary": {"Key": "shop-2.zip"}},
        "Overrides": {
            "WebLaunchTemplate": {"LaunchTemplateName": "web", "LaunchTemplateData": {"BlockDeviceMappings": disks}},
            "TargetGroup": {"Name": "web", "Matcher": {"HttpCode": "200,302"}, "HealthCheckTimeoutSeconds": 9},
            "CanaryTargetGroup": {"HealthCheckTimeoutSeconds": 8},
        },
    }
    made = expand(site)
    plain = expand({name: value for name, value in site.items() if name != "Overrides"})
    launch, targets = (made[name]["Properties"] for name in ("SiteCanaryLaunchTemplate", "SiteCanaryTargetGroup"))
    assert launch["LaunchTemplateData"]["BlockDeviceMappings"] == disks
    of_release = plain["SiteCanaryLaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]
    assert launch["LaunchTemplateData"]["UserData"] == of_release
    assert (targets["Matcher"], targets["HealthCheckTimeoutSeconds"]) == ({"HttpCode": "200,302"}, 8)
    assert {"Name", "LaunchTemplateName"}.isdisjoint({*launch, *targets})
    assert targets["Tags"] == plain["SiteCanaryTargetGroup"]["Properties"]["Tags"]


@pytest.mark.parametrize("overrides", [{"WebLaunchTemplate": "x"}, {"TargetGroup": ["x"]}, {"TargetGroups": {}}])
def test_overrides_that_are_refused_are_named_once(overrides: dict[str, Any]) -> None:
    site = {"WebServers": {"Artifact": ARTIFACT, "Canary": {"Key": "shop-2.zip"}}, "Overrides": overrides}
    with pytest.raises(InvalidTemplateError) as refused:
        expand(site)
    assert [each.path for each in refused.value.problems] == [
        f"Resources.Site.Properties.Overrides.{name}" for name in overrides
    ]
