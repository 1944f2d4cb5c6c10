"""The results of the database for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.ports import MYSQL
from resilient_website.tiers.security_groups import ingress_from


class Database(NamedTuple):
    """The database's resources, endpoints and secret, and its security group rules for the web servers.

    `primary` and `replicas` are logical ids; `backup_vault` too, None without a backup plan.
    """

    resources: tuple[AWSObject, ...]
    endpoint: AWSHelperFn
    reader_endpoint: Value
    port: AWSHelperFn
    name: Value
    secret_arn: AWSHelperFn
    security_group_id: AWSHelperFn
    ready: tuple[str, ...]
    primary: str
    multi_az: bool
    replicas: tuple[str, ...]
    backup_vault: str | None
    allocated_storage: int
    # None if it is known only at deployment.
    most_connections: int | None
    # Whether it is the replica of a database in another Region.
    is_copy: bool = False

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {
            "DatabaseEndpoint": self.endpoint,
            "DatabaseReaderEndpoint": self.reader_endpoint,
            "DatabasePort": self.port,
            "DatabaseSecretArn": self.secret_arn,
        }

    def admit(self, context: Context, web_security_group_id: AWSHelperFn) -> AWSObject:
        """Return the security group rules that let only the web servers reach MySQL's port."""
        return ingress_from(
            context.id("DatabaseIngress"),
            self.security_group_id,
            web_security_group_id,
            MYSQL,
            "MySQL from web servers",
        )
