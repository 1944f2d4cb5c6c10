"""The steps of a run: deploy, request, break, remove. After each, the record is saved; a repeated run continues.

Whatever happens, the last step removes everything: after an error, and after an interruption.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cli.analysis.availability.model import survey
from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.deployed.address import url
from cli.deployed.site import BALANCER_TYPE, DeployedSite, SiteName, find_site
from cli.deployed.tools import Tools
from cli.prove import deployment
from cli.prove.measure import measure
from cli.prove.prediction import predictions
from cli.prove.record import Record, Request, load, save
from cli.prove.trials import trials
from cli.prove.visitor import Ask
from resilient_website.problems import InvalidTemplateError, Problem

DEPLOY, REQUESTS, FAILURES, REMOVE = "deployment", "requests", "failures", "removal"


@dataclass(frozen=True)
class Run:
    """What a run works with: the outside world, the record's file, and the template with its parameters' values."""

    tools: Tools
    ask: Ask
    path: Path
    template: dict[str, Any]
    given: dict[str, str]
    values: Mapping[str, Any]


def prove(run: Run, record: Record) -> Record:
    """Do what is left of a run, and return its record. Raises what ended it, once everything is removed."""
    try:
        if not record.failed and not record.is_done(REMOVE):
            for name, step in STEPS.items():
                record = _timed(run, record, name, step)
    except (Exception, KeyboardInterrupt) as error:
        latest = replace(_saved(run, record), failed=_reason(record, error))
        run.tools.say(f"{latest.failed}. Removing everything.")
        with suppress(InvalidTemplateError):
            save(run.path, latest)
        _timed(run, latest, REMOVE, _remove)
        raise
    return _timed(run, record, REMOVE, _remove)


def _saved(run: Run, record: Record) -> Record:
    """Return the record with what the step that failed has saved itself."""
    with suppress(InvalidTemplateError):
        return load(run.path) or record
    return record


def _timed(run: Run, record: Record, name: str, step: Callable[[Run, Record], Record]) -> Record:
    if record.is_done(name):
        return record
    run.tools.say(f"{name} ({TAKES[name]})")
    begun = run.tools.now()
    done = step(run, record).after(name, (run.tools.now() - begun).total_seconds())
    save(run.path, done)
    return done


def _deploy(run: Run, record: Record) -> Record:
    save(run.path, record)
    begun = deployment.create(run.tools, record.stack, record.region, run.template, run.given)
    created = replace(record, stack_id=begun)
    save(run.path, created)
    deployment.wait_until_created(run.tools, record.stack, record.region)
    return created


def _request(run: Run, record: Record) -> Record:
    """Walk through the site as a visitor does. Raises InvalidTemplateError if it does not serve its page."""
    site = _site(run, record)
    address = _address(run, site)
    found = (
        _asked(run, "the page", "GET", f"{address}/", lambda status: status is not None and status < 400),
        _asked(run, "a page that does not exist", "GET", f"{address}/no/such/page", lambda status: status == 404),
        _asked(run, "a form", "POST", f"{address}/", lambda status: status is not None and status < 500),
        *(
            _asked(run, "the load balancer, past CloudFront", "GET", f"https://{name}/", lambda s: s in (None, 403))
            for name in _balancers(run, site)
        ),
    )
    if not found[0].expected:
        advice = "deploy the template without `prove`, and look at the site's dashboard and logs"
        raise InvalidTemplateError([Problem(address, f"the page answers {found[0].status or 'nothing'}", advice)])
    return replace(record, requests=found)


def _fail(run: Run, record: Record) -> Record:
    """Cause the failures that are not measured yet."""
    site = _site(run, record)
    address = _address(run, site)
    said = predictions(survey(run.template, record.region, run.values))
    for trial in trials(run.tools, site):
        if trial.failure in {each.failure for each in record.measured}:
            continue
        run.tools.say(f"  failure: {trial.failure}")
        measured = measure(run.tools, run.ask, f"{address}/", trial, said.get(trial.failure))
        record = replace(record, measured=(*record.measured, measured))
        save(run.path, record)
    return record


def _remove(run: Run, record: Record) -> Record:
    deployment.remove(run.tools, record.stack, record.stack_id, record.region)
    listed = deployment.resources(run.tools, record.stack_id, record.region)
    where = (run.tools, record.stack, record.region, listed)
    return replace(record, left=tuple(deployment.left(*where)), tagged=tuple(deployment.tagged(*where)))


def _site(run: Run, record: Record) -> DeployedSite:
    return find_site(run.tools.client, SiteName(record.stack), record.region)


def _address(run: Run, site: DeployedSite) -> str:
    found = url(site, run.tools.client)
    if found is None:
        raise InvalidTemplateError([Problem(site.title, "found no address", "give a template with CloudFront")])
    return found


def _balancers(run: Run, site: DeployedSite) -> list[str]:
    """Return the names of the site's load balancers."""
    arns = [each.physical_id for each in site.of_type(BALANCER_TYPE)]
    found = run.tools.client("elbv2", site.region).describe_load_balancers(LoadBalancerArns=arns)
    return [each["DNSName"] for each in found["LoadBalancers"]]


def _asked(run: Run, what: str, method: str, address: str, expected: Callable[[int | None], bool]) -> Request:
    page = run.ask(method, address)
    status = page.status if page else None
    return Request(f"{what} ({method})", status, expected(status))


def _reason(record: Record, error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, InvalidTemplateError):
        return "; ".join(map(str, error.problems))
    if isinstance(error, AWS_ERRORS):
        return str(aws_problem(f"stack {record.stack} in {record.region}", error))
    return f"an error of this program: {error!r}"


STEPS: Mapping[str, Callable[[Run, Record], Record]] = {DEPLOY: _deploy, REQUESTS: _request, FAILURES: _fail}
TAKES = {
    DEPLOY: "20 to 60 minutes",
    REQUESTS: "seconds",
    FAILURES: "up to an hour each",
    REMOVE: "15 to 60 minutes",
}
