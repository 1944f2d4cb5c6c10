"""Reads the properties of Custom::PrimaryHalf, Custom::ReplicatedDatabase and Custom::ReplicatedBackup."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import REGION, Table, boolean, matching, read_all

_PATH = r"/resilient-website/[A-Za-z][A-Za-z0-9-]{0,127}/[A-Za-z0-9]{1,64}"


@dataclass(frozen=True)
class Wanted:
    """The path of the values in Parameter Store, the names of those that a half needs, and their Region.

    An empty Region is the function's own. The digest only makes CloudFormation read anew. `promoted` is whether the
    half has a database that takes writes, which only an update of its replica can make.
    """

    path: str
    names: tuple[str, ...]
    digest: str
    region: str
    promoted: bool = False

    @property
    def stack(self) -> str:
        """The name of the stack."""
        return self.path.split("/")[2]

    @property
    def site(self) -> str:
        """The logical id of the site."""
        return self.path.split("/")[3]


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise ValueError("write a list of names")
    return tuple(value)


def _region(value: Any) -> str:
    if value and not re.fullmatch(REGION, str(value)):
        raise ValueError("write the name of a Region")
    return str(value)


# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "Path": ("path", matching(_PATH, "write /resilient-website/<stack>/<site>"), None),
    "Names": ("names", _names, None),
    "Digest": ("digest", str, ""),
    "Region": ("region", _region, ""),
    "PromotedDatabase": ("promoted", boolean, "false"),
}


# Those of Custom::ReplicatedDatabase.
OF_DATABASE: Table = {
    "Database": ("database", matching(r"[A-Za-z][A-Za-z0-9-]{0,62}", "write the DB instance's identifier"), None),
}


# Those of Custom::ReplicatedBackup.
OF_BACKUP: Table = {
    "SourceDBInstanceArn": (
        "database_arn",
        matching(r"arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:db:[A-Za-z][A-Za-z0-9-]{0,62}", "write a DB instance's ARN"),
        None,
    ),
}


def read_backup(properties: Mapping[str, Any]) -> str:
    """Return the ARN of the DB instance whose backups a request looks for. Raises InvalidPropertiesError."""
    return str(read_all(properties, OF_BACKUP)["database_arn"])


def read_database(properties: Mapping[str, Any]) -> str:
    """Return the DB instance that a request's ResourceProperties guard. Raises InvalidPropertiesError."""
    return str(read_all(properties, OF_DATABASE)["database"])


def read(properties: Mapping[str, Any]) -> Wanted:
    """Return what a request's ResourceProperties ask for. Raises InvalidPropertiesError."""
    return Wanted(**read_all(properties, PROPERTIES))
