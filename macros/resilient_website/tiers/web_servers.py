"""The web servers: an Auto Scaling group over all zones, with at least one server in each.

Resilient because the group replaces what the load balancer finds unhealthy, in whichever zone it is, and grows with the
load. Safe because nobody logs in but by Session Manager, only the load balancer reaches the port, and the role may read
one secret: the database's.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, autoscaling, ec2, iam, policies

from resilient_website.boot import Connections, user_data
from resilient_website.context import Context
from resilient_website.images import image_for
from resilient_website.intrinsics import Value
from resilient_website.kinds import Integer, Reader, Text
from resilient_website.properties import prop
from resilient_website.security_groups import ingress_from
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.network import Network

# A new server has this long to boot, install and answer its health check, before the load balancer's opinion counts.
GRACE_SECONDS = 300
# How long until a new server carries its share of the load, for scaling's arithmetic.
WARMUP_SECONDS = 120
# How long CloudFormation waits for each batch of new servers to report that they are healthy.
SIGNAL_TIMEOUT = "PT15M"

# What a rolling update must not be disturbed by. Source: "UpdatePolicy attribute", AutoScalingRollingUpdate.
SUSPENDED_WHILE_ROLLING = ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"]


@dataclass(frozen=True)
class WebServersSpec:
    """The web servers' properties and defaults."""

    instance_type: str = prop(
        "InstanceType",
        Text("an instance type, as in m7g.large", r"[a-z][a-z0-9-]*\.[a-z0-9-]+"),
        "t4g.small",
        structural=True,
        lands_on="AWS::EC2::LaunchTemplate.LaunchTemplateData.InstanceType",
        reason="Graviton: a fifth cheaper than x86 for the same work; 2 GiB of memory run most applications",
    )
    image_id: Value | None = prop(
        "ImageId",
        Text("the id of an image, or {{resolve:ssm:...}}", r"ami-[0-9a-f]{8,17}|\{\{resolve:ssm:[^}]+\}\}"),
        None,
        lands_on="AWS::EC2::LaunchTemplate.LaunchTemplateData.ImageId",
        reason="the newest Amazon Linux 2023 for the instance type's processor when absent",
    )
    min_size: int | None = prop(
        "MinSize",
        Integer(2, 500),
        None,
        structural=True,
        lands_on="AWS::AutoScaling::AutoScalingGroup.MinSize",
        reason="one server a zone when absent, and never fewer",
    )
    max_size: int | None = prop(
        "MaxSize",
        Integer(3, 1000),
        None,
        structural=True,
        lands_on="AWS::AutoScaling::AutoScalingGroup.MaxSize",
        reason="three times MinSize when absent: room for a rush and for a lost zone, and an end to the bill",
    )
    desired_capacity: int | None = prop(
        "DesiredCapacity",
        Integer(2, 1000),
        None,
        structural=True,
        lands_on="AWS::AutoScaling::AutoScalingGroup.DesiredCapacity",
        reason="absent, so that an update of the stack does not undo what scaling has done",
    )
    port: int = prop(
        "Port",
        Integer(1, 65535),
        80,
        structural=True,
        lands_on="AWS::ElasticLoadBalancingV2::TargetGroup.Port",
        reason="where web servers listen; a change replaces the target group",
    )
    health_check_path: str = prop(
        "HealthCheckPath",
        Text("a path, as in /health", r"/[!-~]{0,254}"),
        "/",
        structural=True,
        lands_on="AWS::ElasticLoadBalancingV2::TargetGroup.HealthCheckPath",
        reason="every application answers it. A page that needs no database is better: else an outage of the "
        "database makes every server look dead, and has it replaced",
    )
    user_data: Value | None = prop(
        "UserData",
        Text("a script; it runs once, as root, on the first boot"),
        None,
        lands_on="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="a sample application when absent, which shows that all tiers are connected",
    )
    cpu_target: Value = prop(
        "CpuUtilizationTarget",
        Integer(10, 90),
        50,
        lands_on="AWS::AutoScaling::ScalingPolicy.TargetTrackingConfiguration.TargetValue",
        reason="percent; with three zones, the loss of one leaves the others at 75, not over the edge",
    )
    volume_size: Value = prop(
        "VolumeSize",
        Integer(8, 16384),
        8,
        lands_on="AWS::EC2::LaunchTemplate.LaunchTemplateData.BlockDeviceMappings.Ebs.VolumeSize",
        reason="GiB; what Amazon Linux needs, as servers keep nothing",
    )


