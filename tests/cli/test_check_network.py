"""`check`: zones, servers, images, addresses and quotas."""

from typing import Any

import pytest

from tests.cli.checking_harness import Harness, reported, template

MINIMAL: dict[str, Any] = {}


def images(harness: Harness, **changes: Any) -> None:
    image = {"ImageId": "ami-0123456789abcdef0", "State": "available", "Architecture": "arm64", **changes}
    harness.answers["ec2", "describe_images"] = lambda **_: {"Images": [image]}


def offered(harness: Harness, **zones: str) -> None:
    """Make EC2 offer types in the zones with these letters."""
    harness.answers["ec2", "describe_instance_type_offerings"] = lambda **_: {
        "InstanceTypeOfferings": [
            {"InstanceType": kind.replace("_", "."), "Location": f"us-east-1{letter}"}
            for kind, letters in zones.items()
            for letter in letters
        ]
    }


def quota(harness: Harness, value: float) -> None:
    harness.answers["service-quotas", "get_service_quota"] = lambda **_: {"Quota": {"Value": value}}


def test_ordinary_site_is_fine(harness: Harness) -> None:
    report = harness.of_site(MINIMAL)
    assert (report.findings, report.not_checked) == ((), ())


def test_more_zones_than_the_account_has(harness: Harness) -> None:
    for subnet in harness.aws("ec2").describe_subnets()["Subnets"][2:]:
        harness.aws("ec2").delete_subnet(SubnetId=subnet["SubnetId"])
    found = reported(harness.of_site(MINIMAL))
    assert found["Network.AvailabilityZones"].startswith("error: found 3 zones, but us-east-1 gives this account 2 (")
    assert found["Network.AvailabilityZones"].endswith("write AvailabilityZones: 2")
    assert not harness.of_site({"Network": {"AvailabilityZones": 2}}).findings


def test_without_any_default_subnet_all_zones_count(harness: Harness) -> None:
    for subnet in harness.aws("ec2").describe_subnets()["Subnets"]:
        harness.aws("ec2").delete_subnet(SubnetId=subnet["SubnetId"])
    assert not harness.of_site(MINIMAL).findings


def test_zone_that_the_account_has_not(harness: Harness) -> None:
    found = reported(harness.of_site({"Network": {"AvailabilityZones": ["us-east-1a", "us-east-1b", "us-east-1z"]}}))
    assert "error: this account has no zone us-east-1z; use one of us-east-1a" in found["Network.AvailabilityZones"]


def test_internal_load_balancer_where_cloudfront_has_no_vpc_origins(harness: Harness) -> None:
    offered(harness, t4g_small="abcdef")
    zones = {
        zone["ZoneName"]: zone["ZoneId"]
        for zone in harness.aws("ec2").describe_availability_zones()["AvailabilityZones"]
    }
    without = next(name for name, zone_id in zones.items() if zone_id == "use1-az3")
    others = [name for name in zones if name != without]
    site: dict[str, Any] = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}
    site["Network"]["AvailabilityZones"] = [without, *others[:2]]
    assert list(reported(harness.of_site(site))) == ["LoadBalancer.Scheme"]
    site["Network"]["AvailabilityZones"] = others[:3]
    assert not harness.of_site(site).findings


def test_region_of_the_fallback_that_is_not_enabled(harness: Harness) -> None:
    regions = [("us-west-2", "opt-in-not-required"), ("af-south-1", "not-opted-in")]
    harness.answers["ec2", "describe_regions"] = lambda **_: {
        "Regions": [{"RegionName": name, "OptInStatus": state} for name, state in regions]
    }
    assert not harness.of_site({"Fallback": {"Region": "us-west-2"}}).findings
    assert (
        "has not enabled af-south-1"
        in reported(harness.of_site({"Fallback": {"Region": "af-south-1"}}))["Fallback.Region"]
    )


