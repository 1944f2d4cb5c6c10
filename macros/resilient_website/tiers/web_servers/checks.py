"""Checks of web servers: sizes that leave a zone without a server, incompatible images, missing applications."""

from collections.abc import Iterator

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.problems import shown
from resilient_website.quoting.parts import has_dynamic_reference
from resilient_website.reading.reader import Reader
from resilient_website.tiers.images import architecture, architecture_of_image, why_unsupported
from resilient_website.tiers.web_servers.canary import CanarySpec
from resilient_website.tiers.web_servers.canary import check as check_canary
from resilient_website.tiers.web_servers.container import check as check_container
from resilient_website.tiers.web_servers.environment import check as check_environment
from resilient_website.tiers.web_servers.public_text import check_present
from resilient_website.tiers.web_servers.schedule import check as check_schedule
from resilient_website.tiers.web_servers.script import check as check_script
from resilient_website.tiers.web_servers.script import check_resolved
from resilient_website.tiers.web_servers.spec import WebServersSpec, sizes


def check(spec: WebServersSpec, zone_count: int, path: str, reader: Reader, *, closed: bool) -> None:
    """Note sizes that leave a zone without a server, and applications that can't start.

    `closed`: the servers have no internet access.
    """
    _check_sizes(spec, zone_count, path, reader)
    _check_types(spec, path, reader)
    _check_architecture(spec, path, reader)
    check_script(spec.user_data, f"{path}.UserData", reader)
    if spec.drain is not None:
        check_script(spec.drain.script, f"{path}.Drain.Script", reader)
    if spec.artifact is not None:
        check_script(spec.artifact.install, f"{path}.Artifact.Install", reader)
        check_resolved(spec.artifact.command, f"{path}.Artifact.Command", reader)
        _check_artifact(spec, path, reader)
    if spec.container is not None:
        check_container(spec.container, f"{path}.Container", reader, closed=closed)
        _check_alone(spec, path, reader)
    if spec.canary is not None:
        _check_canary(spec, spec.canary, f"{path}.Canary", reader, closed=closed)
    for name, value in _in_user_data(spec):
        check_present(value, f"{path}.{name}", reader, required=name in _REQUIRED)
    check_environment(spec.environment, f"{path}.Environment", reader)
    most = sizes(spec, zone_count)[1]
    check_schedule(spec.scheduled_actions, zone_count, most, f"{path}.ScheduledActions", reader)


# What an Artifact and a Container can't do without.
_REQUIRED = frozenset({"Artifact.Bucket", "Artifact.Key", "Artifact.Command", "Container.Image"})


def _in_user_data(spec: WebServersSpec) -> Iterator[tuple[str, Value | None]]:
    """Yield the values that become part of user data, by their paths, besides the environment's."""
    yield "UserData", spec.user_data
    yield "Environment.OnChange", spec.environment.on_change
    if spec.drain is not None:
        yield "Drain.Script", spec.drain.script
    for group, held in (("Artifact", spec.artifact), ("Canary", spec.canary)):
        if held is not None:
            yield f"{group}.Key", held.key
            yield f"{group}.Sha256", held.sha256
            yield f"{group}.VersionId", held.version_id
    if spec.artifact is not None:
        yield "Artifact.Bucket", spec.artifact.bucket
        yield "Artifact.Command", spec.artifact.command
        yield "Artifact.Install", spec.artifact.install
    if spec.canary is not None:
        yield "Canary.Image", spec.canary.image
    if spec.container is not None:
        yield "Container.Image", spec.container.image
        yield from ((f"Container.Command[{index}]", value) for index, value in enumerate(spec.container.command))


