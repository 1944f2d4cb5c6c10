"""How an application is installed and drained: an artifact, and a drain script."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Integer, Text

# Source: "Naming Amazon S3 objects", 1,024 bytes. The AWS CLI treats a value `file://...` as a file name.
KEY = r"(?!fileb?://)[^\x00-\x1f\x7f]{1,1024}"
SHA256 = Text("the SHA-256 checksum of an archive, 64 hexadecimal digits", r"[0-9A-Fa-f]{64}")
VERSION_ID = Text("the version id of the object, as S3 returns it", r"[!-~]{1,1024}")


@frozen
class ArtifactSpec(PropertyGroup):
    """An archive in S3 that is unpacked below /opt/website and started as a service."""

    bucket: Value | None = prop(
        "Bucket",
        Text("the name of a bucket", r"[A-Za-z0-9._-]{1,255}"),
        None,
        examples=("shop-releases",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="required: the bucket of the archive",
    )
    key: Value | None = prop(
        "Key",
        Text("the key of a .zip, .tar or .tar.gz, without line breaks or other control characters", KEY),
        None,
        examples=("shop-1.4.0.tar.gz", "shop-1.5.0.zip"),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="required: use a new key for each release, so that the update replaces the servers",
    )
    version_id: Value | None = prop(
        "VersionId",
        VERSION_ID,
        None,
        presence_decides=True,
        examples=("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData, AWS::IAM::Role.Policies",
        reason="absent: the latest version at the time a server boots. When set, servers use only this version, and "
        "their role can't read any other; needs a bucket with versioning",
    )
    sha256: Value | None = prop(
        "Sha256",
        SHA256,
        None,
        presence_decides=True,
        examples=("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: the archive is not verified. When set, a server rejects an archive with another checksum "
        "before unpacking it, and the deployment fails; `sha256sum` prints the checksum",
    )
    command: Value | None = prop(
        "Command",
        Text("a command; it runs in /opt/website, and must stay in the foreground"),
        None,
        examples=("/opt/shop/start",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="required: a line of bash that starts the application, which must listen on WEB_PORT. Its user can "
        "write to the folders STATE_DIRECTORY (/var/lib/website), LOGS_DIRECTORY (/var/log/website/app) and /tmp only "
        "(docs/applications.md)",
    )
    install: Value | None = prop(
        "Install",
        Text("a script; it runs once, as root, in /opt/website, before Command"),
        None,
        examples=("dnf install --assumeyes nodejs22",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: the archive contains everything that Amazon Linux doesn't provide",
    )


@frozen
class DrainSpec(PropertyGroup):
    """The drain time and the drain script of a server."""

    heartbeat_timeout: int = prop(
        "HeartbeatTimeout",
        Integer(30, 7200, unit="seconds"),
        300,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.LifecycleHookSpecificationList.HeartbeatTimeout",
        reason="seconds, after which the server is terminated in any case",
    )
    script: Value | None = prop(
        "Script",
        Text("a script; it runs as root before the server is terminated"),
        None,
        examples=("#!/bin/sh\n/opt/shop/finish\n",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: services are only stopped in order",
    )
