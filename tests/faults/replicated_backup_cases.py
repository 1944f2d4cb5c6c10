"""Custom::ReplicatedBackup: finds the backups that a database is restored from. It only reads, and leaves nothing."""

import json

from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import ACCOUNT, REGION, Harness, Json

REPLICATED = "replicated"
READ = "DescribeDBInstanceAutomatedBackups"

# Where the database is whose backups RDS replicates here.
SOURCE_REGION = "us-west-2"


class ReplicatedBackupBed(Harness):
    """A Region that has replicated backups of a database, once they are `put`. Content "nonsense" is refused."""

    module = "primary_half.handler"
    resource_type = "Custom::ReplicatedBackup"
    logical_id = "SiteReplicatedBackup"
    seconds = 60
    scale = 5

    @property
    def name(self) -> str:
        """The DB instance of this case, and its stack."""
        return f"shop-{self.number}"

    def properties(self, content: str) -> Json:
        arn = f"arn:aws:rds:{SOURCE_REGION}:{ACCOUNT}:db:{self.name}"
        return {"SourceDBInstanceArn": "nowhere" if content == "nonsense" else arn}

    def put(self, what: str) -> None:
        assert what == REPLICATED
        database = {
            "DBInstanceIdentifier": self.name,
            "DBInstanceClass": "db.t4g.small",
            "Engine": "mysql",
            "AllocatedStorage": "20",
            "MasterUsername": "website",
            "MasterUserPassword": "not-a-secret",
            "BackupRetentionPeriod": 7,
            "AutomaticBackupReplicationRegion": REGION,
        }
        template = {"Resources": {"Database": {"Type": "AWS::RDS::DBInstance", "Properties": database}}}
        cloudformation = self.client("cloudformation", SOURCE_REGION)
        cloudformation.create_stack(StackName=self.name, TemplateBody=json.dumps(template))
        cloudformation.get_waiter("stack_create_complete").wait(StackName=self.name, WaiterConfig={"Delay": 1})

    def left(self) -> str:
        return "nothing"


def _replicated(trial: object) -> None:
    trial.harness.put(REPLICATED)  # type: ignore[attr-defined]


MADE = Step(CREATE, SUCCESS)
MISSING = "has no replicated backup"


def _create(fault: faults.Fault, answer: str, says: str, *more: Step) -> Case:
    return Case("Create", (Step(CREATE, answer, fault, says=says), *more), "nothing", REPLICATED)


CASES = (
    Case(
        "Create with nonsense, deleted",
        (
            Step(CREATE, FAILED, content="nonsense", says="SourceDBInstanceArn"),
            Step(DELETE, SUCCESS, content="nonsense"),
        ),
        "nothing",
    ),
    Case("Create before the first backup", (Step(CREATE, FAILED, says=MISSING), Step(DELETE, SUCCESS)), "nothing"),
    # What was found stays, and RDS is not asked.
    Case("Update", (MADE, Step(UPDATE, SUCCESS, faults.REFUSED)), "nothing", REPLICATED),
    _create(faults.NONE, SUCCESS, "", Step(AGAIN, SUCCESS)),
    _create(faults.RESET_BEFORE.at("", 3), SUCCESS, ""),
    _create(faults.RESET_AFTER.at(READ, 3), SUCCESS, ""),
    _create(faults.DELAYED.at(READ, 1), SUCCESS, ""),
    _create(error("Throttling"), FAILED, "Throttling"),
    _create(error("AccessDenied").at(READ, 2), SUCCESS, ""),
    _create(error("AccessDenied"), FAILED, "AccessDenied"),
    _create(faults.GARBAGE, FAILED, ""),
    _create(faults.TRUNCATED, FAILED, ""),
    _create(faults.TRICKLES, FAILED, ""),
    _create(faults.REFUSED, FAILED, "connect"),
    Case(
        "Create while the first backup arrives",
        (Step(CREATE, SUCCESS, meanwhile("RDS replicates a backup", _replicated).at(READ, 1)),),
        "nothing",
    ),
    _create(faults.KILLED_BEFORE.at(READ), NOTHING, "", Step(AGAIN, SUCCESS)),
    _create(faults.KILLED_AFTER.at(ANSWER), SUCCESS, "", Step(AGAIN, SUCCESS)),
    Case("Delete", (MADE, Step(DELETE, SUCCESS, faults.REFUSED), Step(AGAIN, SUCCESS)), "nothing", REPLICATED),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
)
