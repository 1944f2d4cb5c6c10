"""Saved pages: what the model says with each of the parts that they need taken out, and which code it can read."""

import json
from typing import Any

import pytest

from cli.analysis.availability import graph, model
from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.failures import ALL_WEB_SERVERS, CLOUDFRONT, LAMBDA, NOTHING, Failure, Outage
from cli.analysis.availability.model import survey
from cli.analysis.availability.requests import RequestKind
from resilient_website.inline import page_server, prefer_saved_page
from tests.availability.templates import Change, Template, answer, changed, dropped_from, each, example, removed, set_in
from tests.inline.edge_function import event, run

DISTRIBUTION = "AWS::CloudFront::Distribution"
EDGE = "AWS::CloudFront::Function"
FUNCTION = "AWS::Lambda::Function"
ROLE = "AWS::IAM::Role"
DEFAULT = ("DistributionConfig", "DefaultCacheBehavior")
SITE = example("saved-copy")

SAVED, FRIENDLY, ERROR, UNKNOWN = Outcome.SAVED_PAGE, Outcome.FRIENDLY_PAGE, Outcome.ERROR, Outcome.UNKNOWN


def outcomes(given: Answer) -> list[Outcome]:
    return [phase.reply.outcome for phase in given.phases]


def in_code(kind: str, old: str, new: str) -> Change:
    """Return the change of a piece of a function's code."""

    def change(template: Template) -> None:
        for properties in each(template, kind, "FRIENDLY" if kind == FUNCTION else ""):
            holder, key = (properties["Code"], "ZipFile") if kind == FUNCTION else (properties, "FunctionCode")
            assert old in holder[key], "nothing would change"
            holder[key] = holder[key].replace(old, new)

    return change


def mentions(text: str) -> Any:
    return lambda item: text in json.dumps(item)


def variable(name: str, value: Any) -> Change:
    return set_in(FUNCTION, "Environment", "Variables", name, to=value, having="FRIENDLY")


def test_saved_page_comes_at_once_and_later_from_the_secondary() -> None:
    dead = answer(SITE, ALL_WEB_SERVERS, RequestKind.SAVED)
    assert [(phase.reply.outcome, phase.reply.status) for phase in dead.phases] == [(SAVED, 200)]
    assert outcomes(answer(SITE, CLOUDFRONT, RequestKind.SAVED)) == [Outcome.TIME_OUT, SAVED]
    for kind in (RequestKind.PAGE, RequestKind.FORM):
        assert outcomes(answer(SITE, ALL_WEB_SERVERS, kind)) == [FRIENDLY]
    assert outcomes(answer(SITE, NOTHING, RequestKind.SAVED)) == [Outcome.PAGE]


