"""`Teardown`: what becomes of the stores' policies, and what empties buckets."""

import json
from typing import Any

import pytest

from resilient_website.problems import InvalidTemplateError
from tests.expansion.torn_down_sites import EVERYTHING, expand

Json = dict[str, Any]


def policies(resources: Json, name: str) -> tuple[str, str]:
    return resources[f"Site{name}"]["DeletionPolicy"], resources[f"Site{name}"]["UpdateReplacePolicy"]


@pytest.mark.parametrize(
    ("teardown", "expected"),
    [
        ({}, ("Snapshot", "Snapshot")),
        ({"Database": "Snapshot"}, ("Snapshot", "Snapshot")),
        ({"Database": "Retain"}, ("RetainExceptOnCreate", "Retain")),
        ({"Database": "Delete"}, ("Delete", "Snapshot")),
    ],
)
def test_database(teardown: Json, expected: tuple[str, str]) -> None:
    resources = expand({"Teardown": teardown, "Database": {"ReadReplicas": 1}})
    assert policies(resources, "Database") == expected
    assert policies(resources, "DatabaseReplica1") == ("Delete", "Delete")
    secret = "Delete" if teardown.get("Database") == "Delete" else "RetainExceptOnCreate"
    assert policies(resources, "DatabaseSecret") == (secret, "Retain")


@pytest.mark.parametrize(
    ("engine", "teardown", "expected"),
    [
        ("valkey", {}, ("Snapshot", "Snapshot")),
        ("redis", {"Cache": "Retain"}, ("RetainExceptOnCreate", "Retain")),
        ("valkey", {"Cache": "Delete"}, ("Delete", "Snapshot")),
        ("memcached", {}, ("Delete", "Delete")),
        ("memcached", {"Cache": "Retain"}, ("RetainExceptOnCreate", "Retain")),
    ],
)
def test_cache(engine: str, teardown: Json, expected: tuple[str, str]) -> None:
    name = "CacheCluster" if engine == "memcached" else "CacheReplicationGroup"
    assert policies(expand({"Cache": {"Engine": engine}, "Teardown": teardown}), name) == expected


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_buckets_that_go_are_emptied_once_nobody_writes(region: str) -> None:
    logs = {"Delivery": {"AccessLogs": True}, "LoadBalancer": {"AccessLogs": True}}
    resources = expand({**logs, "Teardown": EVERYTHING}, region)
    buckets = ["AssetsBucket", "LogsBucket", *(["EdgeLogsBucket"] if region != "us-east-1" else [])]
    for name in buckets:
        assert policies(resources, name) == ("Delete", "Retain")
        emptier = resources[f"Site{name}Emptied"]
        assert emptier["Properties"]["BucketName"] == {"Ref": f"Site{name}"}
        assert emptier["Properties"]["BucketLogicalId"] == f"Site{name}"
        assert {f"Site{name}Policy", f"Site{name}EmptierPolicy"} <= set(emptier["DependsOn"])
        right = resources[f"Site{name}EmptierPolicy"]["Properties"]
        assert right["Roles"] == [{"Ref": "EmptyBucketRole"}]
        for statement in right["PolicyDocument"]["Statement"]:
            assert {"Fn::GetAtt": [f"Site{name}", "Arn"]} in (statement["Resource"], *parts(statement["Resource"]))
    assert {name for name in resources if name.endswith("Emptied")} == {f"Site{name}Emptied" for name in buckets}
    writers = ["LoadBalancer", "FlowLog", "EdgeLogsDestination" if region == "us-east-1" else "Distribution"]
    for writer in writers:
        waits_for = resources[f"Site{writer}"]["DependsOn"]
        awaited = [waits_for] if isinstance(waits_for, str) else waits_for
        assert any(name.endswith("Emptied") for name in awaited), writer


def parts(resource: Any) -> list[Any]:
    return list(resource.get("Fn::Join", ["", []])[1])


def test_friendly_pages_bucket_is_its_publishers() -> None:
    assert "SiteFallbackBucketEmptied" not in expand({"Teardown": EVERYTHING})


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate", "Snapshot"])
def test_policy_on_the_site_wins(policy: str) -> None:
    resources = expand({"Teardown": EVERYTHING}, DeletionPolicy=policy)
    assert [name for name in resources if name.endswith("Emptied")] == []
    assert resources["SiteAssetsBucket"]["DeletionPolicy"] in ("Retain", "RetainExceptOnCreate")
    assert resources["SiteDatabase"]["DeletionPolicy"] == policy


def test_defaults_are_as_if_nothing_was_said() -> None:
    defaults = {"Database": "Snapshot", "Assets": "Retain", "Logs": "Retain", "Cache": "Snapshot"}
    assert json.dumps(expand({"Cache": True, "Teardown": defaults})) == json.dumps(expand({"Cache": True}))


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"Teardown": {"Assets": "Snapshot"}}, "Teardown.Assets: found 'Snapshot'"),
        ({"Teardown": {"Datbase": "Delete"}}, "did you mean Database?"),
        (
            {"Cache": {"Engine": "memcached"}, "Teardown": {"Cache": "Snapshot"}},
            "Teardown.Cache: found Snapshot, but Memcached has no snapshots; write Delete or Retain",
        ),
    ],
)
def test_what_a_store_can_not_do_is_refused(properties: Json, problem: str) -> None:
    with pytest.raises(InvalidTemplateError) as raised:
        expand(properties)
    assert problem in str(raised.value)
