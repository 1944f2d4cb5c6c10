"""What the emulator adds for the commands of a person on call, where it refuses as AWS does."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.emulator.endpoint import Emulator

ACCOUNT = "100000000077"


@pytest.fixture(scope="module")
def balancer(emulator: Emulator) -> Iterator[str]:
    """Return the ARN of a load balancer in two zones."""
    ec2, elbv2 = emulator.client("ec2", ACCOUNT), emulator.client("elbv2", ACCOUNT)
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{letter}")
        for number, letter in enumerate("ab")
    ]
    ids = [made["Subnet"]["SubnetId"] for made in subnets]
    arn = str(elbv2.create_load_balancer(Name="shifted", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"])
    yield arn
    elbv2.delete_load_balancer(LoadBalancerArn=arn)


def shift(emulator: Emulator, arn: str, zone: str) -> Any:
    client = emulator.client("arc-zonal-shift", ACCOUNT)
    return client.start_zonal_shift(resourceIdentifier=arn, awayFrom=zone, expiresIn="6h", comment="tests")


def active(emulator: Emulator) -> list[str]:
    client = emulator.client("arc-zonal-shift", ACCOUNT)
    return [found["zonalShiftId"] for found in client.list_zonal_shifts(status="ACTIVE").get("items", [])]


def test_traffic_is_shifted_away_from_one_zone_at_a_time_until_it_is_canceled(
    emulator: Emulator, balancer: str
) -> None:
    for zone in ("use1-az3", "us-east-1a"):
        with pytest.raises(ClientError, match="ValidationException"):
            shift(emulator, balancer, zone)
    started = shift(emulator, balancer, "use1-az1")["zonalShiftId"]
    with pytest.raises(ClientError, match="ConflictException"):
        shift(emulator, balancer, "use1-az2")
    assert active(emulator) == [started]
    emulator.client("arc-zonal-shift", ACCOUNT).cancel_zonal_shift(zonalShiftId=started)
    assert active(emulator) == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        shift(emulator, f"{balancer}x", "use1-az1")


def test_group_replaces_what_is_terminated_and_only_its_own(emulator: Emulator) -> None:
    client = emulator.client("autoscaling", ACCOUNT)
    client.create_launch_configuration(LaunchConfigurationName="c", ImageId="ami-1", InstanceType="t4g.small")
    sizes = {"MinSize": 1, "MaxSize": 3, "DesiredCapacity": 2}
    client.create_auto_scaling_group(
        AutoScalingGroupName="g", LaunchConfigurationName="c", AvailabilityZones=["us-east-1a", "us-east-1b"], **sizes
    )

    def instances() -> list[tuple[str, str]]:
        (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=["g"])["AutoScalingGroups"]
        return [(found["InstanceId"], found["AvailabilityZone"]) for found in group["Instances"]]

    before = instances()
    client.terminate_instance_in_auto_scaling_group(InstanceId=before[0][0], ShouldDecrementDesiredCapacity=False)
    after = instances()
    assert (after[1], after[0][1]) == (before[1], before[0][1])
    assert after[0][0] != before[0][0]
    client.start_instance_refresh(AutoScalingGroupName="g")
    assert not set(instances()) & set(after)
    client.terminate_instance_in_auto_scaling_group(InstanceId=instances()[0][0], ShouldDecrementDesiredCapacity=True)
    assert len(instances()) == 1
    with pytest.raises(ClientError, match="ValidationError"):
        client.terminate_instance_in_auto_scaling_group(InstanceId="i-0", ShouldDecrementDesiredCapacity=False)


def test_database_is_restored_beside_its_source_and_takes_its_name(emulator: Emulator) -> None:
    rds = emulator.client("rds", ACCOUNT)
    made = {"DBInstanceClass": "db.t4g.small", "Engine": "mysql", "MasterUsername": "u", "AllocatedStorage": 20}
    rds.create_db_instance(DBInstanceIdentifier="own", MasterUserPassword="password", **made)

    def described(name: str) -> Any:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        return found

    def restore(source: str) -> None:
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=source, TargetDBInstanceIdentifier="new", UseLatestRestorableTime=True
        )

    old = described("own")
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        restore("none")
    restore("own")
    new = described("new")
    assert new["DbiResourceId"] != old["DbiResourceId"]
    with pytest.raises(ClientError, match="DBInstanceAlreadyExists"):
        restore("own")
    for name, to in (("own", "kept"), ("new", "own")):
        rds.modify_db_instance(DBInstanceIdentifier=name, NewDBInstanceIdentifier=to, ApplyImmediately=True)
    assert described("own")["DbiResourceId"] == new["DbiResourceId"]
    assert described("own")["DBInstanceArn"] == old["DBInstanceArn"]
    assert described("kept")["DbiResourceId"] == old["DbiResourceId"]
    (backup,) = rds.describe_db_instance_automated_backups(DbiResourceId=old["DbiResourceId"])[
        "DBInstanceAutomatedBackups"
    ]
    assert backup["RestoreWindow"]["EarliestTime"] <= backup["RestoreWindow"]["LatestTime"]
