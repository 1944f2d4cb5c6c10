"""What the model says about every example: whatever fails, visitors end with the page or the friendly page."""

from pathlib import Path

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ALL_WEB_SERVERS, CLOUDFRONT, NOTHING, REGION, S3
from cli.analysis.availability.model import Cell, survey
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import RequestKind
from tests.availability.templates import example as expanded_example


def excused(cell: Cell, *, elsewhere: bool) -> bool:
    """Return whether the fallback's own parts are what fails, so that nothing is left to answer with.

    `elsewhere`: they are in another Region.
    """
    on_cloudfronts_name = referenced_id(cell.visit.host) is not None
    return (
        (cell.failure == REGION and not elsewhere)
        or (cell.failure == S3 and cell.visit.kind is RequestKind.ASSET and not elsewhere)
        or (cell.failure == CLOUDFRONT and on_cloudfronts_name)
    )


def ends_well(cell: Cell) -> bool:
    reply = cell.answer.last
    friendly = reply.outcome is Outcome.FRIENDLY_PAGE and reply.status == 503
    return reply.outcome in (Outcome.PAGE, Outcome.SAVED_PAGE) or friendly


def reported(cells: list[Cell]) -> list[str]:
    return [f"{cell.failure.name}, {cell.visit.kind} of {cell.visit.host}: {cell.answer}" for cell in cells]


def test_every_failure_ends_well(example: Path) -> None:
    template = expanded_example(example.stem)
    elsewhere = any(body["Type"] == "Custom::RemoteStack" for body in template["Resources"].values())
    judged = [cell for cell in survey(template).cells if not excused(cell, elsewhere=elsewhere)]
    assert len(judged) > 10
    assert reported([cell for cell in judged if not ends_well(cell)]) == []


def test_all_is_well_while_nothing_fails(example: Path) -> None:
    cells = [cell for cell in survey(expanded_example(example.stem)).cells if cell.failure == NOTHING]
    assert cells
    assert all(cell.answer.transient == () and cell.answer.last.outcome is Outcome.PAGE for cell in cells)


def test_every_name_is_asked_for_every_kind() -> None:
    result = survey(expanded_example("with-domain"))
    asked = {(visit.host, visit.kind, visit.method) for visit in result.visits}
    kinds = [(RequestKind.PAGE, "GET"), (RequestKind.FORM, "POST"), (RequestKind.ASSET, "GET")]
    assert asked == {(host, *kind) for host in ("www.example.com", "example.com") for kind in kinds}
    assert {visit.path for visit in result.visits if visit.kind is RequestKind.ASSET} == {"/static/app.css"}


def test_load_balancers_site_has_its_assets_on_cloudfronts_own_name() -> None:
    result = survey(expanded_example("load-balancer"))
    assert [visit.host for visit in result.visits if visit.kind is RequestKind.ASSET] == [
        "⟨SiteAssetsDistribution.DomainName⟩"
    ]
    assert {visit.host for visit in result.visits if visit.kind is not RequestKind.ASSET} == {"app.example.com"}


def test_times_come_from_the_template() -> None:
    domain = survey(expanded_example("with-domain"))
    page = next(visit for visit in domain.visits if visit.kind is RequestKind.PAGE)
    lost = domain.answer(CLOUDFRONT.name, page)
    # 30 s x 3 until the health check fails, and up to 60 s in resolvers.
    assert [str(phase.lasts) for phase in lost.transient] == ["90-150 s"]
    assert lost.transient[0].reply.outcome is Outcome.TIME_OUT
    balancer = survey(expanded_example("load-balancer"))
    page = next(visit for visit in balancer.visits if visit.kind is RequestKind.PAGE)
    assert str(balancer.answer(ALL_WEB_SERVERS.name, page).transient[0].lasts) == "20-80 s"
