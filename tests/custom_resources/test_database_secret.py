"""The rotation of a database's password, step by step and fault by fault: RDS changes first, then the secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.rotated_site import Secret, bystander, template
from tests.custom_resources.rotation_process import TOO_SHORT, RotationProcess
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks

ACCOUNT = "200000000032"
EXCLUDED = set("/@\"'\\ `$")


@dataclass(frozen=True)
class Database:
    """The deployed database and its secret."""

    name: str
    secret: Secret
    stack: str
    rds: Any

    def status(self) -> str:
        return str(self.described()["DBInstanceStatus"])

    def described(self) -> Any:
        return self.rds.describe_db_instances(DBInstanceIdentifier=self.name)["DBInstances"][0]


@pytest.fixture(scope="module")
def database(emulator: Emulator) -> Database:
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    stack = Stacks(emulator, ACCOUNT).create("site", template(function, function, bystander()))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    secret = Secret(emulator, ACCOUNT, stack["Values"]["DatabaseSecret"])
    values = stack["Values"]
    return Database(values["Database"], secret, values["Stack"], emulator.client("rds", ACCOUNT))


@pytest.fixture
def aws(emulator: Emulator) -> Iterator[FaultyAws]:
    with FaultyAws(emulator) as faulty:
        yield faulty


@pytest.fixture
def rotate(database: Database, aws: FaultyAws) -> Iterator[RotationProcess]:
    yield RotationProcess("database_secret", aws, ACCOUNT, database.secret, database.stack)
    database.secret.give_up()


def reported(aws: FaultyAws) -> list[str]:
    """Return the passwords that RDS received."""
    bodies = [parse_qs(body) for operation, body in aws.passed if operation == "ModifyDBInstance"]
    assert all(body["ApplyImmediately"] == ["true"] for body in bodies)
    return [body["MasterUserPassword"][0] for body in bodies]


def test_rotation(database: Database, aws: FaultyAws, rotate: RotationProcess) -> None:
    before = database.secret.fields()
    version = database.secret.start()
    assert rotate(version, "createSecret", "setSecret"), rotate.log
    assert database.secret.fields() == before
    assert "MasterUserPassword" in database.described()["PendingModifiedValues"]
    assert rotate(version, "testSecret", "finishSecret"), rotate.log
    assert database.status() == "available"
    assert database.described()["PendingModifiedValues"] == {}
    after = database.secret.fields()
    assert reported(aws) == [after["password"]]
    assert {**after, "password": ""} == {**before, "password": ""}
    assert after["password"] != before["password"]
    assert len(after["password"]) == 32
    assert not EXCLUDED & set(after["password"])
    assert database.secret.fields("AWSPREVIOUS") == before


@pytest.mark.parametrize("operation", ["PutSecretValue", "ModifyDBInstance", "UpdateSecretVersionStage"])
def test_cut_off_and_repeated(database: Database, aws: FaultyAws, rotate: RotationProcess, operation: str) -> None:
    version = database.secret.start()
    aws.cut = operation
    assert not rotate(version)
    assert aws.passed[-1][0] == operation
    aws.cut = ""
    assert rotate(version), rotate.log
    assert "AWSCURRENT" in database.secret.stages(version)
    assert set(reported(aws)) == {database.secret.fields()["password"]}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("DescribeDBInstances", "AccessDenied"),
        ("ModifyDBInstance", "AccessDenied"),
        ("ModifyDBInstance", "InvalidDBInstanceState"),
    ],
)
def test_refused(database: Database, aws: FaultyAws, rotate: RotationProcess, operation: str, code: str) -> None:
    before = database.secret.fields()
    version = database.secret.start()
    aws.errors[operation] = [code]
    rotate.seconds = TOO_SHORT
    assert not rotate(version)
    assert f"{operation} failed: {code}." in rotate.log
    assert reported(aws) == []
    assert database.secret.fields() == before


def test_throttled_for_a_while(database: Database, aws: FaultyAws, rotate: RotationProcess) -> None:
    aws.errors["ModifyDBInstance"] = aws.errors["DescribeDBInstances"] = ["Throttling"]
    version = database.secret.start()
    assert rotate(version), rotate.log
    assert "AWSCURRENT" in database.secret.stages(version)


def test_waiting_ends_before_the_function_does(database: Database, aws: FaultyAws) -> None:
    before = database.secret.fields()
    version = database.secret.start()
    hurried = RotationProcess("database_secret", aws, ACCOUNT, database.secret, database.stack, seconds=18)
    assert not hurried(version)
    assert (
        f"The database {database.name} is resetting-master-credentials and its new password is pending" in hurried.log
    )
    assert database.secret.fields() == before
    patient = RotationProcess("database_secret", aws, ACCOUNT, database.secret, database.stack)
    assert patient(version), patient.log
    assert database.secret.fields()["password"] == reported(aws)[-1]


def test_stopped_database(database: Database, aws: FaultyAws, rotate: RotationProcess) -> None:
    version = database.secret.start()
    database.rds.stop_db_instance(DBInstanceIdentifier=database.name)
    try:
        assert not rotate(version)
        assert f"The database {database.name} is stopped; a rotation requires it to be available." in rotate.log
        assert reported(aws) == []
    finally:
        database.rds.start_db_instance(DBInstanceIdentifier=database.name)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('{"username": "website", "password": "p4ssw0rd-of-old"}', "has no dbInstanceIdentifier."),
        (
            '{"username": "other", "password": "p4ssw0rd-of-old", "dbInstanceIdentifier": "%s"}',
            "is not the master user",
        ),
        (
            '{"username": "website", "password": "p4ssw0rd-of-old", "dbInstanceIdentifier": "neighbours-database"}',
            "names the database neighbours-database, but the stack's is ",
        ),
        ('["p4ssw0rd-of-old"]', "is not a JSON object"),
        ("p4ssw0rd-of-old", "is not a JSON object"),
    ],
)
def test_other_values(database: Database, aws: FaultyAws, rotate: RotationProcess, value: str, problem: str) -> None:
    database.secret.give_up()
    before, secrets = database.secret.value(), database.secret.secrets
    text = value.replace("%s", database.name)
    secrets.put_secret_value(SecretId=database.secret.arn, SecretString=text)
    try:
        version = database.secret.start()
        assert not rotate(version)
        assert problem in rotate.log
        assert "p4ssw0rd" not in rotate.log
        assert reported(aws) == []
        assert database.secret.value() == text
    finally:
        secrets.put_secret_value(SecretId=database.secret.arn, SecretString=before)


def test_secret_of_another_stack(database: Database, aws: FaultyAws, emulator: Emulator) -> None:
    """A neighbour's secret that names this site's database: it is not read, and RDS is not asked for anything."""
    secrets = emulator.client("secretsmanager", ACCOUNT)
    function = secrets.describe_secret(SecretId=database.secret.arn)["RotationLambdaARN"]
    value = {"username": "website", "password": "Chosen-By-A-Neighbour-1", "dbInstanceIdentifier": database.name}
    tag = {"Key": "resilient-website:macro", "Value": "ResilientWebsite"}
    made = secrets.create_secret(Name="neighbours-DatabaseSecret", SecretString=json.dumps(value), Tags=[tag])["ARN"]
    version = secrets.rotate_secret(SecretId=made, RotationLambdaARN=function)["VersionId"]
    rotate = RotationProcess("database_secret", aws, ACCOUNT, Secret(emulator, ACCOUNT, made), database.stack)
    assert not rotate(version)
    assert f"{made} is not the DatabaseSecret of a site in this function's stack" in rotate.log
    assert [operation for operation, _ in aws.passed] == ["ListStackResources"]
    assert "MasterUserPassword" not in database.described()["PendingModifiedValues"]


def test_database_that_is_gone(database: Database, aws: FaultyAws, rotate: RotationProcess) -> None:
    version = database.secret.start()
    aws.errors["DescribeDBInstances"] = ["DBInstanceNotFound"]
    assert not rotate(version)
    assert "DescribeDBInstances failed: DBInstanceNotFound." in rotate.log
