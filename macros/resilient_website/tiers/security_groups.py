"""Security groups without traffic until a rule allows it."""

from troposphere import AWSHelperFn, AWSObject, ec2

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context


def closed_group(context: Context, suffix: str, description: str, vpc_id: AWSHelperFn) -> ec2.SecurityGroup:
    """Return a group without ingress, and without EC2's default egress rule.

    The rule for the loopback address matches no packet; it is the documented way to avoid the default rule. Source:
    "AWS::EC2::SecurityGroup", remarks on the default egress rule.
    """
    return ec2.SecurityGroup(
        context.id(suffix),
        GroupDescription=description,
        VpcId=vpc_id,
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(IpProtocol="-1", CidrIp="127.0.0.1/32", Description="No egress except by other rules")
        ],
    )


def ingress_from(
    title: str, group: AWSHelperFn, source: AWSHelperFn, port: Value, description: str
) -> ec2.SecurityGroupIngress:
    """Return the rule that admits members of `source` to one TCP port of `group`'s members."""
    return ec2.SecurityGroupIngress(
        title,
        GroupId=group,
        SourceSecurityGroupId=source,
        IpProtocol="tcp",
        FromPort=port,
        ToPort=port,
        Description=description,
    )


def egress_to(title: str, group: AWSHelperFn, destination: AWSHelperFn, port: Value, description: str) -> AWSObject:
    """Return the rule that lets members of `group` open one TCP port of `destination`'s members."""
    return ec2.SecurityGroupEgress(
        title,
        GroupId=group,
        DestinationSecurityGroupId=destination,
        IpProtocol="tcp",
        FromPort=port,
        ToPort=port,
        Description=description,
    )
