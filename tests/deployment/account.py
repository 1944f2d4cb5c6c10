"""All that an account has, as its services' own APIs describe it: what must be the same after an update is rolled back.

Not here is what the emulator has no API for (see emulator/resources/operations.py): drills, zonal autoshift, and RDS's
event subscriptions. Their physical ids are in the stack's list of resources.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from cli.analysis.updates.differences import ABSENT, differences
from tests.sites import Installation

Json = dict[str, Any]
Description = dict[str, Any]
# What was listed, by operation.
Lists = dict[str, list[Json]]

# What a rollback may change, and why that is no difference.
IGNORED = {
    # When something was last written.
    "LastModified",
    "LastModifiedTime",
    "LastModifiedDate",
    "LastUpdatedTime",
    "LastChangedDate",
    "AlarmConfigurationUpdatedTimestamp",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "lastUpdatedDate",
    "RevisionId",
    "LatestRestorableTime",
    # When a secret was last read, and how much has been logged.
    "LastAccessedDate",
    "storedBytes",
    # CloudFront's and Route 53's versions of a configuration; WAF's, which changes with every write.
    "ETag",
    "HealthCheckVersion",
    "LockToken",
    # A launch template's rollback is another version with the data of the first one; that data is compared.
    "DefaultVersionNumber",
    "LatestVersionNumber",
    "VersionNumber",
    # Said of listeners and rules, which are compared; ministack notes it when a listener is written, and not of rules.
    "LoadBalancerArns",
    # A plan's version, as a launch template's.
    "VersionId",
    # Of a response, not of a resource.
    "ResponseMetadata",
    "Date",
}


def described(installation: Installation, elsewhere: str = "us-west-2") -> Description:
    """Return everything by what it is and its name; of another Region, what a site may have there."""
    found = {f"{title} elsewhere": _plain(part) for title, part in _elsewhere(installation, elsewhere)}
    here = {**bucket_settings(installation), **dict(_parts(installation, installation.region))}
    return {**found, **{title: _plain(part) for title, part in here.items()}}


def changed(before: Description, after: Description) -> list[str]:
    """Return what differs, as `what it is: the path in its description`."""
    return [
        f"{title}: {'.'.join(each.names)}"
        for title in sorted(before.keys() | after.keys())
        for each in differences(before.get(title, ABSENT), after.get(title, ABSENT))
    ]


# Lists: service, operation, and under what name each of its entries goes.
LISTS = (
    ("rds", "describe_db_instances", "DBInstanceIdentifier"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroupName"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroupName"),
    ("rds", "describe_db_snapshots", "DBSnapshotIdentifier"),
    ("elasticache", "describe_replication_groups", "ReplicationGroupId"),
    ("elasticache", "describe_cache_clusters", "CacheClusterId"),
    ("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroupName"),
    ("elasticache", "describe_cache_parameter_groups", "CacheParameterGroupName"),
    ("autoscaling", "describe_policies", "PolicyName"),
    ("autoscaling", "describe_scheduled_actions", "ScheduledActionName"),
    ("ec2", "describe_vpcs", "VpcId"),
    ("ec2", "describe_subnets", "SubnetId"),
    ("ec2", "describe_route_tables", "RouteTableId"),
    ("ec2", "describe_security_groups", "GroupId"),
    ("ec2", "describe_security_group_rules", "SecurityGroupRuleId"),
    ("ec2", "describe_launch_templates", "LaunchTemplateId"),
    ("ec2", "describe_nat_gateways", "NatGatewayId"),
    ("ec2", "describe_addresses", "AllocationId"),
    ("ec2", "describe_internet_gateways", "InternetGatewayId"),
    ("ec2", "describe_egress_only_internet_gateways", "EgressOnlyInternetGatewayId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpointId"),
    ("ec2", "describe_flow_logs", "FlowLogId"),
    ("cloudwatch", "describe_alarms", "AlarmName"),
    ("logs", "describe_log_groups", "logGroupName"),
    ("logs", "describe_metric_filters", "filterName"),
    ("sns", "list_topics", "TopicArn"),
    ("sns", "list_subscriptions", "SubscriptionArn"),
    ("events", "list_rules", "Name"),
    ("iam", "list_instance_profiles", "InstanceProfileName"),
    ("lambda", "list_functions", "FunctionName"),
    ("backup", "list_backup_vaults", "BackupVaultName"),
    ("acm", "list_certificates", "CertificateArn"),
    ("apigateway", "get_rest_apis", "id"),
    ("apigateway", "get_domain_names", "domainName"),
)


def _parts(installation: Installation, region: str) -> Iterator[tuple[str, Any]]:
    def client(service: str) -> Any:
        return installation.emulator.client(service, installation.account, region)

    lists: Lists = {}
    for service, operation, name in LISTS:
        lists[operation] = _listed(client(service), operation)
        for entry in lists[operation]:
            # EC2 shows what was deleted for an hour.
            if entry.get("State") != "deleted":
                yield f"{service} {operation} {entry[name]}", entry
    for special in SPECIAL:
        yield from special(client, lists)


def _elsewhere(installation: Installation, region: str) -> Iterator[tuple[str, Any]]:
    def client(service: str) -> Any:
        return installation.emulator.client(service, installation.account, region)

    yield (
        "stacks",
        [[each["StackName"], each["StackStatus"]] for each in client("cloudformation").describe_stacks()["Stacks"]],
    )
    for service, operation, name in LISTS:
        if service in ("apigateway", "acm"):
            for entry in _listed(client(service), operation):
                yield f"{service} {operation} {entry[name]}", entry


def _listed(client: Any, operation: str, **parameters: Any) -> list[Json]:
    """Return the entries of a list, of all its pages."""
    pages = client.get_paginator(operation).paginate(**parameters) if client.can_paginate(operation) else None
    answers = list(pages) if pages is not None else [getattr(client, operation)(**parameters)]
    return [entry for answer in answers for value in answer.values() if isinstance(value, list) for entry in value]


def _load_balancers(client: Callable[[str], Any], _lists: Lists) -> Iterator[tuple[str, Any]]:
    elbv2 = client("elbv2")
    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)
        yield f"load balancer {arn}", [balancer, attributes]
        for listener in elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            yield f"listener {listener['ListenerArn']}", [listener, rules]
    for group in elbv2.describe_target_groups()["TargetGroups"]:
        arn = group["TargetGroupArn"]
        attributes = elbv2.describe_target_group_attributes(TargetGroupArn=arn)
        yield f"target group {arn}", [group, attributes, elbv2.describe_target_health(TargetGroupArn=arn)]


def _servers(client: Callable[[str], Any], lists: Lists) -> Iterator[tuple[str, Any]]:
    for group in client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
        template = group.get("LaunchTemplate", {})
        # The instances are the emulator's mocks, which name the version too.
        rest = {name: value for name, value in group.items() if name not in ("LaunchTemplate", "Instances")}
        yield f"group {group['AutoScalingGroupName']}", [rest, template.get("LaunchTemplateId")]
    for template in lists["describe_launch_templates"]:
        name = template["LaunchTemplateId"]
        versions = client("ec2").describe_launch_template_versions(LaunchTemplateId=name, Versions=["$Latest"])
        yield f"launch template {name}", [each["LaunchTemplateData"] for each in versions["LaunchTemplateVersions"]]


def _edge(client: Callable[[str], Any], _lists: Lists) -> Iterator[tuple[str, Any]]:
    cloudfront = client("cloudfront")
    for entry in cloudfront.list_distributions()["DistributionList"].get("Items", []):
        config = cloudfront.get_distribution_config(Id=entry["Id"])
        yield f"distribution {entry['Id']}", [entry["DomainName"], config]
    for entry in cloudfront.list_functions()["FunctionList"].get("Items", []):
        code = cloudfront.get_function(Name=entry["Name"], Stage="LIVE")["FunctionCode"].read()
        yield f"function {entry['Name']}", [entry, code]
    for operation, key in (
        ("list_cache_policies", "CachePolicyList"),
        ("list_origin_access_controls", "OriginAccessControlList"),
        ("list_response_headers_policies", "ResponseHeadersPolicyList"),
        ("list_vpc_origins", "VpcOriginList"),
    ):
        yield operation, getattr(cloudfront, operation)()[key].get("Items", [])
    wafv2 = client("wafv2")
    for scope in ("REGIONAL", "CLOUDFRONT"):
        for entry in wafv2.list_web_acls(Scope=scope)["WebACLs"]:
            yield f"web ACL {entry['Name']}", wafv2.get_web_acl(Name=entry["Name"], Scope=scope, Id=entry["Id"])


def _names(client: Callable[[str], Any], lists: Lists) -> Iterator[tuple[str, Any]]:
    route53 = client("route53")
    for zone in route53.list_hosted_zones()["HostedZones"]:
        yield (
            f"zone {zone['Name']} {zone['Id']}",
            _listed(route53, "list_resource_record_sets", HostedZoneId=zone["Id"]),
        )
    for check in _listed(route53, "list_health_checks"):
        yield f"health check {check['Id']}", check
    apigateway = client("apigateway")
    for domain in lists["get_domain_names"]:
        name = domain["domainName"]
        yield f"mappings of {name}", apigateway.get_base_path_mappings(domainName=name).get("items", [])


def bucket_settings(installation: Installation) -> Description:
    """Return all buckets' settings and objects, which S3 gives one by one: that would be a third of all requests."""
    answer = installation.emulator.ask("/_emulator/bucket-settings", {"account": installation.account})
    found: dict[str, Json] = json.loads(answer)
    # The digest of an object's content. Source: "Object" in the Amazon S3 API Reference, ETag.
    objects = {name: settings.pop("objects") for name, settings in found.items()}
    return {
        **{f"bucket {name} {title}": value for name, settings in found.items() for title, value in settings.items()},
        **{f"object {name}/{key}": digest for name, digests in objects.items() for key, digest in digests.items()},
    }


