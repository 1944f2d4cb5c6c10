"""Values near those that a kind takes: refused, or taken by every service that they map to.

The values that a kind is tried with elsewhere are its own: one that the service refuses is not among them. Here are
the mistakes that people make: plurals, fields of another kind of cron, codes and names that only look like such.
"""

import string
from typing import Any

import pytest
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.rules.resources.events.RuleScheduleExpression import RuleScheduleExpression
from hypothesis import example, given
from hypothesis import strategies as st

from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader
from resilient_website.reading.time_zones import ABBREVIATIONS, time_zones
from tests.aws_models.model_checks import findings
from tests.aws_models.property_rows import rows
from tests.hypothesis_profile import examples

Json = dict[str, Any]

KINDS: dict[str, Any] = {path: row.kind for path, row in rows()}

RATES = st.builds(
    "rate({} {}{})".format,
    st.integers(0, 12) | st.integers(9998, 10001),
    st.sampled_from(["minute", "hour", "day", "week"]),
    st.sampled_from(["", "s"]),
)
# Right in some field of one of the two kinds of cron expressions; wrong in others.
FIELDS = st.sampled_from(
    (
        *("*", "?", "0", "1", "7", "8", "12", "13", "23", "24", "31", "32", "59", "60", "2031", "1969", ""),
        *("*/5", "0/15", "*/0", "1-5", "22-2", "1,15", "MON-FRI", "sun", "JAN", "MON,JAN", "L", "LW", "15W", "6L"),
        *("2#1", "2#6"),
    )
)
RIGHT_CRONS = ("0 3 * * ? *", "0/15 8-18 ? * MON-FRI 2031", "0 8 L * ? *")
RIGHT_RECURRENCES = ("0 8 * * 1-5", "*/15 8-18 1,15 JAN MON-FRI")


@st.composite
def near(draw: st.DrawFn, right: tuple[str, ...]) -> str:
    """Return a cron expression with one or two of its fields replaced, left out or doubled."""
    fields = draw(st.sampled_from(right)).split(" ")
    for _ in range(draw(st.integers(1, 2))):
        where = draw(st.integers(0, len(fields) - 1))
        fields[where : where + draw(st.integers(0, 1))] = draw(st.lists(FIELDS, max_size=1))
        fields = fields or ["*"]
    return " ".join(fields)


SCHEDULES = RATES | near(RIGHT_CRONS).map("cron({})".format) | near(RIGHT_RECURRENCES).map("cron({})".format)
ZONES = st.sampled_from(sorted({*ABBREVIATIONS, *time_zones(), "UTC+1", "+02:00", "GMT", "Local", "europe/berlin"}))


def rule(schedule: str) -> Json:
    """Return a rule of EventBridge."""
    return {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": schedule}}


def plan(schedule: str) -> Json:
    """Return a plan of AWS Backup."""
    rules = [{"RuleName": "daily", "TargetBackupVault": "vault", "ScheduleExpression": schedule}]
    return {
        "Type": "AWS::Backup::BackupPlan",
        "Properties": {"BackupPlan": {"BackupPlanName": "plan", "BackupPlanRule": rules}},
    }


def action(recurrence: str, zone: str = "UTC") -> Json:
    """Return a scheduled action of Auto Scaling."""
    given = {"AutoScalingGroupName": "group", "MinSize": 2, "Recurrence": recurrence, "TimeZone": zone}
    return {"Type": "AWS::AutoScaling::ScheduledAction", "Properties": given}


def taken(kind: PropertyType, value: Any) -> bool:
    """Tell whether a kind takes a value."""
    reader = Reader({}, "us-east-1")
    kind.read(value, "value", reader)
    return not reader.problems


def judged(resource: Json) -> list[str]:
    """Return what the judges find in a resource; of a schedule, cfn-lint's rule as well: it alone knows the plurals."""
    schedule = resource["Properties"].get("ScheduleExpression")
    rule = RuleScheduleExpression()
    linted = [] if schedule is None else rule.validate(CfnTemplateValidator({}), None, schedule, {})
    return [*findings({"Resources": {"Made": resource}}), *(str(each.message) for each in linted)]


@given(SCHEDULES)
@example("rate(1 hours)")
@example("rate(6 hour)")
@example("cron(0 8 * * *)")
@example("cron(0 8 * * * *)")
@examples(120)
def test_a_schedule_is_refused_or_taken_by_eventbridge(schedule: str) -> None:
    if taken(KINDS["Fallback.Source.ScheduleExpression"], schedule):
        assert judged(rule(schedule)) == []


@given(SCHEDULES)
@example("cron(0 3 * * * *)")
@example("rate(1 day)")
@examples(120)
def test_a_plans_schedule_is_refused_or_taken_by_aws_backup(schedule: str) -> None:
    """No judge reads the fields of a plan's schedule: they are those of EventBridge's."""
    if taken(KINDS["Database.BackupPlan.ScheduleExpression"], schedule):
        assert judged(plan(schedule)) == []
        assert judged(rule(schedule)) == []


@given(near(RIGHT_RECURRENCES) | near(RIGHT_CRONS), ZONES)
@example("99 25 * * 8", "UTC")
@example("0 8 * * *", "PST")
@examples(120)
def test_a_recurrence_is_refused_or_taken_by_auto_scaling(recurrence: str, zone: str) -> None:
    actions = "WebServers.ScheduledActions."
    if taken(KINDS[f"{actions}TimeZone"], zone):
        assert judged(action("0 8 * * *", zone)) == []
    if taken(KINDS[f"{actions}Recurrence"], recurrence):
        assert judged(action(recurrence)) == []


@pytest.mark.parametrize("first", string.ascii_uppercase)
def test_a_country_is_refused_or_taken_by_cloudfront(first: str) -> None:
    kind: ListOf = KINDS["Delivery.GeoRestriction.Locations"]
    codes = [code for second in string.ascii_uppercase if taken(kind.item, code := first + second)]
    where = {"Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Locations": codes}}}
    made = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": where}}
    assert [each for each in findings({"Resources": {"Made": made}}) if "GeoRestriction" in each] == []
