"""Laws of security: what may connect to what, what is encrypted, and what is kept, on every site."""

import json
from collections import defaultdict
from typing import Any

from hypothesis import given

from resilient_website.cloudformation.derived_limits import MAX_USER_DATA_BYTES
from tests.expansion.expanded import everywhere, expand, group_id, of_type, own_vpc, zones
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tests.quoting.cloudformation import resolved

STORES = ("AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::ElastiCache::ReplicationGroup", "AWS::EFS::FileSystem")


@given(SITES)
def test_stores_are_private_encrypted_and_kept(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for each in everywhere(resources):
        for name, body in each.items():
            if body["Type"] in STORES:
                assert {"DeletionPolicy", "UpdateReplacePolicy"} <= set(body), name
        for _, bucket in of_type(each, "AWS::S3::Bucket"):
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert bucket["BucketEncryption"]
    for name, database in of_type(resources, "AWS::RDS::DBInstance"):
        assert database["PubliclyAccessible"] is False
        if "SourceDBInstanceIdentifier" in database:
            continue
        assert database["StorageEncrypted"] is True
        assert "{{resolve:secretsmanager:" in json.dumps(database["MasterUserPassword"])
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Snapshot"
        assert database["BackupRetentionPeriod"] >= 1
    for kind in ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"):
        for _, cache in of_type(resources, kind):
            assert cache["TransitEncryptionEnabled"] is True
    for name, system in of_type(resources, "AWS::EFS::FileSystem"):
        assert system["Encrypted"] is True
        assert resources[name]["UpdateReplacePolicy"] == "Retain"
        # A statement that allows something would admit clients without a role.
        (statement,) = system["FileSystemPolicy"]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@given(SITES)
def test_only_what_the_architecture_needs_may_connect(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for name, group in of_type(resources, "AWS::EC2::SecurityGroup"):
        of_load_balancer = name in ("SiteLoadBalancerSecurityGroup", "SiteLoadBalancerHttpSecurityGroup")
        assert of_load_balancer or not group.get("SecurityGroupIngress")
        for rule in group.get("SecurityGroupIngress", []):
            assert rule["FromPort"] == rule["ToPort"] in (80, 443)
    web = group_id("SiteWebSecurityGroup")
    allowed = {
        "SiteDatabaseIngress": ("SiteDatabaseSecurityGroup", web, 3306),
        "SiteCacheIngress": ("SiteCacheSecurityGroup", web, None),
        "SiteFilesIngress": ("SiteFilesSecurityGroup", web, 2049),
        "SiteEndpointIngress": ("SiteEndpointSecurityGroup", web, 443),
        "SiteWebIngress": ("SiteWebSecurityGroup", group_id("SiteLoadBalancerSecurityGroup"), None),
    }
    for name, rule in of_type(resources, "AWS::EC2::SecurityGroupIngress"):
        target, source, port = allowed[name]
        assert rule["GroupId"] == group_id(target)
        assert rule["SourceSecurityGroupId"] == source
        assert rule["FromPort"] == rule["ToPort"] == (port or rule["FromPort"])
        assert not {"CidrIp", "CidrIpv6"} & set(rule)


@given(SITES)
def test_private_subnets_have_no_way_out(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    if not own_vpc(properties):
        assert not list(of_type(resources, "AWS::EC2::Subnet"))
        return
    open_tables = {json.dumps(route["RouteTableId"]) for _, route in of_type(resources, "AWS::EC2::Route")}
    public = {
        association["SubnetId"]["Ref"]
        for _, association in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
        if json.dumps(association["RouteTableId"]) in open_tables
    }
    for kind in ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup"):
        for _, group in of_type(resources, kind):
            names = {subnet["Ref"] for subnet in group["SubnetIds"]}
            assert not names & public
            assert len(names) == zones(properties)
    assert not {target["SubnetId"]["Ref"] for _, target in of_type(resources, "AWS::EFS::MountTarget")} & public
    for _, group in of_type(resources, "AWS::AutoScaling::AutoScalingGroup"):
        closed = properties.get("Network", {}).get("NatGateways") == "None"
        assert bool({subnet["Ref"] for subnet in group["VPCZoneIdentifier"]} & public) != closed
    associated = [a["SubnetId"]["Ref"] for _, a in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")]
    assert sorted(associated) == sorted(name for name, _ in of_type(resources, "AWS::EC2::Subnet"))


# Their longest values. Source: "Pseudo parameters reference"; a stack's name has at most 128 characters.
PSEUDO_PARAMETERS = {
    "AWS::AccountId": "1" * 12,
    "AWS::Region": "ap-southeast-5",
    "AWS::StackName": "x" * 128,
    # The last part of a stack's id is a name too.
    "AWS::StackId": "/".join(["x" * 60] * 3),
}


class _LongValues(defaultdict[str, str]):
    """What CloudFormation puts in for a reference: a port, an id, or a name, an ARN or a host.

    For these 180 characters are plenty. Resource ids have at most 17 digits.
    """

    def __missing__(self, name: str) -> str:
        if name.endswith(".Port"):
            return "65535"
        return "vpc-" + "0" * 17 if name == "SiteVpc" else "x" * 180


@given(SITES)
def test_servers_are_hardened_and_their_user_data_fits(properties: dict[str, Any]) -> None:
    for _, template in of_type(expand(properties), "AWS::EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        # Within one hop: a container with a network of its own, or a proxy, gets no credentials of the server.
        assert data["MetadataOptions"] == {
            "HttpEndpoint": "enabled",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 1,
        }
        assert all(mapping["Ebs"]["Encrypted"] for mapping in data["BlockDeviceMappings"])
        script = resolved(data["UserData"]["Fn::Base64"], _LongValues(None, PSEUDO_PARAMETERS))
        assert len(script.encode()) < MAX_USER_DATA_BYTES


@given(SITES)
@examples(50)
def test_load_balancer_answers_cloudfront_only(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    if properties.get("FrontDoor") == "LoadBalancer":
        return
    groups = [body for name, body in of_type(resources, "AWS::EC2::SecurityGroup") if "LoadBalancer" in name]
    for group in groups:
        # One rule a group: with the prefix list, a second one would not fit.
        (rule,) = group["SecurityGroupIngress"]
        assert set(rule) & {"CidrIp", "CidrIpv6", "SourcePrefixListId"} == {"SourcePrefixListId"}
    assert sorted(group["SecurityGroupIngress"][0]["FromPort"] for group in groups) == [80, 443]
    (listener,) = (body for _, body in of_type(resources, "AWS::ElasticLoadBalancingV2::Listener"))
    assert listener["DefaultActions"][0]["Type"] == "fixed-response"
    (rule,) = (body for _, body in of_type(resources, "AWS::ElasticLoadBalancingV2::ListenerRule"))
    assert rule["Conditions"][0]["Field"] == "http-header"
