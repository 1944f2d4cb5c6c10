"""What compares the halves each hour, in the copy: the function, its schedule, and the metric of what differs.

The copy compares, since there may be no copy yet. The metric is made of the function's log by a filter for each site,
so that the alarm of one site is not about another site of the stack.
"""

import json

from troposphere import AWSHelperFn, AWSObject, Ref, Sub, logs

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.functions.alarms import NAMESPACE
from resilient_website.functions.kind import FunctionKind, rights
from resilient_website.functions.schedule import scheduled
from resilient_website.tiers.secondary_region import published
from resilient_website.tiers.secondary_region.primary_half import Primary

# The end of the logical id, and of the name, of the parameter that each half publishes in its own Region. The name is
# one level below those that the halves read from each other, which are directly below the site's path.
DECLARED = "Declared"
_LEVEL = f"Half/{DECLARED}"

# Often enough for an alarm after hours: a deployment takes both Regions one after the other.
SCHEDULE = "rate(1 hour)"

# The fields of the function's log lines (custom_resources/half_comparison/handler.py).
SITE_FIELD, DIFFERING_FIELD = "site", "differing"

FUNCTION = FunctionKind(
    "HalfComparison",
    "half_comparison",
    "Compares the halves of this stack's sites in both Regions",
    timeout=120,
)


def declared_name(context: Context) -> AWSHelperFn:
    """Return the name of the parameter, the same in both halves."""
    return Sub(_name(context))


def metric_name(context: Context) -> AWSHelperFn:
    """Return the name of the site's metric, in the namespace of the functions' metrics."""
    return Sub(f"${{AWS::StackName}}-{context.site}-DifferingValues")


def build(context: Context, there: Primary) -> tuple[AWSObject, ...]:
    """Return what compares this copy with the primary half: the right to read there, the schedule, and the metric."""
    region = there.value(published.PRIMARY_REGION)
    right = rights(context, "HalfComparisonPolicy", FUNCTION.role, [_may_read(context, region)])
    runs = scheduled(
        context,
        FUNCTION,
        SCHEDULE,
        what="Compares the halves of the resilient website",
        target="Compare",
        event=_event(context, region),
        waits_for=right.title,
    )
    return right, *runs, _metric(context)


def _may_read(context: Context, primary_region: AWSHelperFn) -> Statement:
    """Return the right to read what the site's halves declare, under the same name in both Regions."""
    of_account = f"${{AWS::AccountId}}:parameter{_name(context)}"
    here = Sub(f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:{of_account}")
    there = Sub(f"arn:${{AWS::Partition}}:ssm:${{Primary}}:{of_account}", Primary=primary_region)
    return allow("ssm:GetParameters", [here, there])


def _name(context: Context) -> str:
    return f"{published.ROOT}/${{AWS::StackName}}/{context.site}/{_LEVEL}"


def _event(context: Context, primary_region: AWSHelperFn) -> AWSHelperFn:
    """Return what the function gets; neither a stack's name nor a Region has a character that JSON must escape."""
    return Sub(json.dumps({"Parameter": _name(context), "PrimaryRegion": "${Primary}"}), Primary=primary_region)


def _metric(context: Context) -> logs.MetricFilter:
    """Return the filter that makes the site's metric. It has no default: without a comparison, there is no data.

    Source: "Filter pattern syntax for metric filters" in the Amazon CloudWatch Logs User Guide.
    """
    return logs.MetricFilter(
        context.id("DifferingValues"),
        LogGroupName=Ref(FUNCTION.log_group),
        FilterPattern=f'{{ $.{SITE_FIELD} = "{context.site}" && $.{DIFFERING_FIELD} >= 0 }}',
        MetricTransformations=[
            logs.MetricTransformation(
                MetricNamespace=NAMESPACE, MetricName=metric_name(context), MetricValue=f"$.{DIFFERING_FIELD}"
            )
        ],
    )
