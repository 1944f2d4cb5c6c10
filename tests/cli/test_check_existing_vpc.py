"""`check`: a VPC that exists, and the subnets that the site is to use there."""

from tests.cli.checking_harness import ZONES, Harness, reported, template
from tests.cli.existing_vpc import Vpc


def test_vpc_that_exists(harness: Harness) -> None:
    report = harness.of_site(Vpc(harness).network())
    assert (report.findings, report.not_checked) == ((), ())


def test_two_web_subnets_in_one_zone_are_an_error_with_shared_files_only(harness: Harness) -> None:
    vpc = Vpc(harness)
    site = vpc.network(WebSubnetIds=[vpc.private[0], vpc.public[0], vpc.private[1]])
    assert reported(harness.of_site(site))["Network.WebSubnetIds"].startswith("warning: several subnets")
    found = reported(harness.of_site({**site, "Files": True}))["Network.WebSubnetIds"]
    assert found.startswith("error: several subnets")
    assert "Files has one mount target per zone" in found


def test_vpc_and_subnets_that_are_not_there(harness: Harness) -> None:
    vpc = Vpc(harness)
    assert "Network.VpcId" in reported(harness.of_site(vpc.network(VpcId="vpc-01234567")))
    default = harness.aws("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][
        0
    ]
    changed = [vpc.private[0], "subnet-01234567", default["SubnetId"]]
    found = reported(harness.of_site(vpc.network(WebSubnetIds=changed)))
    assert list(found) == ["Network.WebSubnetIds[1]", "Network.WebSubnetIds[2]"]
    assert found["Network.WebSubnetIds[1]"].startswith("error: us-east-1 has no subnet subnet-01234567")
    assert f"is in {default['VpcId']}, not in {vpc.id}" in found["Network.WebSubnetIds[2]"]


def test_zones_of_subnets_that_are_not_there_are_not_guessed(harness: Harness) -> None:
    """The error is the subnet. That a class is in none of the zones, or in too few, would only be a consequence."""
    vpc = Vpc(harness)
    for subnets in (["subnet-01234567", "subnet-01234568"], [vpc.private[0], "subnet-01234567"]):
        report = harness.of_site(vpc.network(DatabaseSubnetIds=subnets, WebSubnetIds=subnets))
        assert all(".Network." in each.path for each in report.findings), report.findings
        unchecked = {each.path.rpartition(".")[2]: each.why for each in report.not_checked}
        assert unchecked["DBInstanceClass"] == unchecked["InstanceType"] == "a subnet does not exist"


def test_subnets_without_a_zone_of_their_own(harness: Harness) -> None:
    vpc = Vpc(harness)
    doubled = [vpc.public[0], vpc.private[0]]
    found = reported(harness.of_site(vpc.network(DatabaseSubnetIds=doubled)))
    assert found["Network.DatabaseSubnetIds"].startswith("error: all subnets are in us-east-1a")
    report = harness.of_site(vpc.network(WebSubnetIds=[*vpc.private, vpc.public[0]]))
    assert reported(report)["Network.WebSubnetIds"].startswith("warning: several subnets are in us-east-1a")
    assert report.ok
    public = harness.of_site(vpc.network(PublicSubnetIds=[*vpc.public, vpc.private[0]]))
    assert "a load balancer takes one per zone" in reported(public)["Network.PublicSubnetIds"]


def test_public_subnets_that_are_not_public_or_full_or_without_ipv6(harness: Harness) -> None:
    vpc = Vpc(harness)
    found = reported(harness.of_site(vpc.network(PublicSubnetIds=vpc.private, DatabaseSubnetIds=vpc.public)))
    assert list(found) == [f"Network.PublicSubnetIds[{number}]" for number in range(3)]
    assert "has no route to an internet gateway" in found["Network.PublicSubnetIds[0]"]
    found = reported(harness.of_site(vpc.network(Ipv6=True)))
    assert list(found) == [f"Network.PublicSubnetIds[{number}]" for number in range(3)]
    assert "has no IPv6 block" in found["Network.PublicSubnetIds[0]"]
    full = vpc._subnet(harness, 0, ZONES[3], "10.8.9.0/28")
    ec2 = harness.aws("ec2")
    for _ in range(5):
        ec2.create_network_interface(SubnetId=full)
    found = reported(harness.of_site(vpc.network(PublicSubnetIds=[*vpc.public, full])))
    assert "addresses left; a load balancer needs 8" in found["Network.PublicSubnetIds[3]"]


def test_subnets_from_parameters_without_a_value_are_not_checked(harness: Harness) -> None:
    network = Vpc(harness).network(WebSubnetIds=[{"Ref": "One"}, {"Ref": "Two"}])
    made = template(network, Parameters={name: {"Type": "String"} for name in ("One", "Two")})
    unchecked = {
        each.path.removeprefix("Resources.Site.Properties.Network.") for each in harness.report(made).not_checked
    }
    assert {"WebSubnetIds[0]", "WebSubnetIds[1]"} <= unchecked
