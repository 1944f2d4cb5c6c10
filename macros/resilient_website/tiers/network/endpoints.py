"""VPC endpoints: traffic to AWS services stays inside AWS, with or without internet access."""

from collections.abc import Sequence

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, ec2

from resilient_website.context import Context
from resilient_website.tiers.network.spec import NetworkSpec
from resilient_website.tiers.security_groups import closed_group

GROUP = "EndpointSecurityGroup"


def s3_gateway(context: Context, tables: Sequence[str]) -> ec2.VPCEndpoint:
    """Return the free gateway endpoint for S3 (packages, assets, artifacts) in the given route tables."""
    return ec2.VPCEndpoint(
        context.id("S3Endpoint"),
        VpcId=Ref(context.id("Vpc")),
        VpcEndpointType="Gateway",
        ServiceName=_service("s3"),
        RouteTableIds=[Ref(table) for table in tables],
    )


def interfaces(context: Context, spec: NetworkSpec, subnets: Sequence[AWSHelperFn]) -> tuple[AWSObject, ...]:
    """Return the interface endpoints, in the web servers' subnets, and their security group; nothing without any."""
    if not spec.services:
        return ()
    group = closed_group(context, GROUP, "VPC endpoints: HTTPS from the web servers only", Ref(context.id("Vpc")))
    made = tuple(
        ec2.VPCEndpoint(
            context.id(_title(service)),
            VpcId=Ref(context.id("Vpc")),
            VpcEndpointType="Interface",
            ServiceName=_service(service),
            PrivateDnsEnabled=True,
            SubnetIds=list(subnets),
            SecurityGroupIds=[group_id(context)],
        )
        for service in spec.services
    )
    return group, *made


def group_id(context: Context) -> AWSHelperFn:
    """Return the id of the interface endpoints' security group."""
    return GetAtt(context.id(GROUP), "GroupId")


def _title(service: str) -> str:
    words = service.replace("-", ".").split(".")
    return "Endpoint" + "".join(word.capitalize() for word in words)


def _service(name: str) -> AWSHelperFn:
    return Sub(f"com.amazonaws.${{AWS::Region}}.{name}")