@dataclass(frozen=True)
class Surroundings:
    """The results of the tiers that the web servers are joined to."""

    network: Network
    load_balancer: LoadBalancer
    database: Database | None
    cache: Cache | None
    assets_url: Value


@dataclass(frozen=True)
class WebServers:
    """What later tiers use of the web servers."""

    resources: tuple[AWSObject, ...]
    role: str
    group: str
    security_group_id: AWSHelperFn
    target_group_arn: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {
            "WebSecurityGroupId": self.security_group_id,
            "WebRoleArn": GetAtt(self.role, "Arn"),
            "WebRoleName": Ref(self.role),
            "AutoScalingGroupName": Ref(self.group),
            "TargetGroupArn": self.target_group_arn,
        }


def sizes(spec: WebServersSpec, zone_count: int) -> tuple[int, int]:
    """Return the group's least and greatest number of servers."""
    least = spec.min_size or zone_count
    return least, spec.max_size or 3 * least


def check(spec: WebServersSpec, zone_count: int, path: str, reader: Reader) -> None:
    """Note sizes that leave a zone without a server, or a rolling update without room."""
    least, most = sizes(spec, zone_count)
    if least < zone_count:
        found = f"found {least}, but the site stands in {zone_count} zones"
        reader.problem(f"{path}.MinSize", found, f"write at least {zone_count}, one server a zone, or leave it out")
    if most <= least:
        found = f"found {most}, but MinSize is {least}"
        reader.problem(
            f"{path}.MaxSize", found, f"write at least {least + 1}: a rolling update needs room for one more"
        )
    if spec.desired_capacity is not None and not least <= spec.desired_capacity <= most:
        reader.problem(
            f"{path}.DesiredCapacity", f"found {spec.desired_capacity}", f"write a number from {least} to {most}"
        )


def build(context: Context, spec: WebServersSpec, around: Surroundings) -> WebServers:
    """Return the group, what its servers are launched from, and the joints with the other tiers."""
    security_group = _security_group(context, around.network)
    group_id = GetAtt(security_group, "GroupId")
    joints = [_web_ingress(context, spec, around, group_id), around.load_balancer.reach(context, group_id, spec.port)]
    joints += [tier.admit(context, group_id) for tier in (around.database, around.cache) if tier]
    role = _role(context, around.database)
    profile = iam.InstanceProfile(context.id("WebInstanceProfile"), Roles=[Ref(role)])
    template = _launch_template(context, spec, around)
    group = _group(context, spec, around, [joint.title for joint in joints])
    return WebServers(
        resources=(security_group, *joints, role, profile, template, group, _scaling(context, spec)),
        role=role.title,
        group=group.title,
        security_group_id=group_id,
        target_group_arn=around.load_balancer.target_group_arn,
    )


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


def _web_ingress(context: Context, spec: WebServersSpec, around: Surroundings, group_id: AWSHelperFn) -> AWSObject:
    return ingress_from(
        context.id("WebIngress"),
        group_id,
        around.load_balancer.security_group_id,
        spec.port,
        "Requests and health checks from the load balancer",
    )


def _role(context: Context, database: Database | None) -> iam.Role:
    inline = []
    if database:
        statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": database.secret_arn}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        inline.append(iam.Policy(PolicyName="ReadDatabaseSecret", PolicyDocument=document))
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return iam.Role(
        context.id("WebRole"),
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore")],
        Policies=inline,
    )


