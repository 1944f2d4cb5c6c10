"""The VPC's flow log, in the logs' bucket."""

from troposphere import AWSObject, Tags, ec2

from resilient_website.context import Context
from resilient_website.tiers.logs import FLOW_PREFIX, Logs
from resilient_website.tiers.network.result import Network
from resilient_website.tiers.network.spec import NetworkSpec

AGGREGATION_SECONDS = 600


def build(context: Context, spec: NetworkSpec, network: Network, logs: Logs | None) -> tuple[AWSObject, ...]:
    """Return the flow log; nothing if it is off, or in an existing VPC."""
    if not spec.has_flow_logs or logs is None:
        return ()
    return (
        ec2.FlowLog(
            context.id("FlowLog"),
            DependsOn=logs.ready,
            ResourceId=network.vpc_id,
            ResourceType="VPC",
            TrafficType=spec.flow_logs,
            LogDestinationType="s3",
            LogDestination=logs.arn(FLOW_PREFIX),
            MaxAggregationInterval=AGGREGATION_SECONDS,
            Tags=Tags(Name=context.title("flow log")),
        ),
    )
