"""MySQL parameters that RDS rejects: those that it sets itself, and invalid values.

Of the hundreds of parameters, those that people set. Sources: "Parameters for MySQL" and "Known issues and limitations
for Amazon RDS for MySQL" in the Amazon RDS User Guide; "Server System Variables" in the MySQL 8.4 Reference Manual.
"""

import re
from collections.abc import Mapping
from typing import Any

from resilient_website.facts.rds import CREATION_PARAMETER
from resilient_website.problems import allowing, shown
from resilient_website.reading.reader import Reader
from resilient_website.reading.units import in_bytes

# Parameters that RDS sets itself and marks as not modifiable.
FIXED = frozenset(
    (
        *("basedir", "datadir", "tmpdir", "plugin_dir", "port", "socket", "pid_file", "server_id", "server_uuid"),
        *("log_bin", "log_bin_basename", "log_error", "general_log_file", "slow_query_log_file", "relay_log"),
        *("innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_data_file_path", "innodb_undo_directory"),
        *("secure_file_priv", "skip_grant_tables", "bind_address", "user", "character_sets_dir", "super_read_only"),
    )
)

# Parameters that a release no longer has, by the release that removed them. RDS accepts only the names of a parameter
# group's family. Source: "Server and Status Variables and Options Added, Deprecated, or Removed" in the MySQL 8.0 and
# 8.4 Reference Manuals.
REMOVED = {
    "8.0": frozenset(
        (
            *("query_cache_limit", "query_cache_min_res_unit", "query_cache_size", "query_cache_type"),
            *("query_cache_wlock_invalidate", "innodb_file_format", "innodb_file_format_check"),
            *("innodb_file_format_max", "innodb_large_prefix", "innodb_checksums", "innodb_locks_unsafe_for_binlog"),
            *("innodb_stats_sample_pages", "innodb_support_xa", "innodb_undo_logs", "log_warnings"),
            *("max_tmp_tables", "old_passwords", "secure_auth", "sync_frm", "tx_isolation", "tx_read_only"),
            *("date_format", "datetime_format", "time_format", "metadata_locks_cache_size"),
        )
    ),
    "8.4": frozenset(
        (
            *("default_authentication_plugin", "expire_logs_days", "avoid_temporal_upgrade", "show_old_temporals"),
            *("binlog_transaction_dependency_tracking", "transaction_write_set_extraction"),
            *("master_info_repository", "relay_log_info_repository", "slave_rows_search_algorithms"),
            *("log_bin_use_v1_row_events", "old"),
        )
    ),
}

SWITCHES = frozenset(
    (
        *("slow_query_log", "general_log", "require_secure_transport", "log_queries_not_using_indexes"),
        *("innodb_print_all_deadlocks", "performance_schema", "local_infile", "log_bin_trust_function_creators"),
        *("innodb_file_per_table", "explicit_defaults_for_timestamp", "log_slow_extra", "innodb_deadlock_detect"),
    )
)
CHOICES = {
    "log_output": ("TABLE", "FILE", "NONE"),
    "event_scheduler": ("ON", "OFF"),
    "binlog_format": ("ROW", "STATEMENT", "MIXED"),
    "binlog_row_image": ("full", "minimal", "noblob"),
    "transaction_isolation": ("READ-UNCOMMITTED", "READ-COMMITTED", "REPEATABLE-READ", "SERIALIZABLE"),
}
RANGES = {
    "max_connections": (1, 100_000),
    "wait_timeout": (1, 31_536_000),
    "interactive_timeout": (1, 31_536_000),
    "connect_timeout": (2, 31_536_000),
    "max_allowed_packet": (1024, 1_073_741_824),
    "innodb_lock_wait_timeout": (1, 1_073_741_824),
    "long_query_time": (0, 31_536_000),
    "lock_wait_timeout": (1, 31_536_000),
    "group_concat_max_len": (4, 18_446_744_073_709_551_615),
}

# Source: "Local time zone for MySQL DB instances" in the Amazon RDS User Guide.
TIME_ZONE = r"[A-Z][A-Za-z]+(/[A-Za-z_]+)*"

# RDS accepts formulas of the instance's size. Source: "Specifying DB parameters" in the Amazon RDS User Guide.
FORMULAS = ("{", "GREATEST(", "LEAST(", "SUM(")


def check(parameters: Mapping[str, Any], version: str, path: str, reader: Reader) -> None:
    """Note unknown and unmodifiable parameters, those that the version of MySQL lacks, and invalid values."""
    for name, value in parameters.items():
        where = f"{path}.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9_.-]*", name):
            plain = name.strip().lower()
            guess = f"did you mean {plain}? " if re.fullmatch(r"[a-z][a-z0-9_.-]*", plain) else ""
            fix = f"{guess}write the name of a MySQL parameter in lower case, as in max_connections"
            reader.problem(where, f"found the name {shown(name)}", fix)
        elif name in FIXED:
            reader.problem(
                where, "found a parameter that RDS sets itself and doesn't allow to be changed", "leave it out"
            )
        elif _removed_in(name, version):
            found = f"found a parameter that MySQL {_removed_in(name, version)} removed, and that RDS therefore refuses"
            reader.problem(where, found, "leave it out, or use what the MySQL Reference Manual names in its place")
        elif name == CREATION_PARAMETER:
            found = "found a parameter that MySQL 8 accepts only when a database is created"
            reader.problem(where, found, "leave it out, and write table names in lower case")
        elif isinstance(value, str) and not value.upper().startswith(FORMULAS):
            _check_value(name, value, where, reader)


def _removed_in(name: str, version: str) -> str | None:
    """Return the release that removed a parameter, if a version has it no longer."""
    releases = [release for release in REMOVED if _number(release) <= _number(version)[:2]]
    return next((release for release in releases if name in REMOVED[release]), None)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))


def _check_value(name: str, value: str, path: str, reader: Reader) -> None:
    """Check a literal value of a MySQL parameter: its choices, its unit and its range."""
    choices = ("0", "1") if name in SWITCHES else CHOICES.get(name)
    if choices is not None and value not in choices:
        meant = {"on": "1", "true": "1", "yes": "1", "off": "0", "false": "0", "no": "0"}.get(value.lower())
        likely = next((each for each in choices if each.lower() == value.lower()), meant)
        guess = f"did you mean {likely}? " if likely in choices else ""
        reader.problem(path, f"found {shown(value)}", allowing(" or ".join(choices), guess))
    size = in_bytes(value)
    if size is not None or re.fullmatch(r"\d{1,9} ?%", value):
        guess = f"did you mean {size}? " if size is not None else ""
        fix = f"{guess}write a number without a unit, or a formula, as in {{DBInstanceClassMemory*3/4}}"
        reader.problem(path, f"found {shown(value)}, a number with a unit, which RDS doesn't read", fix)
    elif name == "time_zone" and not re.fullmatch(TIME_ZONE, value):
        fix = "write the name of a time zone, as in Europe/Berlin or UTC"
        reader.problem(path, f"found {shown(value)}, but RDS accepts no offsets", fix)
    elif name in RANGES:
        least, most = RANGES[name]
        number = float(value) if re.fullmatch(r"-?\d{1,20}(\.\d{1,6})?", value) else None
        if number is None or not least <= number <= most:
            reader.problem(path, f"found {shown(value)}", allowing(f"a number from {least} to {most}"))
