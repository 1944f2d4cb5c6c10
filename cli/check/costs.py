"""Billing: the cost allocation tag of a monthly budget is active; no flat-rate plan covers the distribution."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, warning
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

# The tag that CloudFormation adds to all resources of a stack. Source: "Activating AWS-generated cost allocation tags".
STACK_TAG = "aws:cloudformation:stack-name"


def budget_tag(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a budget that counts nothing because its tag is not active: it stays at 0, and never sends email.

    Source: "Activating AWS-generated cost allocation tags" in the AWS Billing guide; ListCostAllocationTags.
    """
    if site.spec.monitoring.monthly_budget is None:
        return
    answer = aws.ask("ce", "list_cost_allocation_tags", region=CLOUDFRONT_REGION, TagKeys=[STACK_TAG])
    states = {entry["TagKey"]: entry.get("Status") for entry in answer.get("CostAllocationTags", [])}
    if states.get(STACK_TAG) != "Active":
        found = f"{STACK_TAG} is not an active cost allocation tag, so the budget counts nothing"
        advice = (
            "aws ce update-cost-allocation-tags-status --cost-allocation-tags-status "
            f"TagKey={STACK_TAG},Status=Active, in an organization from its management account"
        )
        yield warning(site.at("Monitoring.MonthlyBudget"), found, advice)


def flat_rate_plan(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a distribution in a flat-rate plan: its deletion and some of its updates fail.

    Source: "CloudFront flat-rate pricing plans" in the Amazon CloudFront guide; ListSubscriptions.
    """
    own = site.stack.own(aws, "AWS::CloudFront::Distribution")
    if not own:
        return
    answer = aws.ask("pricing-plan-manager", "list_subscriptions", region=CLOUDFRONT_REGION)
    for plan in answer.get("subscriptionSummaries", []):
        covered = sorted(own & {str(arn).rpartition("/")[2] for arn in plan.get("resourceArns", [])})
        if covered:
            found = f"a flat-rate plan covers {', '.join(covered)}: CloudFront refuses to delete it or change its web "
            yield warning(site.at("FrontDoor"), f"{found}ACL", f"before such an update, end the plan {plan.get('arn')}")
