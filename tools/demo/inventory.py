"""What came up, tier by tier."""

from collections import Counter

from rich.table import Table

from tools.demo.account import Account

# A service of AWS's, as the second part of a resource type names it, and the tier that it makes.
TIERS = {
    "EC2": "Network and web servers",
    "IAM": "Network and web servers",
    "AutoScaling": "Network and web servers",
    "ElasticLoadBalancingV2": "Load balancer",
    "RDS": "Database",
    "SecretsManager": "Database",
    "ElastiCache": "Cache",
    "S3": "Assets, fallback and logs",
    "CloudFront": "Delivery",
    "Route53": "DNS",
    "CertificateManager": "DNS",
    "ApiGateway": "DNS",
    "FallbackSite": "Assets, fallback and logs",
    "CloudWatch": "Monitoring",
    "SNS": "Monitoring",
    "Logs": "Monitoring",
}


def show(account: Account, stack: str) -> None:
    """Print how many resources of which types each tier has."""
    tiers: dict[str, Counter[str]] = {}
    for resource in account.resources(stack):
        parts = resource["ResourceType"].split("::")
        tiers.setdefault(TIERS.get(parts[1], "Other"), Counter())[parts[-1]] += 1
    table = Table(box=None, padding=(0, 2), show_header=False)
    for tier in dict.fromkeys([*TIERS.values(), "Other"]):
        if tier in tiers:
            kinds = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in sorted(tiers[tier].items()))
            table.add_row(f"[bold]{tier}[/]", kinds)
    account.console.print(table)
    for name, value in sorted(account.outputs(stack).items()):
        account.console.print(f"  {name} = {value}", highlight=False, soft_wrap=True)