# What is seen at first, by CloudFront, and in the end, by Route 53's SECONDARY, while all servers are dead.
PARTS: dict[str, tuple[list[Outcome], tuple[Change, ...]]] = {
    "no association": ([FRIENDLY, SAVED], (set_in(DISTRIBUTION, *DEFAULT, "FunctionAssociations", to=[]),)),
    "association when it can't make one": (
        [FRIENDLY, SAVED],
        (set_in(DISTRIBUTION, *DEFAULT, "FunctionAssociations", 0, "EventType", to="viewer-response"),),
    ),
    "no function": ([FRIENDLY, SAVED], (removed(EDGE),)),
    "function is not published": ([FRIENDLY, SAVED], (set_in(EDGE, "AutoPublish", to=False),)),
    "function in an old runtime": (
        [FRIENDLY, SAVED],
        (set_in(EDGE, "FunctionConfig", "Runtime", to="cloudfront-js-1.0"),),
    ),
    "the name is not in the list": ([FRIENDLY, SAVED], (in_code(EDGE, '"www.example.com"', '"old.example.com"'),)),
    "edited code": ([FRIENDLY, SAVED], (in_code(EDGE, "'GET'", "'HEAD'"),)),
    "a status is no failure": ([FRIENDLY, SAVED], (in_code(EDGE, "[502, 503, 504]", "[502, 504]"),)),
    "no origin": (
        [UNKNOWN, SAVED],
        (dropped_from(DISTRIBUTION, "DistributionConfig", "Origins", where=lambda item: item["Id"] == "saved-0"),),
    ),
    "names in another order": (
        [FRIENDLY, SAVED],
        (in_code(EDGE, '["www.example.com", ', '["x.org", "www.example.com", '),),
    ),
    "no permission": ([FRIENDLY], (removed("AWS::Lambda::Permission", "apigateway"),)),
    "permission for another API": (
        [FRIENDLY],
        (
            set_in(
                "AWS::Lambda::Permission",
                "SourceArn",
                to={"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:other/*"},
                having="apigateway",
            ),
        ),
    ),
    "neither permission nor gateway response": (
        [FRIENDLY, ERROR],
        (removed("AWS::Lambda::Permission", "apigateway"), removed("AWS::ApiGateway::GatewayResponse")),
    ),
    "role may not read saved pages": (
        [FRIENDLY],
        (set_in(ROLE, "Policies", 0, "PolicyDocument", "Statement", 0, "Resource", to=[], having="ReadPages"),),
    ),
    "Lambda may not take the role": (
        [FRIENDLY],
        (set_in(ROLE, "AssumeRolePolicyDocument", to={"Statement": []}, having="ReadPages"),),
    ),
    "no role": ([UNKNOWN], (removed(ROLE, "ReadPages"),)),
    "no bucket": ([UNKNOWN], (removed("AWS::S3::Bucket", '"DeletionPolicy": "Delete"'),)),
    "a bucket of somebody else's": ([UNKNOWN], (variable("BUCKET", "pages-of-others"),)),
    "function may not save": (
        [FRIENDLY],
        (dropped_from(ROLE, "Policies", where=mentions("s3:PutObject"), having="${Guid}/_saved/*"),),
    ),
    "nothing saves": ([FRIENDLY], (removed("Custom::SavedSite"),)),
    "saved below another prefix": ([FRIENDLY], (set_in("Custom::SavedSite", "Prefix", to="_fallback/old/"),)),
    "saved in another bucket": (
        [FRIENDLY],
        (set_in("Custom::SavedSite", "BucketName", to={"Ref": "SiteAssetsBucket"}),),
    ),
    "function looks elsewhere": ([FRIENDLY], (variable("SAVED", "_old/"),)),
    "function lacks a variable": ([FRIENDLY], (variable("RETRY_AFTER", {"Ref": "AWS::NoValue"}),)),
    "code of another kind": ([UNKNOWN], (set_in(FUNCTION, "Code", to={"ZipFile": "x = 1"}, having="FRIENDLY"),)),
    "code in a bucket": ([UNKNOWN], (set_in(FUNCTION, "Code", to={"S3Bucket": "b", "S3Key": "k"}, having="FRIENDLY"),)),
    "edited code of the page server": ([UNKNOWN], (in_code(FUNCTION, '("GET", "HEAD")', '("HEAD", "HEAD")'),)),
    "another handler": ([UNKNOWN], (set_in(FUNCTION, "Handler", to="index.answer", having="FRIENDLY"),)),
    "another language": ([UNKNOWN], (set_in(FUNCTION, "Runtime", to="nodejs22.x", having="FRIENDLY"),)),
}


@pytest.mark.parametrize("part", PARTS)
def test_part_that_is_missing_changes_the_answer(part: str) -> None:
    expected, changes = PARTS[part]
    found = answer(changed(SITE, *changes), ALL_WEB_SERVERS, RequestKind.SAVED)
    assert outcomes(found) == expected, found


def test_other_names_keep_their_places_in_the_list() -> None:
    """The name whose own origin is missing suffers alone."""
    drop = dropped_from(DISTRIBUTION, "DistributionConfig", "Origins", where=lambda item: item["Id"] == "saved-1")
    cells = survey(changed(SITE, drop)).cells
    dead = {
        c.visit.host: outcomes(c.answer)
        for c in cells
        if (c.failure, c.visit.kind) == (ALL_WEB_SERVERS, RequestKind.SAVED)
    }
    assert dead == {"www.example.com": [SAVED], "example.com": [UNKNOWN, SAVED]}


def test_statuses_are_those_of_the_code() -> None:
    shown = answer(SITE, CLOUDFRONT, RequestKind.PAGE).last
    assert (shown.outcome, shown.status) == (FRIENDLY, page_server.CODES[0].serving.friendly_status)


def test_friendly_page_that_cant_be_read_is_replaced_by_the_functions_own_words() -> None:
    unpublished = removed("Custom::FallbackSite")
    bare = answer(changed(SITE, unpublished), CLOUDFRONT)
    assert (bare.last.outcome, bare.last.status) == (FRIENDLY, 503)
    assert "a Lambda function, with its built-in text" in bare.last.why


def test_lambda_that_is_down_leaves_the_page_and_else_the_gateways_own_answer() -> None:
    assert outcomes(answer(SITE, LAMBDA, RequestKind.SAVED)) == [Outcome.PAGE]
    made = graph.read(SITE, "us-east-1", {})
    both = Failure("both", (Outage(cloudfront=True, functions=True),))
    visit = next(visit for visit in survey(SITE).visits if visit.kind is RequestKind.SAVED)
    last = model.answer(made, both, visit).last
    assert (last.outcome, last.status) == (FRIENDLY, 503)
    assert "an API of API Gateway's gateway response" in last.why


