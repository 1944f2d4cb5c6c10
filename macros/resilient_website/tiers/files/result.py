"""The results of the shared files for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.context import Context
from resilient_website.facts.ports import NFS
from resilient_website.tiers.security_groups import ingress_from

# The folder of the web servers at which the file system is mounted.
FOLDER = "/mnt/website"


class Files(NamedTuple):
    """The file system's resources, ids and ARNs, and its permissions for the web servers.

    `bursting` is whether its throughput depends on credits; `ready` are the logical ids that the servers depend on.
    """

    resources: tuple[AWSObject, ...]
    file_system_id: AWSHelperFn
    file_system_arn: AWSHelperFn
    access_point_id: AWSHelperFn
    access_point_arn: AWSHelperFn
    security_group_id: AWSHelperFn
    bursting: bool
    ready: tuple[str, ...]

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"FileSystemId": self.file_system_id, "FilesAccessPointId": self.access_point_id}

    def admit(self, context: Context, web_security_group_id: AWSHelperFn) -> AWSObject:
        """Return the security group rule that lets only the web servers reach the mount targets."""
        title = context.id("FilesIngress")
        return ingress_from(title, self.security_group_id, web_security_group_id, NFS, "Shared files from web servers")

    def statement(self) -> dict[str, Any]:
        """Return the permission to read and write through the access point, not as root.

        Source: "Using IAM to control file system data access" in the Amazon EFS User Guide.
        """
        condition = {"ArnEquals": {"elasticfilesystem:AccessPointArn": self.access_point_arn}}
        actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        return allow(actions, self.file_system_arn, condition)