def test_instance_types(harness: Harness) -> None:
    offered(harness, m7g_large="abdf", c7g_large="abcdf")
    site = {"WebServers": {"InstanceType": "m7g.large"}}
    found = reported(harness.of_site(site))
    assert list(found) == ["WebServers.InstanceType"]
    assert found["WebServers.InstanceType"].startswith("error: m7g.large is not offered in us-east-1c; ")
    assert "AvailabilityZones: [us-east-1a, us-east-1b, us-east-1d]" in found["WebServers.InstanceType"]
    report = harness.of_site({"WebServers": {"InstanceType": "m7g.large", "InstanceTypes": ["c7g.large"]}})
    assert reported(report)["WebServers.InstanceType"].startswith(
        "warning: m7g.large is not offered in us-east-1c; other"
    )
    assert report.ok
    found = reported(harness.of_site({"WebServers": {"InstanceType": "c7g.large", "InstanceTypes": ["m77g.large"]}}))
    assert found == {"WebServers.InstanceTypes[0]": "error: us-east-1 offers no m77g.large; use a type that it offers"}


def test_image_that_is_not_there(harness: Harness) -> None:
    found = reported(harness.of_site({"WebServers": {"ImageId": "ami-0123456789abcdef0"}}))
    assert list(found) == ["WebServers.ImageId"]
    assert found["WebServers.ImageId"].startswith("error: us-east-1 has no image ami-0123456789abcdef0; ")


def test_image_for_another_processor_or_a_larger_disk(harness: Harness) -> None:
    site = {"WebServers": {"ImageId": "ami-0123456789abcdef0"}}
    images(harness)
    assert not harness.of_site(site).findings
    images(harness, Architecture="x86_64")
    found = reported(harness.of_site(site))
    assert "is for x86_64, and t4g.small runs arm64" in found["WebServers.ImageId"]
    images(harness, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}])
    assert reported(harness.of_site(site)) == {
        "WebServers.VolumeSize": "error: found 8 GiB, but the image ami-0123456789abcdef0 needs 30; "
        "write VolumeSize: 30, or more"
    }


def test_image_in_parameter_store(harness: Harness) -> None:
    # moto registers images without an architecture.
    registered = harness.aws("ec2").register_image(Name="web")["ImageId"]
    real = harness.aws("ec2").describe_images

    def described(**asked: Any) -> dict[str, Any]:
        return {"Images": [{**image, "Architecture": "x86_64"} for image in real(**asked)["Images"]]}

    harness.answers["ec2", "describe_images"] = described
    harness.aws("ssm").put_parameter(Name="/images/web", Value=registered, Type="String")
    site = {"WebServers": {"ImageId": "{{resolve:ssm:/images/web}}", "InstanceType": "m6i.large", "VolumeSize": 100}}
    assert not harness.of_site(site).findings
    site["WebServers"]["ImageId"] = "{{resolve:ssm:/images/none:1}}"
    assert reported(harness.of_site(site))["WebServers.ImageId"].startswith("error: the parameter does not exist")


def test_addresses_that_another_vpc_has(harness: Harness) -> None:
    ec2 = harness.aws("ec2")
    other = ec2.create_vpc(CidrBlock="10.0.128.0/20")["Vpc"]["VpcId"]
    report = harness.of_site(MINIMAL)
    assert reported(report)["Network.CidrBlock"].startswith(f"warning: 10.0.0.0/16 overlaps {other} (10.0.128.0/20); ")
    assert report.ok
    assert not harness.of_site({"Network": {"CidrBlock": "10.7.0.0/16"}}).findings


def test_addresses_of_a_network_that_is_peered_with(harness: Harness) -> None:
    far = harness.aws("ec2", "eu-west-1").create_vpc(CidrBlock="10.0.0.0/20")["Vpc"]["VpcId"]
    default = harness.aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    harness.aws("ec2").create_vpc_peering_connection(VpcId=default, PeerVpcId=far, PeerRegion="eu-west-1")
    assert f"overlaps {far} (10.0.0.0/20)" in reported(harness.of_site(MINIMAL))["Network.CidrBlock"]


