"""Scripts and timeouts of servers in the form that AWS takes."""

import json
from typing import Any

import pytest

from tests.expansion.expanded import expand
from tests.expansion.refused_values import servers

Json = dict[str, Any]


def user_data(properties: Json) -> str:
    return json.dumps(expand(properties)["SiteWebLaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"])


def test_base64_is_undone_within_a_condition() -> None:
    branches = [{"Fn::Base64": "#!/bin/sh\necho live"}, {"Fn::Base64": {"Fn::Sub": "#!/bin/sh\n${AWS::Region}"}}]
    script = {"Fn::If": ["Live", "#!/bin/sh\necho live", {"Fn::Sub": "#!/bin/sh\n${AWS::Region}"}]}
    found = user_data(servers(UserData={"Fn::If": ["Live", *branches]}))
    assert json.dumps({"Fn::Base64": script}) in found
    assert found == user_data(servers(UserData=script))


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\r\necho hi\r\n", {"Fn::Join": ["\r\n", ["#!/bin/sh", {"Ref": "AWS::Region"}]]}]
)
def test_line_ends_are_those_of_unix(script: Any) -> None:
    unix = json.loads(json.dumps(script).replace("\\r", ""))
    assert user_data(servers(UserData=script)) == user_data(servers(UserData=unix))


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 900), ("PT45M", 2700)])
def test_startup_timeout_rules_all_that_waits_for_a_server(timeout: str | None, seconds: int) -> None:
    properties = servers(StartupTimeout=timeout) if timeout else {}
    group = expand(properties)["SiteAutoScalingGroup"]
    assert group["CreationPolicy"]["ResourceSignal"]["Timeout"] == (timeout or "PT15M")
    assert group["UpdatePolicy"]["AutoScalingRollingUpdate"]["PauseTime"] == (timeout or "PT15M")
    assert group["Properties"]["HealthCheckGracePeriod"] == seconds
    assert f"STARTUP_SECONDS={seconds - 120}\\n" in user_data(properties)


def test_own_grace_period_stays() -> None:
    group = expand(servers(StartupTimeout="PT45M", HealthCheckGracePeriod=60))["SiteAutoScalingGroup"]
    assert group["Properties"]["HealthCheckGracePeriod"] == 60
