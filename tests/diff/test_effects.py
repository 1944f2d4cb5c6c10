"""Each kind of effect, from the schemas, from AWS's documents, and from references between resources."""

import pkgutil
from importlib import import_module
from typing import Any

import pytest
from troposphere.cloudformation import AWSCustomObject

import resilient_website
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.resource_schemas import (
    UnknownPropertyError,
    _conditions,
    interruptions,
    own_custom_resources,
    require,
    rules,
)
from resilient_website.function_registry import CUSTOM_RESOURCES
from tests.diff.stacks import changes, database, effects, get_att, ref, resources

VPC: dict[str, Any] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def one(old: dict[str, Any], new: dict[str, Any]) -> Effect:
    (effect,) = effects(resources(One=old), resources(One=new)).values()
    return effect


def test_added_and_deleted() -> None:
    assert effects(resources(Old=VPC, Kept=VPC), resources(New=VPC, Kept=VPC)) == {
        "Old": Effect.DELETED,
        "New": Effect.ADDED,
    }


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ({"DBInstanceClass": "db.t4g.small"}, {"DBInstanceClass": "db.t4g.large"}, Effect.INTERRUPTED),
        ({"AllocatedStorage": "20"}, {"AllocatedStorage": "40"}, Effect.CHANGED),
        ({"DBName": "a"}, {"DBName": "b"}, Effect.REPLACED),
        ({"DBName": "a"}, {}, Effect.REPLACED),
        ({}, {"StorageEncrypted": True}, Effect.REPLACED),
        ({"MultiAZ": True}, {"MultiAZ": False}, Effect.INTERRUPTED),
        ({"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 14}, Effect.INTERRUPTED),
        ({"AvailabilityZone": "us-east-1a"}, {"AvailabilityZone": "us-east-1b"}, Effect.MAY_BE_REPLACED),
        ({"DBSnapshotIdentifier": "a"}, {"DBSnapshotIdentifier": "b"}, Effect.REPLACED),
        ({}, {"DBSnapshotIdentifier": "b"}, Effect.REPLACED),
        ({"DBSnapshotIdentifier": "a"}, {}, Effect.CHANGED),
        ({"DBSnapshotIdentifier": "a"}, {"DBSnapshotIdentifier": ""}, Effect.CHANGED),
        ({"SourceDBInstanceIdentifier": "a"}, {}, Effect.CHANGED),
        ({"DBInstanceIdentifier": "a"}, {"DBInstanceIdentifier": "b"}, Effect.REPLACED),
    ],
)
def test_properties_of_a_database(old: dict[str, Any], new: dict[str, Any], effect: Effect) -> None:
    assert one(database(**old), database(**new)) is effect


def test_value_that_may_be_the_same_may_replace() -> None:
    def subnet(zone: Any) -> dict[str, Any]:
        return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "AvailabilityZone": zone}}

    first = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
    assert one(subnet(first), subnet("us-east-1a")) is Effect.MAY_BE_REPLACED
    assert one(subnet({"Fn::ImportValue": "Zone"}), subnet("us-east-1a")) is Effect.MAY_BE_REPLACED
    assert one(subnet("us-east-1b"), subnet("us-east-1a")) is Effect.REPLACED


def test_numbers_and_truth_values_may_be_strings() -> None:
    old = database(AllocatedStorage=20, MultiAZ=True, Port=3306)
    assert (
        changes(resources(One=old), resources(One=database(AllocatedStorage="20", MultiAZ="true", Port="3306"))) == {}
    )


