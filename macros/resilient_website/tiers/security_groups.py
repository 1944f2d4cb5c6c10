"""Security groups that let nothing through until a rule says so."""

from troposphere import AWSHelperFn, AWSObject, ec2

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context


def closed_group(context: Context, suffix: str, description: str, vpc_id: AWSHelperFn) -> ec2.SecurityGroup:
    """Return a group without ingress, and without the egress to everywhere that EC2 adds when none is given.

    The rule to the loopback address can match no packet; it is the documented way to keep the default rule away.
    Source: "AWS::EC2::SecurityGroup", remarks on the default egress rule.
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
