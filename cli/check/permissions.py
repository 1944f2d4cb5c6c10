"""The operations that checks may call, all read-only, and the IAM policy that allows them."""

from collections.abc import Mapping
from typing import Any

# The IAM action of each operation. Source: "Actions, resources, and condition keys for AWS services" in the Service
# Authorization Reference. sts:GetCallerIdentity needs no permission, so it is not among them.
ACTIONS: Mapping[tuple[str, str], str] = {
    ("acm", "describe_certificate"): "acm:DescribeCertificate",
    ("apigateway", "get_domain_name"): "apigateway:GET",
    ("ce", "list_cost_allocation_tags"): "ce:ListCostAllocationTags",
    ("cloudformation", "describe_stacks"): "cloudformation:DescribeStacks",
    ("cloudformation", "describe_type"): "cloudformation:DescribeType",
    ("cloudformation", "get_template"): "cloudformation:GetTemplate",
    ("cloudformation", "list_stack_resources"): "cloudformation:ListStackResources",
    ("cloudformation", "list_types"): "cloudformation:ListTypes",
    ("cloudfront", "list_cache_policies"): "cloudfront:ListCachePolicies",
    ("cloudfront", "list_distributions"): "cloudfront:ListDistributions",
    ("cloudfront", "list_functions"): "cloudfront:ListFunctions",
    ("cloudfront", "list_origin_access_controls"): "cloudfront:ListOriginAccessControls",
    ("cloudfront", "list_response_headers_policies"): "cloudfront:ListResponseHeadersPolicies",
    ("cloudfront", "list_vpc_origins"): "cloudfront:ListVpcOrigins",
    ("ec2", "describe_addresses"): "ec2:DescribeAddresses",
    ("ec2", "describe_availability_zones"): "ec2:DescribeAvailabilityZones",
    ("ec2", "describe_images"): "ec2:DescribeImages",
    ("ec2", "describe_instance_type_offerings"): "ec2:DescribeInstanceTypeOfferings",
    ("ec2", "describe_instance_types"): "ec2:DescribeInstanceTypes",
    ("ec2", "describe_instances"): "ec2:DescribeInstances",
    ("ec2", "describe_managed_prefix_lists"): "ec2:DescribeManagedPrefixLists",
    ("ec2", "describe_regions"): "ec2:DescribeRegions",
    ("ec2", "describe_route_tables"): "ec2:DescribeRouteTables",
    ("ec2", "describe_subnets"): "ec2:DescribeSubnets",
    ("ec2", "describe_vpc_attribute"): "ec2:DescribeVpcAttribute",
    ("ec2", "describe_vpc_block_public_access_exclusions"): "ec2:DescribeVpcBlockPublicAccessExclusions",
    ("ec2", "describe_vpc_block_public_access_options"): "ec2:DescribeVpcBlockPublicAccessOptions",
    ("ec2", "describe_vpc_endpoint_services"): "ec2:DescribeVpcEndpointServices",
    ("ec2", "describe_vpc_endpoints"): "ec2:DescribeVpcEndpoints",
    ("ec2", "describe_vpc_peering_connections"): "ec2:DescribeVpcPeeringConnections",
    ("ec2", "describe_vpcs"): "ec2:DescribeVpcs",
    ("ecr", "batch_get_image"): "ecr:BatchGetImage",
    ("ecr", "describe_images"): "ecr:DescribeImages",
    ("elasticache", "describe_cache_engine_versions"): "elasticache:DescribeCacheEngineVersions",
    ("elasticache", "describe_reserved_cache_nodes_offerings"): "elasticache:DescribeReservedCacheNodesOfferings",
    ("iam", "get_policy"): "iam:GetPolicy",
    ("iam", "get_policy_version"): "iam:GetPolicyVersion",
    ("kms", "describe_key"): "kms:DescribeKey",
    ("lambda", "list_layer_versions"): "lambda:ListLayerVersions",
    ("pricing-plan-manager", "list_subscriptions"): "pricingplanmanager:ListSubscriptions",
    ("rds", "describe_db_engine_versions"): "rds:DescribeDBEngineVersions",
    ("rds", "describe_db_instance_automated_backups"): "rds:DescribeDBInstanceAutomatedBackups",
    ("rds", "describe_db_instances"): "rds:DescribeDBInstances",
    ("rds", "describe_db_major_engine_versions"): "rds:DescribeDBMajorEngineVersions",
    ("rds", "describe_db_snapshots"): "rds:DescribeDBSnapshots",
    ("rds", "describe_orderable_db_instance_options"): "rds:DescribeOrderableDBInstanceOptions",
    ("rds", "describe_source_regions"): "rds:DescribeSourceRegions",
    ("route53", "get_account_limit"): "route53:GetAccountLimit",
    ("route53", "get_hosted_zone"): "route53:GetHostedZone",
    ("route53", "list_hosted_zones"): "route53:ListHostedZones",
    ("route53", "list_resource_record_sets"): "route53:ListResourceRecordSets",
    ("s3", "get_bucket_policy"): "s3:GetBucketPolicy",
    ("s3", "head_bucket"): "s3:ListBucket",
    ("s3", "head_object"): "s3:GetObject",
    ("secretsmanager", "describe_secret"): "secretsmanager:DescribeSecret",
    ("service-quotas", "get_aws_default_service_quota"): "servicequotas:GetAWSDefaultServiceQuota",
    ("service-quotas", "get_service_quota"): "servicequotas:GetServiceQuota",
    ("sns", "get_topic_attributes"): "sns:GetTopicAttributes",
    ("ssm", "get_parameter"): "ssm:GetParameter",
    ("wafv2", "get_web_acl"): "wafv2:GetWebACL",
}

# For operations that name a version.
OF_VERSIONS: Mapping[tuple[str, str], str] = {("s3", "head_object"): "s3:GetObjectVersion"}


def action(service: str, operation: str, arguments: Mapping[str, Any]) -> str:
    """Return the IAM action that an operation with these arguments needs."""
    named = OF_VERSIONS if "VersionId" in arguments else ACTIONS
    return named[service, operation]


def policy() -> dict[str, Any]:
    """Return the read-only IAM policy that `check` needs for any site in any Region."""
    actions = sorted({*ACTIONS.values(), *OF_VERSIONS.values()})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
