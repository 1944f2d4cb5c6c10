"""The operations that `status` calls, all read-only, and the IAM action that each needs."""

from collections.abc import Mapping
from typing import Any

# Source: "Actions, resources, and condition keys for AWS services" in the Service Authorization Reference.
ACTIONS: Mapping[tuple[str, str], str] = {
    ("acm", "describe_certificate"): "acm:DescribeCertificate",
    ("apigateway", "get_domain_name"): "apigateway:GET",
    ("autoscaling", "describe_auto_scaling_groups"): "autoscaling:DescribeAutoScalingGroups",
    ("autoscaling", "describe_instance_refreshes"): "autoscaling:DescribeInstanceRefreshes",
    ("autoscaling", "describe_scaling_activities"): "autoscaling:DescribeScalingActivities",
    ("cloudformation", "describe_stack_events"): "cloudformation:DescribeStackEvents",
    ("cloudformation", "describe_stacks"): "cloudformation:DescribeStacks",
    ("cloudformation", "get_template"): "cloudformation:GetTemplate",
    ("cloudformation", "list_stack_resources"): "cloudformation:ListStackResources",
    ("cloudfront", "get_distribution"): "cloudfront:GetDistribution",
    ("cloudwatch", "describe_alarms"): "cloudwatch:DescribeAlarms",
    ("cloudwatch", "get_metric_data"): "cloudwatch:GetMetricData",
    ("elasticache", "describe_cache_clusters"): "elasticache:DescribeCacheClusters",
    ("elasticache", "describe_replication_groups"): "elasticache:DescribeReplicationGroups",
    ("elbv2", "describe_listeners"): "elasticloadbalancing:DescribeListeners",
    ("elbv2", "describe_load_balancers"): "elasticloadbalancing:DescribeLoadBalancers",
    ("elbv2", "describe_target_health"): "elasticloadbalancing:DescribeTargetHealth",
    ("lambda", "list_layer_versions"): "lambda:ListLayerVersions",
    ("rds", "describe_db_instances"): "rds:DescribeDBInstances",
    ("rds", "describe_pending_maintenance_actions"): "rds:DescribePendingMaintenanceActions",
    ("route53", "get_health_check_status"): "route53:GetHealthCheckStatus",
}


def action(service: str, operation: str, arguments: Mapping[str, Any]) -> str:
    """Return the IAM action that an operation needs."""
    del arguments
    return ACTIONS[service, operation]


def policy() -> dict[str, Any]:
    """Return the IAM policy that `status` needs for any site in any Region."""
    statement = {"Effect": "Allow", "Action": sorted(ACTIONS.values()), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
