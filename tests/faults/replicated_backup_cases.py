"""Custom::ReplicatedBackup: finds the backups that a database is restored from. It only reads, and leaves nothing."""

import json

from tests.faults import faults
from tests.faults.cases import SUCCESS, UPDATE, Case, Step
from tests.faults.faults import error
from tests.faults.harness import ACCOUNT, REGION, Harness, Json
from tests.faults.reading_cases import CREATED, Reading

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


READING = Reading(READ, REPLICATED, "has no replicated backup", "SourceDBInstanceArn", "Throttling", "AccessDenied")
CASES = (
    *READING.cases(),
    READING.create(error("AccessDenied").at(READ, 2), SUCCESS, ""),
    # What was found stays, and RDS is not asked.
    Case("Update", (CREATED, Step(UPDATE, SUCCESS, faults.REFUSED)), "nothing", REPLICATED),
)
