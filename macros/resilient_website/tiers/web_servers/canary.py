"""A canary's properties: the share of the requests that a new release gets first, and for how long.

`release` sets Key or Image for as long as a canary runs. docs/decisions/0024-canary.md has the reasons.
"""

from dataclasses import replace

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.quoting.parts import has_dynamic_reference
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Integer, Text
from resilient_website.reading.reader import Reader
from resilient_website.tiers.web_servers.application import KEY, SHA256, VERSION_ID, ArtifactSpec
from resilient_website.tiers.web_servers.container import IMAGE, MAX_IMAGE_LENGTH, USER_DATA, ContainerSpec
from resilient_website.tiers.web_servers.image_name import ImageName

# The longest that CloudFormation monitors alarms after an update, in minutes. Source: "RollbackConfiguration" in the
# AWS CloudFormation API Reference.
MAX_BAKE_MINUTES = 180

# The alarms take two minutes to start, and the metrics of a load balancer one or two to arrive.
MIN_BAKE_MINUTES = 5


@frozen
class CanarySpec(PropertyGroup):
    """How a release is tried out, with the names of Amazon ECS's canary deployments, and what is tried out now."""

    percent: int = prop(
        "CanaryPercent",
        Integer(1, 50, unit="percent"),
        10,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.Tags",
        reason="the weight of the canary's target group while a canary runs, and its servers as a share of MaxSize, "
        "rounded up, so that they carry their share of any load. At most half, since the other servers carry all of it "
        "after a rollback",
    )
    bake_minutes: int = prop(
        "CanaryBakeTimeInMinutes",
        Integer(MIN_BAKE_MINUTES, MAX_BAKE_MINUTES, unit="minutes"),
        10,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.Tags",
        reason="how long CloudFormation monitors the canary's alarms before `release` replaces the other servers. "
        "Amazon ECS has the same default",
    )
    latency_percent: int = prop(
        "CanaryLatencyPercent",
        Integer(0, 1000, unit="percent"),
        100,
        known_at_expansion=True,
        maps_to="AWS::CloudWatch::Alarm.Threshold",
        reason="by how much the slowest 10 % of its requests (p90) may be slower than those of the other servers, for "
        "three minutes, before CloudFormation rolls it back: 100 is twice the time. Servers that have just started are "
        "slower, and 100 requests in a minute, the fewest that count, differ by chance. Differences of up to 0.1 "
        "seconds never count. 0: its latency rolls nothing back",
    )
    key: Value | None = prop(
        "Key",
        Text("the key of a .zip, .tar or .tar.gz in Artifact.Bucket", KEY),
        None,
        presence_decides=True,
        examples=("shop-1.5.0.zip",),
        needs=(Need("WebServers.Artifact"),),
        maps_to=USER_DATA,
        reason="absent or empty: no canary runs. `release` sets it. With a Ref to a parameter, deploying the file "
        "keeps the canary",
    )
    sha256: Value | None = prop(
        "Sha256",
        SHA256,
        None,
        presence_decides=True,
        examples=("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",),
        needs=(Need("WebServers.Canary.Key"),),
        maps_to=USER_DATA,
        reason="absent: the canary's archive is not verified. `release` sets it if Artifact has one",
    )
    version_id: Value | None = prop(
        "VersionId",
        VERSION_ID,
        None,
        presence_decides=True,
        examples=("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",),
        needs=(Need("WebServers.Canary.Key"),),
        maps_to=f"{USER_DATA}, AWS::IAM::Role.Policies",
        reason="absent: the latest version. `release` sets it if Artifact has one",
    )
    image: Value | None = prop(
        "Image",
        ImageName("an image with a digest or a tag", IMAGE, longest=MAX_IMAGE_LENGTH),
        None,
        presence_decides=True,
        examples=("public.ecr.aws/nginx/nginx:1.30",),
        needs=(Need("WebServers.Container"),),
        maps_to=f"{USER_DATA}, AWS::IAM::Role.Policies",
        reason="absent or empty: no canary runs. For a site with a Container, as Key is for one with an Artifact",
    )

    @property
    def runs(self) -> bool:
        """Whether a release is tried out now."""
        return self.key is not None or self.image is not None

    def size(self, most: int) -> int:
        """Return how many servers carry the share of a group with `most` servers."""
        return -(-most * self.percent // 100)

    def artifact(self, spec: ArtifactSpec | None) -> ArtifactSpec | None:
        """Return the archive that the canary's servers run, as those of the site do otherwise."""
        if spec is None or self.key is None:
            return None
        return replace(spec, key=self.key, sha256=self.sha256, version_id=self.version_id)

    def container(self, spec: ContainerSpec | None) -> ContainerSpec | None:
        """Return the container that the canary's servers run, as those of the site do otherwise."""
        return None if spec is None or self.image is None else replace(spec, image=self.image)


def check(
    spec: CanarySpec, artifact: ArtifactSpec | None, container: ContainerSpec | None, path: str, reader: Reader
) -> None:
    """Note a release without an application of its kind, what belongs to none, and what IAM policies can't contain."""
    for name, value in (("Sha256", spec.sha256), ("VersionId", spec.version_id)):
        if value is not None and spec.key is None:
            reader.problem(
                f"{path}.{name}", "found without Key, to whose archive it belongs", "write Key, or leave it out"
            )
    for name, value, group, application in (
        ("Key", spec.key, "Artifact", artifact),
        ("Image", spec.image, "Container", container),
    ):
        if value is None:
            continue
        if application is None:
            fix = f"write WebServers.{group}, or leave {name} out: `release` sets it"
            reader.problem(f"{path}.{name}", f"found without {group}, the application that it releases", fix)
        elif has_dynamic_reference(value):
            fix = "write a Ref to a parameter of the type AWS::SSM::Parameter::Value<String>"
            reader.problem(f"{path}.{name}", "found a dynamic reference, which IAM policies can't contain", fix)
