"""The ways to bring an application onto the servers, and to let it go: an artifact, and a script that drains."""

from dataclasses import dataclass

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Integer, Text

# Source: "Naming Amazon S3 objects", 1,024 bytes. The AWS CLI takes a value `file://...` for a file's name.
KEY = r"(?!fileb?://)[^\x00-\x1f\x7f]{1,1024}"


@dataclass(frozen=True)
class ArtifactSpec(PropertyGroup):
    """An archive in S3 that is unpacked below /opt/website and started as a service."""

    bucket: Value | None = prop(
        "Bucket",
        Text("the name of a bucket", r"[A-Za-z0-9._-]{1,255}"),
        None,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="needed: where the archive is",
    )
    key: Value | None = prop(
        "Key",
        Text("the key of a .zip, .tar or .tar.gz, without line breaks and other control characters", KEY),
        None,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="needed: write another key for each release, so that the servers are replaced by an update",
    )
    version_id: Value | None = prop(
        "VersionId",
        Text("the id of a version of the object, as S3 returns it", r"[!-~]{1,1024}"),
        None,
        presence_decides=True,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData, AWS::IAM::Role.Policies",
        reason="absent: the newest version, whatever is under the key when a server boots. With it, a server takes "
        "this version only, and its role may read no other; needs a bucket with versioning",
    )
    sha256: Value | None = prop(
        "Sha256",
        Text("an archive's SHA-256 checksum, 64 hexadecimal digits", r"[0-9A-Fa-f]{64}"),
        None,
        presence_decides=True,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: the archive is not compared with anything. With it, a server refuses another archive before it "
        "unpacks it, and the deployment fails; `sha256sum` prints it",
    )
    command: Value | None = prop(
        "Command",
        Text("a command; it runs in /opt/website, and has to stay in the foreground"),
        None,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="needed: starts the application, which listens on WEB_PORT",
    )
    install: Value | None = prop(
        "Install",
        Text("a script; it runs once, as root, in /opt/website, before Command"),
        None,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: the archive has all that it needs but what Amazon Linux brings",
    )


@dataclass(frozen=True)
class DrainSpec(PropertyGroup):
    """The time and the script that a server gets before it goes."""

    heartbeat_timeout: int = prop(
        "HeartbeatTimeout",
        Integer(30, 7200),
        300,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.LifecycleHookSpecificationList.HeartbeatTimeout",
        reason="seconds, after which the server goes whatever it does",
    )
    script: Value | None = prop(
        "Script",
        Text("a script; it runs as root, when the server is to go"),
        None,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: the services are stopped in order, and that is all",
    )