def _check_sizes(spec: WebServersSpec, zone_count: int, path: str, reader: Reader) -> None:
    least, most = sizes(spec, zone_count)
    if least < zone_count:
        found = f"found {least}, but the site uses {zone_count} zones"
        reader.problem(f"{path}.MinSize", found, f"write at least {zone_count}, one server per zone, or leave it out")
    if most <= least:
        found = f"found {most}, but MinSize is {least}"
        fix = f"write at least {least + 1}: a rolling update needs room for one more"
        reader.problem(f"{path}.MaxSize", found, fix, rests_on=[f"{path}.MinSize"])
    if spec.desired_capacity is not None and not least <= spec.desired_capacity <= most:
        bounds = [f"{path}.MinSize", f"{path}.MaxSize"]
        found = f"found {spec.desired_capacity}, not between MinSize and MaxSize"
        fix = f"write a number from {least} to {most}, or leave it out"
        reader.problem(f"{path}.DesiredCapacity", found, fix, rests_on=bounds)


def _check_types(spec: WebServersSpec, path: str, reader: Reader) -> None:
    """Note instance types on which no server of a site can run. `check` asks AWS which ones a Region offers."""
    further = [(f"InstanceTypes[{index}]", kind) for index, kind in enumerate(spec.instance_types)]
    for name, kind in (("InstanceType", spec.instance_type), *further):
        why = why_unsupported(kind, spec.image_id)
        if why is not None:
            fix = "write a type of a current generation, as in t4g.small or m7g.large"
            reader.problem(f"{path}.{name}", f"found {kind}, which {why}", fix)


def _check_architecture(spec: WebServersSpec, path: str, reader: Reader) -> None:
    types = [f"{name} ({architecture(name)})" for name in spec.all_types]
    if len({architecture(name) for name in spec.all_types}) > 1:
        found = "found types with different architectures: " + ", ".join(types)
        fix = "use only one, including InstanceType: an image runs on only one architecture"
        reader.problem(f"{path}.InstanceTypes", found, fix, rests_on=[f"{path}.InstanceType"])
    image = architecture_of_image(spec.image_id)
    if image is not None and image != architecture(spec.instance_type):
        found = f"found {shown(spec.image_id)}, an image for {image}, but InstanceType is {types[0]}"
        fix = f"write an image for {architecture(spec.instance_type)}, or an InstanceType of {image}"
        reader.problem(f"{path}.ImageId", found, fix, rests_on=[f"{path}.InstanceType"])


def _check_alone(spec: WebServersSpec, path: str, reader: Reader) -> None:
    """Note other applications beside a container."""
    for name, value in (("UserData", spec.user_data), ("Artifact", spec.artifact)):
        if value is not None:
            fix = f"write one of them: the container's image has what {name} would install"
            reader.problem(f"{path}.{name}", "found together with Container", fix)


def _check_canary(spec: WebServersSpec, canary: CanarySpec, path: str, reader: Reader, *, closed: bool) -> None:
    check_canary(canary, spec.artifact, spec.container, path, reader)
    container = canary.container(spec.container)
    if container is not None:
        check_container(container, path, reader, closed=closed)


def _check_artifact(spec: WebServersSpec, path: str, reader: Reader) -> None:
    """Check that an artifact is complete, and that nothing else starts the application."""
    if spec.artifact is None:
        return
    if spec.user_data is not None:
        fix = "write one of them; Artifact.Install runs a script"
        reader.problem(f"{path}.UserData", "found together with Artifact", fix)
    needed = (("Bucket", spec.artifact.bucket), ("Key", spec.artifact.key), ("Command", spec.artifact.command))
    for name, value in needed:
        if value is None:
            fix = "write it: an artifact needs a Bucket, a Key and a Command"
            reader.problem(f"{path}.Artifact.{name}", "missing", fix)
    for name, value in (("Bucket", spec.artifact.bucket), ("Key", spec.artifact.key)):
        if value is not None and has_dynamic_reference(value):
            fix = "write a Ref to a parameter of the type AWS::SSM::Parameter::Value<String>"
            reader.problem(
                f"{path}.Artifact.{name}", "found a dynamic reference, which IAM policies can't contain", fix
            )