def _launch_template(context: Context, spec: WebServersSpec, around: Surroundings) -> ec2.LaunchTemplate:
    connections = Connections(
        port=spec.port,
        health_check_path=spec.health_check_path,
        assets_url=around.assets_url,
        database=around.database,
        cache=around.cache,
    )
    disk = ec2.EBSBlockDevice(Encrypted=True, VolumeType="gp3", VolumeSize=spec.volume_size, DeleteOnTermination=True)
    return ec2.LaunchTemplate(
        context.id("WebLaunchTemplate"),
        LaunchTemplateData=ec2.LaunchTemplateData(
            InstanceType=spec.instance_type,
            ImageId=image_for(spec.instance_type) if spec.image_id is None else spec.image_id,
            IamInstanceProfile=ec2.IamInstanceProfile(Arn=GetAtt(context.id("WebInstanceProfile"), "Arn")),
            SecurityGroupIds=[GetAtt(context.id("WebSecurityGroup"), "GroupId")],
            MetadataOptions=ec2.MetadataOptions(
                HttpEndpoint="enabled", HttpTokens="required", HttpPutResponseHopLimit=1
            ),
            BlockDeviceMappings=[ec2.LaunchTemplateBlockDeviceMapping(DeviceName="/dev/xvda", Ebs=disk)],
            UserData=user_data(context, _group_id(context), connections, spec.user_data),
        ),
    )


def _group_id(context: Context) -> str:
    return context.id("AutoScalingGroup")


def _group(
    context: Context, spec: WebServersSpec, around: Surroundings, joints: list[str]
) -> autoscaling.AutoScalingGroup:
    least, most = sizes(spec, around.network.zone_count)
    desired = {"DesiredCapacity": str(spec.desired_capacity)} if spec.desired_capacity is not None else {}
    return autoscaling.AutoScalingGroup(
        _group_id(context),
        # Servers boot into a whole site: routes to install from, rules to connect through, a secret that is complete,
        # and a listener, without which the target group's health checks do not run.
        DependsOn=[
            *around.network.internet_ready,
            *around.load_balancer.ready,
            *(around.database.ready if around.database else ()),
            *joints,
        ],
        CreationPolicy=policies.CreationPolicy(
            ResourceSignal=policies.ResourceSignal(Count=spec.desired_capacity or least, Timeout=SIGNAL_TIMEOUT)
        ),
        UpdatePolicy=policies.UpdatePolicy(
            AutoScalingRollingUpdate=policies.AutoScalingRollingUpdate(
                MinInstancesInService=least,
                MaxBatchSize=1,
                PauseTime=SIGNAL_TIMEOUT,
                WaitOnResourceSignals=True,
                SuspendProcesses=SUSPENDED_WHILE_ROLLING,
            ),
            AutoScalingScheduledAction=policies.AutoScalingScheduledAction(IgnoreUnmodifiedGroupSizeProperties=True),
        ),
        VPCZoneIdentifier=list(around.network.web_subnets),
        MinSize=str(least),
        MaxSize=str(most),
        **desired,
        LaunchTemplate=autoscaling.LaunchTemplateSpecification(
            LaunchTemplateId=Ref(context.id("WebLaunchTemplate")),
            Version=GetAtt(context.id("WebLaunchTemplate"), "LatestVersionNumber"),
        ),
        TargetGroupARNs=[around.load_balancer.target_group_arn],
        HealthCheckType="ELB",
        HealthCheckGracePeriod=GRACE_SECONDS,
        DefaultInstanceWarmup=WARMUP_SECONDS,
        MetricsCollection=[autoscaling.MetricsCollection(Granularity="1Minute")],
        Tags=autoscaling.Tags(Name=(Join(" ", [Ref("AWS::StackName"), context.site, "web"]), True)),
    )


def _scaling(context: Context, spec: WebServersSpec) -> autoscaling.ScalingPolicy:
    return autoscaling.ScalingPolicy(
        context.id("CpuScaling"),
        AutoScalingGroupName=Ref(_group_id(context)),
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration=autoscaling.TargetTrackingConfiguration(
            PredefinedMetricSpecification=autoscaling.PredefinedMetricSpecification(
                PredefinedMetricType="ASGAverageCPUUtilization"
            ),
            TargetValue=spec.cpu_target,
        ),
    )