def test_addresses_of_the_stacks_own_vpc(harness: Harness) -> None:
    harness.stack("my-site", {"SiteVpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}})
    assert "Network.CidrBlock" in reported(harness.of_site(MINIMAL))
    assert not harness.of_site(MINIMAL, stack="my-site").findings


def test_vpcs_too_many_for_all_sites_together(harness: Harness) -> None:
    for number in range(3):
        harness.aws("ec2").create_vpc(CidrBlock=f"10.{number + 10}.0.0/16")
    one, two = {"Network": {"CidrBlock": "10.1.0.0/16"}}, {"Network": {"CidrBlock": "10.2.0.0/16"}}
    assert not harness.report(template(one)).findings
    found = reported(harness.report(template(one, two)), "Resources.")
    assert list(found) == ["Site2.Properties.Network"]
    assert "2 more are needed, 4 exist, and the quota (VPCs per Region) is 5" in found["Site2.Properties.Network"]
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value 6" in found["Site2.Properties.Network"]


def test_addresses_too_many_for_nat_gateways(harness: Harness) -> None:
    site = {"Network": {"WebSubnets": "Private"}}
    assert not harness.of_site(site).findings
    for _ in range(3):
        harness.aws("ec2").allocate_address(Domain="vpc")
    found = reported(harness.of_site(site))
    assert "3 more are needed, 3 exist" in found["Network.NatGateways"]
    assert not harness.of_site({"Network": {"WebSubnets": "Private", "NatGateways": "None"}}).findings


def test_security_groups_without_room_for_the_prefix_list(harness: Harness) -> None:
    quota(harness, 50)
    assert "CloudFront's prefix list counts as 55" in reported(harness.of_site(MINIMAL))["FrontDoor"]


@pytest.mark.parametrize(
    ("value", "path", "severity"),
    [(640, None, ""), (5, "MinSize", "error"), (7, "MinSize", "error"), (15, "MaxSize", "warning")],
)
def test_vcpus(harness: Harness, value: float, path: str | None, severity: str) -> None:
    answer = harness.answers["service-quotas", "get_aws_default_service_quota"]
    harness.answers["service-quotas", "get_aws_default_service_quota"] = lambda QuotaCode, **names: (  # noqa: N803
        {"Quota": {"Value": value}} if QuotaCode == "L-1216C47A" else answer(QuotaCode=QuotaCode, **names)
    )
    found = reported(harness.of_site(MINIMAL))
    assert list(found) == ([f"WebServers.{path}"] if path else [])
    if path:
        assert found[f"WebServers.{path}"].startswith(
            f"{severity}: 0 vCPUs of On-Demand servers are running, and the quota is {value}"
        )


def test_vcpus_of_servers_that_run(harness: Harness) -> None:
    harness.answers["ec2", "describe_instances"] = lambda **_: {
        "Reservations": [
            {
                "Instances": [
                    {"InstanceType": "m7g.large", "CpuOptions": {"CoreCount": 318, "ThreadsPerCore": 2}},
                    {"InstanceType": "m7g.large", "CpuOptions": {"CoreCount": 90}, "InstanceLifecycle": "spot"},
                    {"InstanceType": "g5.xlarge", "CpuOptions": {"CoreCount": 90, "ThreadsPerCore": 2}},
                ]
            }
        ]
    }
    found = reported(harness.of_site(MINIMAL))
    assert (
        "636 vCPUs of On-Demand servers are running, and the quota is 640; the first servers need 6 more"
        in found["WebServers.MinSize"]
    )
    servers = {"OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 0}
    assert not harness.of_site({"WebServers": servers}).findings


def test_reservation_that_leaves_other_functions_too_little(harness: Harness) -> None:
    fallback: dict[str, Any] = {"Source": {"Crawl": True}}
    site = {"DomainName": "www.example.com", "HostedZoneId": {"Fn::Sub": harness.zone()}, "Fallback": fallback}
    path = "Fallback.Source.ReservedConcurrentExecutions"
    harness.answers["service-quotas", "get_service_quota"] = lambda **_: {"Quota": {"Value": 109.0}}
    text = reported(harness.of_site(site))[path]
    assert "10 are reserved, 100 must stay unreserved" in text
    assert "--desired-value 110;" in text
    fallback["Source"]["ReservedConcurrentExecutions"] = 0
    assert path not in reported(harness.of_site(site))
