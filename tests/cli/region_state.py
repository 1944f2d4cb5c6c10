"""The state of one Region of `two_regions`: its half of a site, which the stand-ins of services read and change."""

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.two_regions import World

PRIMARY, SECONDARY = "us-east-1", "us-west-2"
STACK, SITE, DOMAIN = "my-site", "Shop", "www.example.com"
ACCOUNT = "111111111111"
ACTIVE_SIZE = 2
STORE_ARN = f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/0123"
STACK_ID = f"arn:aws:cloudformation:{{}}:{ACCOUNT}:stack/{STACK}/guid"

# There is no stack; or none that was ever complete.
ABSENT = "absent"
UNMADE = (ABSENT, "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED")


@dataclass
class Refused(Exception):  # noqa: N818
    """AWS refuses a request."""

    code: str
    text: str


@dataclass
class Database:
    """A DB instance. `until` is the time of the last write in it, for one that takes no writes any more."""

    id: str
    source: str | None
    status: str = "available"
    until: datetime | None = None
    generation: int = 1


@dataclass
class RegionState:
    """The state of a half of the site; what the services share."""

    world: "World"
    name: str
    objects: dict[str, bytes] = field(default_factory=dict)
    lost_at: datetime | None = None
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        world, self.primary = self.world, self.name == PRIMARY
        self.other = SECONDARY if self.primary else PRIMARY
        standby = ACTIVE_SIZE if self.primary else int(world.mode == "WarmStandby")
        self.minimum = self.desired = self.instances = self.healthy_count = standby
        self.launches = True
        self.stack_status = "UPDATE_COMPLETE"
        self.updated_at: datetime | None = None
        self.parameters = {"Team": "web"}
        # Resources that the macro made, beside the stack in the other Region.
        self.expanded: dict[str, Any] = {}
        self.template: dict[str, Any] = {
            "Transform": "ResilientWebsite",
            "Parameters": {"Team": {"Type": "String"}},
            "Resources": {
                SITE: {
                    "Type": "ResilientWebsite",
                    "Properties": {
                        "DomainName": DOMAIN,
                        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
                        "Secondary": {"Region": SECONDARY, "Mode": world.mode},
                    },
                }
            },
        }
        self.deployed = copy.deepcopy(self.template)
        if world.mode == "Backups" and not self.primary:
            self.stack_status = ABSENT
            self.resize_at_once(0)
        self.fail_updates = self.fail_creations = False
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.database: Database | None = None
        if world.with_database and (self.primary or world.mode != "Backups"):
            self.database = Database(f"{self.name}-db", None if self.primary else self.source_arn())
        # What the last deployed template says about the database.
        self.templated_source = not self.primary

    def source_arn(self) -> str:
        return f"arn:aws:rds:{self.other}:{ACCOUNT}:db:{self.other}-db"

    @property
    def made(self) -> bool:
        """Whether the stack is complete, or was."""
        return self.stack_status not in UNMADE

    @property
    def healthy(self) -> int:
        return self.healthy_count

    @property
    def active(self) -> str:
        group = self.template["Resources"][SITE]["Properties"]["Secondary"]
        return str(group.get("ActiveRegion", PRIMARY))

    def state(self) -> dict[str, Any]:
        database = self.database
        return {
            "template": self.template,
            "status": self.stack_status,
            "made": self.made,
            "database": database and [database.id, database.source, database.status, database.generation],
            "group": [self.minimum, self.instances, self.healthy_count, self.launches],
            "signal": sorted(self.objects),
        }

    def resize_at_once(self, size: int) -> None:
        self.minimum = self.desired = self.instances = self.healthy_count = size
