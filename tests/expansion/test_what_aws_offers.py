"""Types of databases, cache nodes and Regions: the macro refuses what the linter's lists, from AWS's prices, lack."""

import json
from pathlib import Path
from typing import Any

import cfnlint.data.schemas.extensions.aws_elasticache_cachecluster as cache_data
import cfnlint.data.schemas.extensions.aws_rds_dbinstance as database_data
import pytest

from resilient_website.facts.burstable_types import REGIONS_WITHOUT_T4G
from resilient_website.facts.regions import REGIONS
from resilient_website.tiers.cache import CacheSpec
from resilient_website.tiers.cache.engines import is_offered
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.database.classes import has_mysql
from tests.expansion.one_site import DOMAIN, refused

Json = dict[str, Any]


def test_classes_are_refused_exactly_where_no_mysql_8_has_them() -> None:
    rows = json.loads(Path(database_data.__file__).with_name("db_instance_class.json").read_text("utf-8"))["allOf"]
    named: dict[bool, set[str]] = {True: set(), False: set()}
    for row in rows:
        of = row["if"]["properties"]
        is_mysql = of["Engine"]["const"] == "mysql" and of["EngineVersion"]["pattern"].startswith(r"^(8\.")
        named[is_mysql].update(row["then"]["properties"]["DBInstanceClass"]["enum"])
    assert {each for each in named[True] if not has_mysql(each)} == set()
    # New families have Oracle or SQL Server before MySQL, and MySQL 5.7 had older ones.
    without = {each.split(".")[1] for each in named[False] - named[True]} - {"m8i", "r8i"}
    assert {each for each in named[False] if each.split(".")[1] in without and has_mysql(each)} <= named[True]


def test_nodes_that_are_offered_are_taken() -> None:
    text = Path(cache_data.__file__).with_name("cachenodetype_enum.json").read_text("utf-8")
    named = {each for row in json.loads(text).values() if isinstance(row, dict) for each in row.get("enum", [])}
    assert "cache.t4g.small" in named
    # The linter's list still has the generation of which no new nodes are created.
    assert {each.split(".")[1] for each in named if not is_offered(each)} == {"t2"}


ELSEWHERE = {"LoadBalancer": {"CloudFrontPrefixListId": "None"}}


@pytest.mark.parametrize(
    ("properties", "region", "path"),
    [
        ({}, "ca-west-1", "Database.DBInstanceClass: found db.t4g.small, which RDS doesn't offer in ca-west-1"),
        (
            {
                "Database": {
                    "DBInstanceClass": "db.t3.small",
                    "ReadReplicas": 1,
                    "ReplicaDBInstanceClass": "db.t4g.small",
                }
            },
            "ca-west-1",
            "Database.ReplicaDBInstanceClass: found db.t4g.small",
        ),
        ({"Cache": True}, "me-south-1", "Cache.CacheNodeType: found cache.t4g.small"),
        (
            {**DOMAIN, "Secondary": {"Region": "ca-west-1"}},
            "ca-central-1",
            "Database.DBInstanceClass: found db.t4g.small",
        ),
    ],
    ids=["default", "replica", "cache", "copy"],
)
def test_default_types_are_refused_where_a_region_lacks_them(properties: Json, region: str, path: str) -> None:
    assert [each[: len(path)] for each in refused({**ELSEWHERE, **properties}, region)] == [path]


def test_other_types_are_taken_there() -> None:
    site = {**ELSEWHERE, "Database": {"DBInstanceClass": "db.t3.small"}, "Cache": {"CacheNodeType": "cache.t3.small"}}
    assert [refused(site, region) for region in ("ca-west-1", "me-central-1", "me-south-1")] == [[], [], []]


def test_regions_without_the_default_types_are_those_of_the_linter() -> None:
    databases = json.loads(Path(database_data.__file__).with_name("dbinstanceclass_enum.json").read_text("utf-8"))
    nodes = json.loads(Path(cache_data.__file__).with_name("cachenodetype_enum.json").read_text("utf-8"))

    def classes(region: str) -> set[str]:
        rows = [row for row in databases[region]["allOf"] if row["if"]["properties"]["Engine"]["const"] == "mysql"]
        return {each for row in rows for each in row["then"]["properties"]["DBInstanceClass"]["enum"]}

    assert {
        "RDS": tuple(region for region in REGIONS if DatabaseSpec().instance_class not in classes(region)),
        "ElastiCache": tuple(region for region in REGIONS if CacheSpec().node_type not in nodes[region]["enum"]),
    } == REGIONS_WITHOUT_T4G
