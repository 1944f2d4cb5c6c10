"""RDS Extended Support, which RDS charges for after the end of a MySQL release's standard support.

Sources: "CreateDBInstance" and "RestoreDBInstanceFromDBSnapshot", EngineLifecycleSupport, in the Amazon RDS API
Reference; "Supported MySQL major versions on Amazon RDS".
"""

from resilient_website.reading.property_types import Choice
from resilient_website.reading.reader import Reader

EXTENDED = "open-source-rds-extended-support"
DISABLED = "open-source-rds-extended-support-disabled"
SUPPORT = Choice((EXTENDED, DISABLED))

# The last day of standard support, by release; only past dates, since the macro has no clock.
ENDED = {"8.0": "2026-07-31"}


def check(version: str, support: str, path: str, reader: Reader) -> None:
    """Note a release past its standard support with Extended Support disabled, which RDS does not create."""
    release = ".".join(version.split(".")[:2])
    if support == DISABLED and release in ENDED:
        reader.problem(
            f"{path}.EngineVersion",
            f"found {version}, whose standard support ended on {ENDED[release]}: RDS creates no database of this "
            f"version while EngineLifecycleSupport is {DISABLED}",
            f"write 8.4; or EngineLifecycleSupport: {EXTENDED}, which RDS charges per vCPU-hour; keep it, since "
            "CloudFormation can't change it on an existing database",
            rests_on=[f"{path}.EngineLifecycleSupport"],
        )