def _secrets(client: Callable[[str], Any], _lists: Lists) -> Iterator[tuple[str, Any]]:
    manager = client("secretsmanager")
    secrets = _listed(manager, "list_secrets")
    texts = {}
    if secrets:
        answer = manager.batch_get_secret_value(SecretIdList=[secret["ARN"] for secret in secrets])
        texts = {value["ARN"]: value["SecretString"] for value in answer["SecretValues"]}
    for secret in secrets:
        described = manager.describe_secret(SecretId=secret["ARN"])
        rest = {name: value for name, value in described.items() if name != "VersionIdsToStages"}
        text = texts[secret["ARN"]]
        yield f"secret {secret['Name']}", [rest, json.loads(text) if text.startswith("{") else text]


def _rest(client: Callable[[str], Any], lists: Lists) -> Iterator[tuple[str, Any]]:
    for name in [entry["DashboardName"] for entry in client("cloudwatch").list_dashboards()["DashboardEntries"]]:
        yield f"dashboard {name}", client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    iam = client("iam")
    for role in _listed(iam, "list_roles"):
        yield f"role {role['RoleName']}", role
    # All policies of all roles at once.
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"]):
        for role in page["RoleDetailList"]:
            yield f"policies of role {role['RoleName']}", role
    for rule in lists["list_rules"]:
        yield f"targets of {rule['Name']}", client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    for plan in client("backup").list_backup_plans()["BackupPlansList"]:
        selections = client("backup").list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
        whole = client("backup").get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]
        yield f"backup plan {plan['BackupPlanId']}", [whole, selections]
    rds = client("rds")
    for group in lists["describe_db_parameter_groups"]:
        set_by_user = _listed(
            rds, "describe_db_parameters", DBParameterGroupName=group["DBParameterGroupName"], Source="user"
        )
        yield f"parameters of {group['DBParameterGroupName']}", set_by_user


SPECIAL = (_load_balancers, _servers, _edge, _names, _secrets, _rest)


def _plain(value: Any) -> Any:
    """Return a value without what may change, its lists in one order."""
    if isinstance(value, dict):
        return {name: _plain(value[name]) for name in sorted(value) if name not in IGNORED}
    if isinstance(value, list | tuple):
        return sorted(
            (_plain(entry) for entry in value), key=lambda entry: json.dumps(entry, default=str, sort_keys=True)
        )
    return value
