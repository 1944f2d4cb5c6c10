"""All that an account has, as its services have stored it: what must be the same after an update is rolled back.

Not here is what the emulator keeps in the stack alone (see emulator/resources/operations.py): drills, zonal autoshift,
and RDS's event subscriptions. Their physical ids are in the stack's list of resources.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from cli.analysis.updates.differences import ABSENT, differences
from tests.sites import Installation

Json = dict[str, Any]
Description = dict[str, Any]

EC2_TAGS = "ec2 _tags "

# What is no thing of its own: a default that is made at its first use, a health check's tags and references, which
# ministack keeps when it is gone, and what ministack counts.
NO_THING = re.compile(
    r"elasticache _param_group(s|_params) \S+ default\.|eventbridge _event_buses \S+ default$"
    r"|route53 _(tags|caller_refs|hc_caller_refs) |iam _aws_managed_attachment_counts "
)

# What a rollback may change, and why that is no difference.
IGNORED = {
    # When something was last written.
    "LastModified",
    "LastModifiedTime",
    "LastModifiedDate",
    "LastUpdatedTime",
    "LastChangedDate",
    "AlarmConfigurationUpdatedTimestamp",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "lastUpdatedDate",
    "RevisionId",
    "LatestRestorableTime",
    # When a secret was last read, and what has been logged.
    "LastAccessedDate",
    "streams",
    # CloudFront's and Route 53's versions of a configuration; WAF's, which changes with every write.
    "ETag",
    "version",
    "LockToken",
    # A launch template's rollback is another version with the data of the first one; that data is compared.
    "DefaultVersionNumber",
    "LatestVersionNumber",
    # Said of listeners and rules, which are compared; ministack notes it when a listener is written, and not of rules.
    "LoadBalancerArns",
    # A plan's version, as a launch template's.
    "VersionId",
}


def _launch_template(record: Json) -> Json:
    return {
        **record,
        "Versions": max(record["Versions"], key=lambda version: version["VersionNumber"])["LaunchTemplateData"],
    }


def _group(record: Json) -> Json:
    # The instances are the emulator's mocks, which name the template's version too.
    rest = {name: value for name, value in record.items() if name not in ("LaunchTemplate", "Instances")}
    return {**rest, "LaunchTemplateId": record.get("LaunchTemplate", {}).get("LaunchTemplateId")}


def _function(record: Json) -> Json:
    # Lambda's own states, which change half a second after an update.
    states = ("State", "LastUpdateStatus")
    return {name: value for name, value in record["config"].items() if not name.startswith(states)}


def _secret(record: Json) -> Json:
    current = [version for version in record["Versions"].values() if "AWSCURRENT" in version["Stages"]]
    texts = [version["SecretString"] for version in current]
    return {**record, "Versions": [json.loads(text) if text.startswith("{") else text for text in texts]}


def _rule(record: Json) -> Json:
    return {name: value for name, value in record.items() if name not in ("CreationTime", "CreatedBy", "ManagedBy")}


def _stack(record: Json) -> Json:
    # Whether the last operation failed, not which one it was.
    return {**record, "StackStatus": record["StackStatus"].rpartition("_")[2]}


# What is compared of some things, by their store.
COMPARED: dict[str, Callable[[Json], Json]] = {
    "cloudformation _stacks": _stack,
    "ec2 _launch_templates": _launch_template,
    "autoscaling _asgs": _group,
    "lambda_svc _functions": _function,
    "secretsmanager _secrets": _secret,
    "eventbridge _rules": _rule,
}


def described(installation: Installation) -> Description:
    """Return everything by what it is and its name."""
    answer = installation.emulator.ask("/_emulator/account-state", {"account": installation.account})
    found: Description = {}
    for title, entry in json.loads(answer).items():
        store = " ".join(title.split()[:2])
        if store == "s3 _buckets":
            found |= {f"object {_name(title)}/{key}": etag for key, etag in entry.pop("objects").items()}
        # An empty list of attributes is as none.
        if entry and not NO_THING.match(title) and not _is_deleted(entry):
            found[title] = COMPARED[store](entry) if store in COMPARED else entry
    # ministack keeps the tags of some things that are gone.
    names = {_name(title) for title in found if not title.startswith(EC2_TAGS)}
    return {title: entry for title, entry in found.items() if not title.startswith(EC2_TAGS) or _name(title) in names}


def _name(title: str) -> str:
    return title.rpartition(" ")[2]


def _is_deleted(entry: Any) -> bool:
    """Tell whether a service still has a thing that was deleted, as EC2 and CloudFormation do for a while."""
    return isinstance(entry, dict) and (
        entry.get("State") == "deleted" or entry.get("StackStatus") == "DELETE_COMPLETE"
    )


def changed(before: Description, after: Description) -> list[str]:
    """Return what differs, as `what it is: the path in its description`."""
    return [
        f"{title}: {'.'.join(each.names)}"
        for title in sorted(before.keys() | after.keys())
        if before.get(title, ABSENT) != after.get(title, ABSENT)
        for each in differences(_plain(before.get(title, ABSENT)), _plain(after.get(title, ABSENT)))
    ]


def _plain(value: Any) -> Any:
    """Return a value without what may change, its lists in one order."""
    if isinstance(value, dict):
        return {name: _plain(value[name]) for name in sorted(value) if name not in IGNORED and value[name] is not None}
    if isinstance(value, list | tuple):
        return sorted(
            (_plain(entry) for entry in value), key=lambda entry: json.dumps(entry, default=str, sort_keys=True)
        )
    return value
