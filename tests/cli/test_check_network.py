"""`check`: zones, servers, images, addresses and quotas."""

from typing import Any

import pytest

from tests.cli.checking_bed import Bed, template, told

MINIMAL: dict[str, Any] = {}


def images(bed: Bed, **changes: Any) -> None:
    image = {"ImageId": "ami-0123456789abcdef0", "State": "available", "Architecture": "arm64", **changes}
    bed.answers["ec2", "describe_images"] = lambda **_: {"Images": [image]}


def offered(bed: Bed, **zones: str) -> None:
    """Make EC2 offer types in the zones with these letters."""
    bed.answers["ec2", "describe_instance_type_offerings"] = lambda **_: {
        "InstanceTypeOfferings": [
            {"InstanceType": kind.replace("_", "."), "Location": f"us-east-1{letter}"}
            for kind, letters in zones.items()
            for letter in letters
        ]
    }


def quota(bed: Bed, value: float) -> None:
    bed.answers["service-quotas", "get_service_quota"] = lambda **_: {"Quota": {"Value": value}}


def test_ordinary_site_is_fine(bed: Bed) -> None:
    report = bed.of_site(MINIMAL)
    assert (report.findings, report.not_checked) == ((), ())


def test_more_zones_than_the_account_has(bed: Bed) -> None:
    for subnet in bed.aws("ec2").describe_subnets()["Subnets"][2:]:
        bed.aws("ec2").delete_subnet(SubnetId=subnet["SubnetId"])
    found = told(bed.of_site(MINIMAL))
    assert found["Network.AvailabilityZones"].startswith("error: found 3 zones, but us-east-1 gives this account 2 (")
    assert found["Network.AvailabilityZones"].endswith("write AvailabilityZones: 2")
    assert not bed.of_site({"Network": {"AvailabilityZones": 2}}).findings


def test_without_any_default_subnet_all_zones_count(bed: Bed) -> None:
    for subnet in bed.aws("ec2").describe_subnets()["Subnets"]:
        bed.aws("ec2").delete_subnet(SubnetId=subnet["SubnetId"])
    assert not bed.of_site(MINIMAL).findings


def test_zone_that_the_account_has_not(bed: Bed) -> None:
    found = told(bed.of_site({"Network": {"AvailabilityZones": ["us-east-1a", "us-east-1b", "us-east-1z"]}}))
    assert "error: this account has no zone us-east-1z; use one of us-east-1a" in found["Network.AvailabilityZones"]


def test_internal_load_balancer_where_cloudfront_has_no_vpc_origins(bed: Bed) -> None:
    offered(bed, t4g_small="abcdef")
    zones = {
        zone["ZoneName"]: zone["ZoneId"] for zone in bed.aws("ec2").describe_availability_zones()["AvailabilityZones"]
    }
    without = next(name for name, zone_id in zones.items() if zone_id == "use1-az3")
    others = [name for name in zones if name != without]
    site: dict[str, Any] = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}
    site["Network"]["AvailabilityZones"] = [without, *others[:2]]
    assert list(told(bed.of_site(site))) == ["LoadBalancer.Scheme"]
    site["Network"]["AvailabilityZones"] = others[:3]
    assert not bed.of_site(site).findings


def test_region_of_the_fallback_that_is_not_enabled(bed: Bed) -> None:
    regions = [("us-west-2", "opt-in-not-required"), ("af-south-1", "not-opted-in")]
    bed.answers["ec2", "describe_regions"] = lambda **_: {
        "Regions": [{"RegionName": name, "OptInStatus": state} for name, state in regions]
    }
    assert not bed.of_site({"Fallback": {"Region": "us-west-2"}}).findings
    assert "has not enabled af-south-1" in told(bed.of_site({"Fallback": {"Region": "af-south-1"}}))["Fallback.Region"]


def test_instance_types(bed: Bed) -> None:
    offered(bed, m7g_large="abdf", c7g_large="abcdf")
    site = {"WebServers": {"InstanceType": "m7g.large"}}
    found = told(bed.of_site(site))
    assert list(found) == ["WebServers.InstanceType"]
    assert found["WebServers.InstanceType"].startswith("error: m7g.large is not offered in us-east-1c; ")
    assert "AvailabilityZones: [us-east-1a, us-east-1b, us-east-1d]" in found["WebServers.InstanceType"]
    report = bed.of_site({"WebServers": {"InstanceType": "m7g.large", "InstanceTypes": ["c7g.large"]}})
    assert told(report)["WebServers.InstanceType"].startswith("warning: m7g.large is not offered in us-east-1c; other")
    assert report.ok
    found = told(bed.of_site({"WebServers": {"InstanceType": "c7g.large", "InstanceTypes": ["m77g.large"]}}))
    assert found == {"WebServers.InstanceTypes[0]": "error: us-east-1 offers no m77g.large; use a type that it offers"}


def test_image_that_is_not_there(bed: Bed) -> None:
    found = told(bed.of_site({"WebServers": {"ImageId": "ami-0123456789abcdef0"}}))
    assert list(found) == ["WebServers.ImageId"]
    assert found["WebServers.ImageId"].startswith("error: us-east-1 has no image ami-0123456789abcdef0; ")


def test_image_for_another_processor_or_a_larger_disk(bed: Bed) -> None:
    site = {"WebServers": {"ImageId": "ami-0123456789abcdef0"}}
    images(bed)
    assert not bed.of_site(site).findings
    images(bed, Architecture="x86_64")
    found = told(bed.of_site(site))
    assert "is for x86_64, and t4g.small runs arm64" in found["WebServers.ImageId"]
    images(bed, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}])
    assert told(bed.of_site(site)) == {
        "WebServers.VolumeSize": "error: found 8 GiB, but the image ami-0123456789abcdef0 needs 30; "
        "write VolumeSize: 30, or more"
    }


