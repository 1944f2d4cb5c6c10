"""The web servers: an Auto Scaling group in all zones, with at least one server in each.

Resilient because the group replaces unhealthy servers in any zone, and scales with the load. Secure because login is
only possible with Session Manager, only the load balancer reaches the port, and the role can read only the site's
secrets.
"""

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, ec2, iam, logs

from resilient_website.context import Context
from resilient_website.tiers.network import Network
from resilient_website.tiers.security_groups import ingress_from
from resilient_website.tiers.web_servers import canary_group, group, launch_template, role, scaling, schedule
from resilient_website.tiers.web_servers.checks import check
from resilient_website.tiers.web_servers.environment import regional
from resilient_website.tiers.web_servers.result import Dependencies, WebServers
from resilient_website.tiers.web_servers.spec import WebServersSpec, sizes

__all__ = ["Dependencies", "WebServers", "WebServersSpec", "build", "check", "regional", "sizes"]

HTTPS_PORT = 443


def build(context: Context, spec: WebServersSpec, deps: Dependencies) -> WebServers:
    """Return the group, its launch template, and the security group rules between the tiers."""
    security_group = _security_group(context, deps.network)
    group_id = GetAtt(security_group, "GroupId")
    joints = _joints(context, spec, deps, group_id)
    log_group = [_log_group(context, deps)] if spec.cloudwatch_agent else []
    log_group_id = log_group[0].title if log_group else None
    web_role = role.build(context, spec, deps, log_group_id)
    profile = iam.InstanceProfile(context.id("WebInstanceProfile"), Roles=[Ref(web_role)])
    template = launch_template.build(context, spec, deps, log_group_id)
    waits_for = _waits_for(deps, joints)
    servers = group.build(context, spec, deps, waits_for)
    tried = canary_group.build(context, spec, deps, waits_for, log_group_id)
    scaled = (*scaling.build(context, spec, servers.title, deps.load_balancer),)
    scheduled = schedule.build(context, spec.scheduled_actions, servers.title)
    parts = (security_group, *joints, *log_group, web_role, profile, template, servers, *tried, *scaled, *scheduled)
    return WebServers(
        resources=parts,
        role=web_role.title,
        group=servers.title,
        log_group=log_group_id,
        security_group_id=group_id,
        target_group_arn=deps.load_balancer.target_group_arn,
    )


def _joints(context: Context, spec: WebServersSpec, deps: Dependencies, group_id: AWSHelperFn) -> tuple[AWSObject, ...]:
    """Return the security group rules that allow only traffic between the tiers."""
    balancer = deps.load_balancer
    web = ingress_from(
        context.id("WebIngress"),
        group_id,
        balancer.security_group_id,
        spec.port,
        "Requests and health checks from the load balancer",
    )
    tiers = [tier.admit(context, group_id) for tier in (deps.database, deps.cache, deps.files) if tier]
    endpoints = deps.network.endpoint_group_id
    services = (
        [ingress_from(context.id("EndpointIngress"), endpoints, group_id, HTTPS_PORT, "AWS services for web servers")]
        if endpoints is not None
        else []
    )
    return web, balancer.reach(context, group_id, spec.port), *tiers, *services


def _waits_for(deps: Dependencies, joints: tuple[AWSObject, ...]) -> list[str]:
    """Return what the servers depend on, since they need a complete site when they boot.

    Routes, security group rules, complete secrets, mount targets, and a listener, without which the target group has no
    health checks.
    """
    return [
        *deps.network.web_ready,
        *deps.load_balancer.ready,
        *(deps.database.ready if deps.database else ()),
        *(deps.files.ready if deps.files else ()),
        *(joint.title for joint in joints),
        *deps.others,
    ]


def _security_group(context: Context, network: Network) -> ec2.SecurityGroup:
    anywhere = [{"CidrIp": "0.0.0.0/0"}, *([{"CidrIpv6": "::/0"}] if network.dual_stack else [])]
    return ec2.SecurityGroup(
        context.id("WebSecurityGroup"),
        GroupDescription="Web servers: the web port from the load balancer only",
        VpcId=network.vpc_id,
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(IpProtocol="-1", Description="Packages, AWS and other services", **destination)
            for destination in anywhere
        ],
    )


def _log_group(context: Context, deps: Dependencies) -> logs.LogGroup:
    return logs.LogGroup(
        context.id("WebLogGroup"),
        RetentionInDays=deps.log_retention_days,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )
