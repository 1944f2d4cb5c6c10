"""The launch template: a new server's properties and first boot."""

from typing import Any

from troposphere import GetAtt, Sub, ec2

from resilient_website.context import Context
from resilient_website.reading.durations import seconds
from resilient_website.tiers.images import image_for
from resilient_website.tiers.web_servers.boot import Boot, user_data
from resilient_website.tiers.web_servers.group import HOOK_NAME, SITE, Part
from resilient_website.tiers.web_servers.result import Dependencies
from resilient_website.tiers.web_servers.role import METRICS_NAMESPACE
from resilient_website.tiers.web_servers.spec import WebServersSpec
from resilient_website.tiers.web_servers.variables import Connections


def build(
    context: Context, spec: WebServersSpec, deps: Dependencies, log_group: str | None, part: Part = SITE
) -> ec2.LaunchTemplate:
    """Return the launch template of the web servers, or of a canary's."""
    disk = ec2.EBSBlockDevice(Encrypted=True, VolumeType="gp3", VolumeSize=spec.volume_size, DeleteOnTermination=True)
    return ec2.LaunchTemplate(
        context.id(part.launch_template),
        LaunchTemplateData=ec2.LaunchTemplateData(
            InstanceType=spec.instance_type,
            ImageId=image_for(spec.instance_type) if spec.image_id is None else spec.image_id,
            IamInstanceProfile=ec2.IamInstanceProfile(Arn=GetAtt(context.id("WebInstanceProfile"), "Arn")),
            # Alarms and scaling use one-minute CPU metrics; basic monitoring has five-minute ones. Source: "Configure
            # monitoring for Auto Scaling instances".
            Monitoring=ec2.Monitoring(Enabled=True),
            **_attachment(context, deps),
            MetadataOptions=ec2.MetadataOptions(
                HttpEndpoint="enabled", HttpTokens="required", HttpPutResponseHopLimit=1
            ),
            BlockDeviceMappings=[ec2.LaunchTemplateBlockDeviceMapping(DeviceName="/dev/xvda", Ebs=disk)],
            UserData=user_data(_boot(context, spec, deps, log_group, context.id(part.group))),
        ),
    )


def _attachment(context: Context, deps: Dependencies) -> dict[str, Any]:
    """Return the security group, and request a public address if the subnets may not assign one.

    Non-default subnets assign no public addresses unless configured. Source: "InstanceNetworkInterfaceSpecification",
    AssociatePublicIpAddress.
    """
    groups = [GetAtt(context.id("WebSecurityGroup"), "GroupId")]
    if not deps.network.asks_for_addresses:
        return {"SecurityGroupIds": groups}
    interface = ec2.NetworkInterfaces(
        DeviceIndex=0, AssociatePublicIpAddress=True, DeleteOnTermination=True, Groups=groups
    )
    return {"NetworkInterfaces": [interface]}


def _boot(context: Context, spec: WebServersSpec, deps: Dependencies, log_group: str | None, group: str) -> Boot:
    """Return what the boot script needs: the application, its connections, logs and drain."""
    connections = Connections(
        site=context.site,
        port=spec.port,
        health_check_path=spec.health_check_path,
        assets_url=deps.assets_url,
        database=deps.database,
        cache=deps.cache,
        files=deps.files,
        own_application=spec.has_application,
    )
    return Boot(
        group=group,
        connections=connections,
        own=spec.environment,
        script=spec.user_data,
        artifact=spec.artifact,
        container=spec.container,
        own_image=spec.image_id is not None,
        drain=spec.drain,
        hook_name=HOOK_NAME,
        startup_seconds=seconds(spec.startup_timeout),
        log_group=log_group,
        log_files=spec.every_log_file,
        metrics_namespace=Sub(METRICS_NAMESPACE),
        closed=deps.network.closed,
    )
