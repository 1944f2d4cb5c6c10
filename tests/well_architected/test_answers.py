"""What turns a part of a site off changes the answer, for every check; and the answers of sites that differ in one."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.availability import resources as template_resources
from cli.analysis.well_architected.answers import answers
from cli.analysis.well_architected.questions import Check, questions
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples
from tools.repository import ROOT

TABLE = questions().questions
CHECKS = [
    pytest.param(question.id, check, id=f"{question.id}: {check.text}")
    for question in TABLE
    for check in question.checks
]
BACKED_UP = {**DOMAIN, "Secondary": {"Region": "us-west-2", "Mode": "Backups"}}
BOUNDED = {"Security": {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}}

Template = dict[str, Any]


def of_example(name: str) -> Template:
    template = read_template(ROOT / f"examples/{name}.yaml")
    return dict(expand_template(template, parameter_values(template, {}), "us-east-1"))


@pytest.fixture(scope="module")
def templates() -> tuple[Template, ...]:
    """Return expanded templates that have among them all that is asked for."""
    own = (dict(expand_template(in_template(site), {}, "us-east-1")) for site in (BACKED_UP, BOUNDED))
    return of_example("everything"), *own


def shown(template: Mapping[str, Any], question: str) -> dict[str, tuple[str, ...]]:
    """Return the resources that show each check of a question."""
    resources = template_resources.read(template, "us-east-1", {})
    (answer,) = answers(resources, [each for each in TABLE if each.id == question])
    return {finding.text: finding.resources for finding in answer.findings}


def turned_off(template: Template, check: Check, found: tuple[str, ...]) -> Template:
    """Return the template without what shows a check: a property of these resources, or the resources themselves."""
    changed = copy.deepcopy(template)
    for name in found:
        if name not in changed["Resources"]:
            # It is in a stack in another Region.
            stacks = [key for key, body in changed["Resources"].items() if body["Type"] == "Custom::RemoteStack"]
            changed["Resources"] = {key: body for key, body in changed["Resources"].items() if key not in stacks}
        elif check.property:
            changed["Resources"][name]["Properties"].pop(check.property[0])
        else:
            del changed["Resources"][name]
    return changed


@pytest.mark.parametrize(("question", "check"), CHECKS)
def test_what_is_turned_off_is_no_longer_found(templates: tuple[Template, ...], question: str, check: Check) -> None:
    having = next(template for template in templates if shown(template, question)[check.text])
    found = shown(having, question)[check.text]
    assert shown(turned_off(having, check, found), question)[check.text] == ()


@pytest.mark.parametrize(
    ("off", "on", "question", "text"),
    [
        ({"Database": {"MultiAZ": False}}, {}, "REL 10", "a standby of the database in another zone"),
        ({"Database": {"DeletionProtection": False}}, {"Database": {"DeletionProtection": True}}, "REL 8", "database"),
        ({}, DOMAIN, "REL 11", "failover records"),
        ({}, {"Cache": True}, "PERF 3", "a cache"),
        ({}, {"Database": {"ReadReplicas": 1}}, "PERF 3", "read replicas"),
        ({}, {"Security": {"WebACL": "ManagedRules"}}, "SEC 5", "a web ACL"),
        ({"Network": {"FlowLogs": "None"}}, {}, "SEC 4", "flow logs"),
        (DOMAIN, BACKED_UP, "REL 13", "backups of the database in another Region"),
        ({"Monitoring": {"Dashboard": False}}, {}, "REL 6", "a dashboard"),
    ],
)
def test_property_of_a_site_changes_the_answer(
    off: dict[str, Any], on: dict[str, Any], question: str, text: str
) -> None:
    def found(site: dict[str, Any]) -> bool:
        made = shown(expand_template(in_template(site), {}, "us-east-1"), question)
        return any(made[name] for name in made if text in name)

    assert (found(off), found(on)) == (False, True)


@given(SITES)
@examples(10)
def test_promises_hold_for_every_site(site: dict[str, Any]) -> None:
    template = expand_template(in_template(site), {}, "us-east-1")
    assert shown(template, "REL 10")["web servers in several zones"]
    assert shown(template, "SEC 6")["instance metadata by IMDSv2 only"]
    databases = {name for name, body in template["Resources"].items() if body["Type"] == "AWS::RDS::DBInstance"}
    assert set(shown(template, "SEC 5")["databases without a public address"]) == databases


def test_empty_template_shows_nothing() -> None:
    resources = template_resources.read({"Resources": {}}, "us-east-1", {})
    for answer in answers(resources, TABLE):
        assert answer.found == ()
        assert bool(answer.question.not_visible) is not bool(answer.missing)


def test_ids_are_in_order() -> None:
    ids = [question.id.split() for question in TABLE]
    assert ids == sorted(ids, key=lambda each: (["REL", "SEC", "PERF", "COST"].index(each[0]), int(each[1])))
    assert len({question.id for question in TABLE}) == len(TABLE)
