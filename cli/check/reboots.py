"""RDS: a database with parameters pending a reboot, which the next update that changes it triggers."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, warning
from cli.check.site import Site
from cli.deployed.databases import NO_INSTANCE
from resilient_website.tiers.database.instances import PRIMARY

PENDING = "pending-reboot"


def pending(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of pending static parameters: any update of the database reboots it.

    Source: DescribeDBInstances, ParameterApplyStatus; "Modifying parameters in a DB parameter group" in the Amazon RDS
    guide.
    """
    resource = site.stack.resources(aws).get(site.name + PRIMARY)
    if resource is None or site.spec.database is None:
        return
    name = str(resource["PhysicalResourceId"])
    answer = aws.find("rds", "describe_db_instances", missing=NO_INSTANCE, DBInstanceIdentifier=name)
    for database in (answer or {}).get("DBInstances", []):
        if any(group.get("ParameterApplyStatus") == PENDING for group in database.get("DBParameterGroups", [])):
            found = f"parameters of {name} are pending a reboot, which the next update of the database triggers"
            advice = f"reboot it at a time of your choice: aws rds reboot-db-instance --db-instance-identifier {name}"
            yield warning(site.at("Database.Parameters"), found, advice)