def test_group_is_replaced_only_under_its_update_policy() -> None:
    def group(version: str, **policy: Any) -> dict[str, Any]:
        launch = {"LaunchTemplateId": "lt-1", "Version": version}
        properties = {"MinSize": "1", "MaxSize": "2", "LaunchTemplate": launch}
        return {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": properties, "UpdatePolicy": policy}

    rolling = {"AutoScalingRollingUpdate": {"MaxBatchSize": 1}}
    replacing = {"AutoScalingReplacingUpdate": {"WillReplace": True}}
    assert one(group("1", **rolling), group("2", **rolling)) is Effect.CHANGED
    assert one(group("1", **replacing), group("2", **replacing)) is Effect.MAY_BE_REPLACED


def test_shards_change_in_place_only_by_online_resharding() -> None:
    def cache(shards: int, **policy: Any) -> dict[str, Any]:
        properties = {"ReplicationGroupDescription": "x", "NumNodeGroups": shards}
        return {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": properties, "UpdatePolicy": policy}

    assert one(cache(2), cache(3)) is Effect.REPLACED
    assert one(cache(2, UseOnlineResharding=True), cache(3, UseOnlineResharding=True)) is Effect.CHANGED


def test_type_under_the_same_id_is_refused() -> None:
    (change,) = changes(resources(One=VPC), resources(One=database())).values()
    assert change.effect is Effect.REFUSED
    assert [(each.old, each.new) for each in change.attributes] == [("AWS::EC2::VPC", "AWS::RDS::DBInstance")]


@pytest.mark.parametrize("name", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_attributes_are_reported(name: str) -> None:
    old, new = database(attributes={name: "Snapshot"}), database(attributes={name: "Delete"})
    (change,) = changes(resources(One=old), resources(One=new)).values()
    assert (change.effect, change.properties) == (Effect.CHANGED, ())
    assert [(each.path, each.old, each.new) for each in change.attributes] == [((name,), "Snapshot", "Delete")]


@pytest.mark.parametrize("own", [{}, {"Team": "shop"}])
def test_metadata_that_sam_adds_is_no_change(own: dict[str, Any]) -> None:
    written = {**VPC, "Metadata": own} if own else VPC
    deployed = {**VPC, "Metadata": {**own, "SamResourceId": "One"}}
    assert changes(resources(One=deployed), resources(One=written)) == {}
    assert changes(resources(One=written), resources(One=deployed)) == {}
    other = {**VPC, "Metadata": {"Team": "web", "SamResourceId": "One"}}
    assert list(changes(resources(One=other), resources(One=written))) == ["One"]


def test_condition_that_becomes_false_deletes() -> None:
    def template(value: str) -> dict[str, Any]:
        conditions = {"Wanted": {"Fn::Equals": [value, "yes"]}}
        return {"Conditions": conditions, **resources(One={**database(), "Condition": "Wanted"})}

    assert effects(template("yes"), template("no")) == {"One": Effect.DELETED}
    assert effects(template("no"), template("yes")) == {"One": Effect.ADDED}
    (change,) = changes(resources(One=database()), template("yes")).values()
    assert [each.path for each in change.attributes] == [("Condition",)]


@pytest.mark.parametrize("reference", [ref("Vpc"), get_att("Vpc", "VpcId"), {"Fn::Sub": "${Vpc}"}])
def test_replacement_propagates(reference: Any) -> None:
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": reference, "CidrBlock": "10.0.0.0/24"}}
    groups = {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": [ref("Subnet")]}}
    association = {
        "Type": "AWS::EC2::SubnetRouteTableAssociation",
        "Properties": {"SubnetId": ref("Subnet"), "RouteTableId": "rtb-1"},
    }
    rest = {"Subnet": subnet, "Groups": groups, "Association": association}
    other = {**VPC, "Properties": {"CidrBlock": "10.1.0.0/16"}}
    found = changes(resources(Vpc=VPC, **rest), resources(Vpc=other, **rest))
    assert {name: change.effect for name, change in found.items()} == {
        "Vpc": Effect.REPLACED,
        "Subnet": Effect.REPLACED,
        "Association": Effect.REPLACED,
        # RDS takes no subnets of another VPC.
        "Groups": Effect.REFUSED,
    }
    assert [each.caused_by for each in found["Association"].properties] == ["Subnet"]


def test_replacement_that_is_not_certain_makes_none_that_is() -> None:
    source = database(AvailabilityZone="us-east-1a")
    tied = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "CidrBlock": ref("Source")}}
    moved = database(AvailabilityZone="us-east-1b")
    assert effects(resources(Source=source, Tied=tied), resources(Source=moved, Tied=tied)) == {
        "Source": Effect.MAY_BE_REPLACED,
        "Tied": Effect.MAY_BE_REPLACED,
    }


def test_new_version_of_a_launch_template_reaches_its_group() -> None:
    def template(size: str) -> dict[str, Any]:
        launch = {"LaunchTemplateData": {"InstanceType": size}}
        version = get_att("Launch", "LatestVersionNumber")
        group = {"LaunchTemplate": {"LaunchTemplateId": ref("Launch"), "Version": version}}
        return resources(
            Launch={"Type": "AWS::EC2::LaunchTemplate", "Properties": launch},
            Group={"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": group},
        )

    (reported,) = changes(template("t4g.small"), template("t4g.micro"))["Group"].properties
    assert (reported.caused_by, reported.effect) == ("Launch", Effect.CHANGED)


def test_foreign_custom_resource_decides_itself() -> None:
    def custom(kind: str, **properties: str) -> dict[str, Any]:
        return {"Type": kind, "Properties": properties}

    assert one(custom("Custom::Theirs", A="1"), custom("Custom::Theirs", A="2")) is Effect.MAY_BE_REPLACED
    assert one(custom("Custom::FallbackSite", Title="1"), custom("Custom::FallbackSite", Title="2")) is Effect.CHANGED
    for kind in ("Custom::Theirs", "Custom::FallbackSite"):
        assert one(custom(kind, ServiceToken="a"), custom(kind, ServiceToken="b")) is Effect.REPLACED
    moved = (custom("Custom::FallbackSite", BucketName=name) for name in "ab")
    assert one(*moved) is Effect.REPLACED


def test_memcached_is_replaced_by_another_number_of_nodes_unless_their_zones_are_reported() -> None:
    def cluster(nodes: int, **properties: Any) -> dict[str, Any]:
        return {"Type": "AWS::ElastiCache::CacheCluster", "Properties": {"NumCacheNodes": nodes, **properties}}

    zones = {"PreferredAvailabilityZones": ["us-east-1a", "us-east-1b"]}
    assert one(cluster(2), cluster(3)) is Effect.REPLACED
    assert one(cluster(2, **zones), cluster(3, **zones)) is Effect.INTERRUPTED


def test_type_that_nobody_knows_may_be_replaced() -> None:
    old, new = ({"Type": "My::Own::Type", "Properties": {"A": value}} for value in "ab")
    assert one(old, new) is Effect.MAY_BE_REPLACED


def test_lists() -> None:
    def group(*names: str) -> dict[str, Any]:
        return {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": list(names)}}

    def reported(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
        (change,) = changes(resources(One=old), resources(One=new)).values()
        differences = [each.difference for each in change.properties]
        return [(each.path, str(each.old), str(each.new)) for each in differences]

    assert reported(group("a", "b", "c"), group("a", "c")) == [(("SubnetIds", 1), "b", "(absent)")]
    assert reported(group("a", "c"), group("a", "b", "c")) == [(("SubnetIds", 1), "(absent)", "b")]
    assert reported(group("a", "b"), group("a", "c")) == [(("SubnetIds", 1), "b", "c")]
    assert reported(group("a", "b"), group("b", "a")) == [(("SubnetIds",), "['a', 'b']", "['b', 'a']")]


def test_what_is_first_deleted_is_reported() -> None:
    kind = "AWS::EC2::SubnetRouteTableAssociation"
    old, new = ({"Type": kind, "Properties": {"SubnetId": each, "RouteTableId": "r"}} for each in "ab")
    (change,) = changes(resources(One=old), resources(One=new)).values()
    assert change.effect is Effect.REPLACED
    assert change.deletes_first == rules(kind).deletes_first


def test_tables_name_what_the_schemas_have() -> None:
    for type_name, names in interruptions().items():
        for name in names:
            require(type_name, (name,))
    own = own_custom_resources()
    for type_name, entry in _conditions().items():
        if type_name in own:
            assert set(entry["replaces"]) <= set(own[type_name])
            continue
        for name, others in entry.get("replaced_without_property", {}).items():
            for each in (name, *others):
                require(type_name, (each,))
        conditional = {path[0] for path in rules(type_name).conditional}
        assert {(name,) for name in entry.get("always", ())} <= set(rules(type_name).conditional)
        for name in (*entry.get("removed_in_place", ()), *entry.get("replaced_without_update_policy", ())):
            require(type_name, (name,))
        assert set(entry.get("removed_in_place", ())) <= conditional
        assert not set(entry.get("never", ())) & conditional
    assert {name for name in _conditions() if name.startswith("Custom::")} == set(own)
    with pytest.raises(UnknownPropertyError):
        require("AWS::EC2::VPC", ("Nothing",))


def test_every_custom_resource_is_registered() -> None:
    for module in pkgutil.walk_packages(resilient_website.__path__, "resilient_website."):
        if ".instance." not in module.name and ".inline." not in module.name:
            import_module(module.name)
    own = {each for each in AWSCustomObject.__subclasses__() if each.__module__.startswith("resilient_website.")}
    assert own == set(CUSTOM_RESOURCES)