def code_of(template: Template) -> str:
    return next(str(properties["FunctionCode"]) for properties in each(template, EDGE))


CODE = code_of(SITE)
NAMES = ("www.example.com", "example.com")
VALUES: tuple[tuple[tuple[str, ...], str, str, tuple[int, ...]], ...] = (
    (NAMES, "web", "saved-", (502, 503, 504)),
    ((), "web", "saved-", ()),
    (("one.example.com",), 'a "quoted" \\ origin', "\u2028@@WEB@@\n", (500,)),
)


@pytest.mark.parametrize("code", prefer_saved_page.CODES)
@pytest.mark.parametrize("values", VALUES)
def test_code_does_what_is_said_of_it(code: prefer_saved_page.Code, values: Any) -> None:
    text = code.text(*values)
    group = prefer_saved_page.meaning(text)
    assert group is not None
    for host in (*NAMES, "one.example.com", "other.org"):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            asked = run(text, event(method, host))["asked"]
            ran = [[origin["originId"] for origin in one["originIds"]] for one in asked]
            members = group.members(host, method)
            assert ran == ([list(members)] if members else [])
            assert all(one["failoverCriteria"]["statusCodes"] == list(group.statuses) for one in asked)
    assert (group.hosts, group.first, group.second, group.statuses) == values


def test_meaning_has_the_values_of_the_site() -> None:
    group = prefer_saved_page.meaning(CODE)
    assert group is not None
    assert (group.hosts, group.statuses) == (NAMES, (502, 503, 504))


GUARD = "name >= 0 && (request.method === 'GET' || request.method === 'HEAD')"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name >= 0", "name >= 1"),
        (GUARD, GUARD.replace("(", "").replace(")", "")),
        ("name >= 0 && (", "("),
        ("=== 'GET'", "!== 'GET'"),
        ("return request;", "request.uri = '/'; return request;"),
        ('"saved-" + name', '"saved-" + name + 1'),
        ('"web"', '"w\\x65b"'),
        ("[502, 503, 504]", "STATUSES"),
        ("if (", "while ("),
        ("const request", "return event.request; const request"),
        ("createRequestOriginGroup", "updateRequestOrigin"),
        ("import cf from 'cloudfront';", ""),
        ('"example.com"]', '"example.com", OTHER]'),
        ("// For", "// ⟨?parameter Other⟩"),
        ("// For", "//  For"),
        ("event", "happening"),
        ("[502, 503, 504]", "[502,503,504]"),
        ("[502, 503, 504]", "[502, 503, 504.0]"),
        ("[502, 503, 504]", "[502, 503, true]"),
        ('"web"', "1"),
        ('"saved-"', '["saved-"]'),
        ('["www.example.com", "example.com"]', "{}"),
        ('["www.example.com", "example.com"]', "[" * 100_000),
    ],
)
def test_other_code_is_not_followed(old: str, new: str) -> None:
    assert old in CODE
    assert prefer_saved_page.meaning(CODE.replace(old, new)) is None
    last = answer(changed(SITE, in_code(EDGE, old, new)), NOTHING).last
    assert "not analyzed: the function ⟨SitePreferSavedPage.FunctionARN⟩" in last.why


@pytest.mark.parametrize("text", ["", "def handler(:", f"{page_server.CODES[0].text} ", "\0"])
def test_code_that_serves_no_saved_pages(text: str) -> None:
    assert page_server.meaning(text) is None


def test_code_of_an_earlier_version_stays_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version has code of its own, in front of the others."""
    changed_code = prefer_saved_page.Code(prefer_saved_page.CODES[0].source.replace("'HEAD'", "'OPTIONS'"), ("GET",))
    later = page_server.Code("later", page_server.CODES[0].serving)
    monkeypatch.setattr(prefer_saved_page, "CODES", (changed_code, *prefer_saved_page.CODES))
    monkeypatch.setattr(page_server, "CODES", (later, *page_server.CODES))
    assert outcomes(answer(SITE, ALL_WEB_SERVERS, RequestKind.SAVED)) == [SAVED]
    newest = example("saved-copy")
    [edge] = each(newest, EDGE)
    assert edge["FunctionCode"] != CODE
    assert outcomes(answer(newest, ALL_WEB_SERVERS, RequestKind.SAVED)) == [SAVED]
