"""RDS Extended Support, which RDS charges for after the end of a MySQL release's standard support.

Sources: "CreateDBInstance" and "RestoreDBInstanceFromDBSnapshot", EngineLifecycleSupport, in the Amazon RDS API
Reference; "Supported MySQL major versions on Amazon RDS".
"""

from resilient_website.facts.rds import EXTENDED_SUPPORT, NO_EXTENDED_SUPPORT, STANDARD_SUPPORT_ENDED
from resilient_website.reading.property_types import Choice
from resilient_website.reading.reader import Reader

SUPPORT = Choice((EXTENDED_SUPPORT, NO_EXTENDED_SUPPORT))


def check(version: str, support: str, path: str, reader: Reader) -> None:
    """Note a release past its standard support with Extended Support disabled, which RDS does not create."""
    release = ".".join(version.split(".")[:2])
    if support == NO_EXTENDED_SUPPORT and release in STANDARD_SUPPORT_ENDED:
        reader.problem(
            f"{path}.EngineVersion",
            f"found {version}, whose standard support ended on {STANDARD_SUPPORT_ENDED[release]}: RDS creates no "
            f"database of this version while EngineLifecycleSupport is {NO_EXTENDED_SUPPORT}",
            f"write 8.4; or EngineLifecycleSupport: {EXTENDED_SUPPORT}, which RDS charges per vCPU-hour; keep it, "
            "since CloudFormation can't change it on an existing database",
            rests_on=[f"{path}.EngineLifecycleSupport"],
        )
