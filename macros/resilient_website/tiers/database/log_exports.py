"""MySQL logs exported to CloudWatch, and the settings without which they stay empty.

Source: "MySQL database log files" and "Publishing MySQL logs to Amazon CloudWatch Logs" in the Amazon RDS guide.
"""

from collections.abc import Mapping
from typing import Any

from resilient_website.problems import shown
from resilient_website.reading.reader import Reader
from resilient_website.tiers.database.spec import DatabaseSpec

# The parameters that turn on a log file, with the required values.
WRITTEN_BY = {
    "slowquery": {"slow_query_log": "1", "log_output": "FILE"},
    "general": {"general_log": "1", "log_output": "FILE"},
}

# Settings that only Overrides can provide: the property and its required value.
NEEDED = {
    "audit": ("OptionGroupName", "an option group with MARIADB_AUDIT_PLUGIN"),
    "iam-db-auth-error": ("EnableIAMDatabaseAuthentication", "true"),
}
OFF = (None, "", False, "false")


def check(spec: DatabaseSpec, overridden: Mapping[str, Any], path: str, reader: Reader) -> None:
    """Note an exported log that would stay empty. `overridden` are the Overrides of the database."""
    for log in spec.log_exports:
        for name, wanted in WRITTEN_BY.get(log, {}).items():
            value = (spec.parameters or {}).get(name, wanted)
            if isinstance(value, str) and value.upper() != wanted:
                found = f"found {shown(value)}, but EnableCloudwatchLogsExports has {log}, which would stay empty"
                fix = f"write {wanted!r}, or EnableCloudwatchLogsExports without {log}"
                reader.problem(
                    f"{path}.Parameters.{name}", found, fix, rests_on=[f"{path}.EnableCloudwatchLogsExports"]
                )
        name, value = NEEDED.get(log, ("", ""))
        if name and overridden.get(name) in OFF:
            found = f"found {log}, which stays empty without {name}: {value}"
            fix = f"write that in Overrides: {{Database: {{{name}: ...}}}}, or leave {log} out"
            reader.problem(f"{path}.EnableCloudwatchLogsExports", found, fix)
