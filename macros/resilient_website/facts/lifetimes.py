"""When AWS stops supporting what sites use, with the day on which each date was last compared with its source.

Source: each row has its own. Only the command `doctor` reads this: no expansion depends on a date.
"""

from datetime import date
from typing import NamedTuple

from resilient_website.facts.rds import STANDARD_SUPPORT_ENDED


class Lifetime(NamedTuple):
    """The end of support of something that a resource's property names.

    `type` and `name` are the resource type and its property; `begins` is how the property's value begins. `engine` is
    the value of the property Engine, where there are several. `then` is what AWS does after `ends`.
    """

    what: str
    type: str
    name: str
    begins: str
    ends: date
    then: str
    advice: str
    source: str
    checked: date
    engine: str = ""


_CHECKED = date(2026, 11, 24)
_MYSQL = '"MySQL on Amazon RDS versions" in the Amazon RDS User Guide'
_CACHES = '"ElastiCache versions for Redis OSS end of life schedule" in the Amazon ElastiCache User Guide'
_RUNTIMES = '"Lambda runtimes" in the AWS Lambda Developer Guide'

LIFETIMES = (
    Lifetime(
        "standard support of MySQL 8.0",
        "AWS::RDS::DBInstance",
        "EngineVersion",
        "8.0",
        date.fromisoformat(STANDARD_SUPPORT_ENDED["8.0"]),
        "RDS charges Extended Support for each vCPU, or upgrades the database",
        "set Database.EngineVersion to 8.4; try it on a copy first (DBSnapshotIdentifier)",
        _MYSQL,
        _CHECKED,
    ),
    Lifetime(
        "standard support of MySQL 8.4.7",
        "AWS::RDS::DBInstance",
        "EngineVersion",
        "8.4.7",
        date(2026, 11, 30),
        "RDS upgrades the minor version in a maintenance window",
        "set Database.EngineVersion to 8.4, which follows the minor versions, or to a later one",
        _MYSQL,
        _CHECKED,
    ),
    Lifetime(
        "standard support of MySQL 8.4.8",
        "AWS::RDS::DBInstance",
        "EngineVersion",
        "8.4.8",
        date(2027, 2, 3),
        "RDS upgrades the minor version in a maintenance window",
        "set Database.EngineVersion to 8.4, which follows the minor versions, or to a later one",
        _MYSQL,
        _CHECKED,
    ),
    *(
        Lifetime(
            f"standard support of Redis OSS {major}",
            kind,
            "EngineVersion",
            f"{major}.",
            date(2026, 1, 31),
            "ElastiCache charges Extended Support, and upgrades the cache in the end",
            "set Cache.Engine to valkey, which takes over a Redis OSS cache",
            _CACHES,
            _CHECKED,
            engine="redis",
        )
        for major in (4, 5)
        for kind in ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster")
    ),
    *(
        Lifetime(
            f"the Lambda runtime {runtime}",
            "AWS::Lambda::Function",
            "Runtime",
            runtime,
            ends,
            "Lambda no longer patches it, and later refuses to create and update its functions",
            "upgrade the macro (and the command line, for flat templates), then deploy the site again",
            _RUNTIMES,
            _CHECKED,
        )
        for runtime, ends in (
            ("python3.11", date(2027, 6, 30)),
            ("python3.12", date(2028, 10, 31)),
            ("python3.13", date(2029, 6, 30)),
            ("python3.14", date(2029, 6, 30)),
        )
    ),
    Lifetime(
        "Amazon Linux 2023",
        "AWS::EC2::LaunchTemplate",
        "ImageId",
        "/aws/service/ami-amazon-linux-latest/al2023-",
        date(2029, 6, 30),
        "AWS publishes no more security updates",
        "upgrade the macro, or set WebServers.ImageId to an image of a newer release",
        '"Release cadence" in the Amazon Linux 2023 User Guide',
        _CHECKED,
    ),
)
