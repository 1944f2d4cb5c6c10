"""The resource types added to ministack, a file for each service."""

from tools.emulator.resource_types import ResourceType
from tools.emulator.resources import (
    cloudfront,
    cloudwatch,
    ec2_addresses,
    ec2_rules,
    logs,
    operations,
    route53,
    secretsmanager,
)

TYPES: dict[str, ResourceType] = {
    **ec2_addresses.TYPES,
    **ec2_rules.TYPES,
    **route53.TYPES,
    **secretsmanager.TYPES,
    **cloudfront.TYPES,
    **cloudwatch.TYPES,
    **logs.TYPES,
    **operations.TYPES,
}
