"""Laws of availability: they hold for every site, on its expanded template."""

from typing import Any

from hypothesis import given

from cli.analysis.availability import health
from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.failures import (
    ALL_WEB_SERVERS,
    CACHE_PRIMARY,
    DATABASE_PRIMARY,
    NOTHING,
    READ_REPLICA,
    WEB_SERVER,
    ZONE,
    failures,
)
from cli.analysis.availability.model import answer
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import RequestKind
from cli.analysis.availability.visits import visits
from tests.availability.surveyed_sites import SITES, SOME, graph_of, survey_of
from tests.hypothesis_profile import examples

SMALL = (
    NOTHING.name,
    WEB_SERVER.name,
    ZONE,
    DATABASE_PRIMARY.name,
    READ_REPLICA.name,
    CACHE_PRIMARY.name,
)


@given(SITES)
@examples(SOME)
def test_page_comes_back_after_every_small_failure(properties: dict[str, Any]) -> None:
    result = survey_of(properties)
    cells = [cell for cell in result.cells if cell.failure.name in SMALL]
    assert cells
    assert [cell for cell in cells if cell.answer.last.outcome is not Outcome.PAGE] == []


@given(SITES)
@examples(SOME)
def test_form_and_page_get_the_same(properties: dict[str, Any]) -> None:
    result = survey_of(properties)
    for cell in result.cells:
        if cell.visit.kind is RequestKind.FORM:
            page = next(v for v in result.visits if v.host == cell.visit.host and v.kind is RequestKind.PAGE)
            assert seen(result.answer(cell.failure.name, page)) == seen(cell.answer)


def seen(given_answer: Answer) -> list[Any]:
    """Return what visitors see of an answer, but for how long they wait: a form has no second origin to wait for."""
    return [(phase.reply.outcome, phase.reply.status, phase.lasts, phase.some) for phase in given_answer.phases]


@given(SITES)
@examples(SOME)
def test_saved_page_fares_no_worse_than_others(properties: dict[str, Any]) -> None:
    result = survey_of(properties)
    saved = [cell for cell in result.cells if cell.visit.kind is RequestKind.SAVED]
    assert bool(saved) == ("Source" in properties.get("Fallback", {}))
    for cell in saved:
        page = next(v for v in result.visits if v.host == cell.visit.host and v.kind is RequestKind.PAGE)
        assert cell.answer.severity <= result.answer(cell.failure.name, page).severity


@given(SITES)
@examples(SOME)
def test_no_health_check_is_fooled_by_the_fallback(properties: dict[str, Any]) -> None:
    made = graph_of(properties)
    for check in made.health_checks.values():
        if check.type not in health.HTTP_TYPES:
            continue
        alive = health.probe(made, NOTHING.outages[0], check)
        assert alive.last.outcome is Outcome.PAGE
        for failure in failures(made):
            for outage in failure.outages:
                reply = health.probe(made, outage, check).last
                assert reply.outcome is Outcome.PAGE or reply.status is None or reply.status >= 400
        dead = health.probe(made, ALL_WEB_SERVERS.outages[0], check).last
        assert dead.outcome is not Outcome.PAGE


@given(SITES)
@examples(SOME)
def test_no_two_distributions_carry_one_alias(properties: dict[str, Any]) -> None:
    made = graph_of(properties)
    aliases = [alias for distribution in made.distributions.values() for alias in distribution.aliases]
    assert len(aliases) == len(set(aliases))


@given(SITES)
@examples(SOME)
def test_every_secondary_has_a_certificate_for_its_name(properties: dict[str, Any]) -> None:
    made = graph_of(properties)
    secondaries = [record for record in made.records if record.failover == "SECONDARY"]
    assert bool(secondaries) == ("DomainName" in properties)
    for record in secondaries:
        target = referenced_id(record.alias) or ""
        holder = made.distributions.get(target) or made.apis.domain_names[target]
        certificate = made.certificates[referenced_id(holder.certificate) or ""]
        assert certificate.covers(record.name)
        assert certificate.region == made.region_of(target)


@given(SITES)
@examples(20)
def test_nothing_of_a_site_is_unknown(properties: dict[str, Any]) -> None:
    made = graph_of(properties)
    for failure in failures(made):
        for visit in visits(made):
            given_answer = answer(made, failure, visit)
            assert [phase for phase in given_answer.phases if phase.reply.outcome is Outcome.UNKNOWN] == []