def test_image_in_parameter_store(bed: Bed) -> None:
    real = bed.aws("ec2").describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"][0]
    bed.aws("ssm").put_parameter(Name="/images/web", Value=real["ImageId"], Type="String")
    site = {"WebServers": {"ImageId": "{{resolve:ssm:/images/web}}", "InstanceType": "m6i.large", "VolumeSize": 100}}
    assert not bed.of_site(site).findings
    site["WebServers"]["ImageId"] = "{{resolve:ssm:/images/none:1}}"
    assert told(bed.of_site(site))["WebServers.ImageId"].startswith("error: the parameter does not exist")


def test_addresses_that_another_vpc_has(bed: Bed) -> None:
    ec2 = bed.aws("ec2")
    other = ec2.create_vpc(CidrBlock="10.0.128.0/20")["Vpc"]["VpcId"]
    report = bed.of_site(MINIMAL)
    assert told(report)["Network.CidrBlock"].startswith(f"warning: 10.0.0.0/16 overlaps {other} (10.0.128.0/20); ")
    assert report.ok
    assert not bed.of_site({"Network": {"CidrBlock": "10.7.0.0/16"}}).findings


def test_addresses_of_a_network_that_is_peered_with(bed: Bed) -> None:
    far = bed.aws("ec2", "eu-west-1").create_vpc(CidrBlock="10.0.0.0/20")["Vpc"]["VpcId"]
    default = bed.aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    bed.aws("ec2").create_vpc_peering_connection(VpcId=default, PeerVpcId=far, PeerRegion="eu-west-1")
    assert f"overlaps {far} (10.0.0.0/20)" in told(bed.of_site(MINIMAL))["Network.CidrBlock"]


def test_addresses_of_the_stacks_own_vpc(bed: Bed) -> None:
    bed.stack("my-site", {"SiteVpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}})
    assert "Network.CidrBlock" in told(bed.of_site(MINIMAL))
    assert not bed.of_site(MINIMAL, stack="my-site").findings


def test_vpcs_too_many_for_all_sites_together(bed: Bed) -> None:
    for number in range(3):
        bed.aws("ec2").create_vpc(CidrBlock=f"10.{number + 10}.0.0/16")
    one, two = {"Network": {"CidrBlock": "10.1.0.0/16"}}, {"Network": {"CidrBlock": "10.2.0.0/16"}}
    assert not bed.report(template(one)).findings
    found = told(bed.report(template(one, two)), "Resources.")
    assert list(found) == ["Site2.Properties.Network"]
    assert "2 more are needed, 4 exist, and the quota (VPCs per Region) is 5" in found["Site2.Properties.Network"]
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value 6" in found["Site2.Properties.Network"]


def test_addresses_too_many_for_nat_gateways(bed: Bed) -> None:
    site = {"Network": {"WebSubnets": "Private"}}
    assert not bed.of_site(site).findings
    for _ in range(3):
        bed.aws("ec2").allocate_address(Domain="vpc")
    found = told(bed.of_site(site))
    assert "3 more are needed, 3 exist" in found["Network.NatGateways"]
    assert not bed.of_site({"Network": {"WebSubnets": "Private", "NatGateways": "None"}}).findings


def test_security_groups_without_room_for_the_prefix_list(bed: Bed) -> None:
    quota(bed, 50)
    assert "CloudFront's prefix list counts as 55" in told(bed.of_site(MINIMAL))["FrontDoor"]


@pytest.mark.parametrize(
    ("value", "path", "severity"),
    [(640, None, ""), (5, "MinSize", "error"), (7, "MinSize", "error"), (15, "MaxSize", "warning")],
)
def test_vcpus(bed: Bed, value: float, path: str | None, severity: str) -> None:
    answer = bed.answers["service-quotas", "get_aws_default_service_quota"]
    bed.answers["service-quotas", "get_aws_default_service_quota"] = lambda QuotaCode, **names: (  # noqa: N803
        {"Quota": {"Value": value}} if QuotaCode == "L-1216C47A" else answer(QuotaCode=QuotaCode, **names)
    )
    found = told(bed.of_site(MINIMAL))
    assert list(found) == ([f"WebServers.{path}"] if path else [])
    if path:
        assert found[f"WebServers.{path}"].startswith(
            f"{severity}: 0 vCPUs of On-Demand servers are running, and the quota is {value}"
        )


def test_vcpus_of_servers_that_run(bed: Bed) -> None:
    bed.answers["ec2", "describe_instances"] = lambda **_: {
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
    found = told(bed.of_site(MINIMAL))
    assert (
        "636 vCPUs of On-Demand servers are running, and the quota is 640; the first servers need 6 more"
        in found["WebServers.MinSize"]
    )
    servers = {"OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 0}
    assert not bed.of_site({"WebServers": servers}).findings


def test_reservation_that_leaves_other_functions_too_little(bed: Bed) -> None:
    fallback: dict[str, Any] = {"Source": {"Crawl": True}}
    site = {"DomainName": "www.example.com", "HostedZoneId": {"Fn::Sub": bed.zone()}, "Fallback": fallback}
    path = "Fallback.Source.ReservedConcurrentExecutions"
    bed.answers["service-quotas", "get_service_quota"] = lambda **_: {"Quota": {"Value": 109.0}}
    assert "10 are reserved, 100 must stay unreserved" in told(bed.of_site(site))[path]
    fallback["Source"]["ReservedConcurrentExecutions"] = 0
    assert path not in told(bed.of_site(site))
