"""Custom::FallbackSite: the friendly page in a bucket that keeps versions."""

import json
from functools import cached_property
from hashlib import sha256
from typing import Any

from fallback_site.page import render
from fallback_site.properties import read
from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import TORN, BucketBed, Json, listed

PREFIXES = ("_fallback/", "elsewhere/")


class FallbackSiteBed(BucketBed):
    """Contents: "one", "two" and "three" are pages; "two elsewhere" has another prefix; "nonsense" is refused."""

    module = "fallback_site.handler"
    resource_type = "Custom::FallbackSite"
    logical_id = "SiteFallbackSite"
    seconds = 120
    scale = 3

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"BucketName": self.bucket, "Titel": "x"}
        words, _, elsewhere = content.partition(" ")
        return {
            "BucketName": f"there-is-none-{self.stack_id.rpartition('/')[2]}"
            if elsewhere == "in no bucket"
            else self.bucket,
            "Message": f"This is page {words}.",
            "Prefix": PREFIXES[elsewhere == "elsewhere"],
        }

    def put(self, what: str) -> None:
        if what == "taken over":
            self.cloudformation.resources = (("Other", f"{self.bucket}/_fallback/", "CREATE_COMPLETE"),)
        else:
            raise NotImplementedError(what)

    def upstream(self, service: str) -> str:
        return self.cloudformation.url if service == "cloudformation" else super().upstream(service)

    def visit(self) -> str:
        return self._page(self.body("_fallback/index.html"))

    def left(self) -> str:
        versions, bodies = self.versions(), self.bodies()
        keys = {entry["Key"] for entry in versions}
        known = {prefix + name for prefix in PREFIXES for name in ("index.html", "manifest.json")}
        published = (self._published(bodies, prefix) for prefix in PREFIXES)
        return listed(*published, *sorted(keys - known), self.old_versions(versions))

    def _published(self, bodies: dict[str, bytes], prefix: str) -> str:
        index, manifest = bodies.get(prefix + "index.html"), bodies.get(prefix + "manifest.json")
        page = self._page(index)
        where = "" if prefix == PREFIXES[0] else f" in {prefix}"
        if not page:
            return f"a manifest{where} alone" if manifest else ""
        reported = json.loads(manifest)["files"][prefix + "index.html"] if manifest else ""
        return page + where + ("" if reported == sha256(index or b"").hexdigest() else ", not its manifest")

    def _page(self, body: bytes | None) -> str:
        return "" if body is None else f"page {self._whole[body]}" if body in self._whole else f"a {TORN} page"

    @cached_property
    def _whole(self) -> dict[bytes, str]:
        """What visitors may get, and the words of its properties."""
        return {render(read(self.properties(words))): words for words in ("one", "two", "three")}

    def __enter__(self) -> "FallbackSiteBed":
        super().__enter__()
        self.cloudformation = self.running.enter_context(FakeCloudFormation())
        return self


def _other_update(trial: Any) -> None:
    trial.other_update("three")


def _emptied(trial: Any) -> None:
    trial.harness.empty()


MADE = Step(CREATE, SUCCESS)
GONE = Step(DELETE, SUCCESS, content="two")
BACK = Step(UPDATE, SUCCESS)

PUT_PAGE, PUT_MANIFEST = "PutObject _fallback/index.html", "PutObject _fallback/manifest.json"


def _create(fault: faults.Fault, answer: str, left: str, says: str = "", seconds: float = 0) -> Case:
    return Case("Create", (Step(CREATE, answer, fault, says=says, seconds=seconds),), left)


def _failed_create(fault: faults.Fault, says: str, seconds: float = 0) -> Case:
    """Return the case of a creation that fails: CloudFormation deletes it by the id that it was answered."""
    steps = (Step(CREATE, FAILED, fault, says=says, seconds=seconds), Step(DELETE, SUCCESS))
    return Case("Create that fails, deleted", steps, "nothing")


def _failed_update(fault: faults.Fault, says: str, content: str = "two", seconds: float = 0) -> Case:
    """Return the case of an update that fails: CloudFormation asks for the old properties again."""
    failed = Step(UPDATE, FAILED, fault, content, says=says, seconds=seconds)
    return Case("Update that fails, rolled back", (MADE, failed, BACK), "page one")


def _killed(request: str, fault: faults.Fault, left: str, content: str = "two") -> Case:
    first = () if request == CREATE else (MADE,)
    asked = "one" if request == CREATE else content
    return Case(
        f"{request}, killed", (*first, Step(request, NOTHING, fault, asked), Step(AGAIN, SUCCESS, content=asked)), left
    )


CASES = (
    _create(faults.RESET_BEFORE.at("", 2), SUCCESS, "page one"),
    _create(faults.RESET_AFTER.at("PutObject", 2), SUCCESS, "page one"),
    _create(faults.DELAYED.at("PutObject", 1), SUCCESS, "page one"),
    _create(faults.TRUNCATED.at("PutObject", 2), SUCCESS, "page one"),
    _create(error("SlowDown").at("", 2), SUCCESS, "page one"),
    _create(error("AccessDenied").at("GetObject", 3), SUCCESS, "page one"),
    _create(error("InternalError").at(PUT_MANIFEST, 2), SUCCESS, "page one"),
    _create(faults.GARBAGE.at("GetObject"), SUCCESS, "page one"),
    _failed_create(faults.REFUSED, "connect"),
    _failed_create(faults.RESET_BEFORE, "closed"),
    _failed_create(faults.RESET_AFTER.at("PutObject"), "closed"),
    _failed_create(faults.DELAYED.at(PUT_PAGE), "timeout"),
    _failed_create(faults.TRICKLES.at(PUT_PAGE), "time", seconds=20),
    _failed_create(error("SlowDown"), "SlowDown"),
    _failed_create(error("SlowDown").at(PUT_MANIFEST), "SlowDown"),
    _failed_create(error("AccessDenied").at("PutObject"), "AccessDenied"),
    _failed_create(error("AccessDenied").at(PUT_MANIFEST), "AccessDenied"),
    _failed_create(faults.DELAYED.at(PUT_MANIFEST), "time", seconds=6),
    Case(
        "Create that fails, deleted while S3 refuses everything",
        (
            Step(CREATE, FAILED, error("AccessDenied"), says="AccessDenied"),
            Step(DELETE, SUCCESS, error("AccessDenied")),
        ),
        "nothing",
        scale=8,
    ),
    Case(
        "Create in a bucket that is not there, deleted",
        (Step(CREATE, FAILED, content="one in no bucket", says="NoSuchBucket"), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    Case("Create with nonsense, deleted", (Step(CREATE, FAILED, content="nonsense", says="Titel"), GONE), "nothing"),
    _killed(CREATE, faults.KILLED_BEFORE.at(PUT_PAGE), "page one"),
    _killed(CREATE, faults.KILLED_AFTER.at(PUT_PAGE), "page one"),
    _killed(CREATE, faults.KILLED_AFTER.at(PUT_MANIFEST), "page one"),
    _killed(CREATE, faults.KILLED_BEFORE.at(ANSWER), "page one"),
    Case(
        "Create that was never answered, deleted",
        (Step(CREATE, NOTHING, faults.KILLED_BEFORE.at(PUT_PAGE)), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    Case(
        # CloudFormation's made-up id names no place, and a place that was never answered may be another's.
        "Create that was never answered, deleted",
        (Step(CREATE, NOTHING, faults.KILLED_AFTER.at(PUT_PAGE)), Step(DELETE, SUCCESS)),
        "page one, not its manifest",
    ),
    _failed_update(faults.REFUSED, "connect"),
    _failed_update(error("AccessDenied").at("PutObject"), "AccessDenied"),
    _failed_update(error("SlowDown").at(PUT_MANIFEST), "SlowDown"),
    _failed_update(faults.RESET_AFTER.at(PUT_PAGE), "closed"),
    _failed_update(faults.TRICKLES.at(PUT_MANIFEST), "time", seconds=20),
    _failed_update(faults.NONE, "Titel", "nonsense"),
    _failed_update(error("AccessDenied").at("PutObject elsewhere/manifest"), "AccessDenied", "two elsewhere"),
    _failed_update(faults.TRICKLES.at("PutObject elsewhere/manifest"), "time", "two elsewhere", seconds=20),
    _killed(UPDATE, faults.KILLED_AFTER.at(PUT_PAGE), "page two"),
    _killed(UPDATE, faults.KILLED_BEFORE.at(ANSWER), "page two"),
    _killed(UPDATE, faults.KILLED_AFTER.at(PUT_MANIFEST), "page two"),
    Case(
        "Update to another prefix, then Delete of the old one",
        (MADE, Step(UPDATE, SUCCESS, content="two elsewhere", replaces=True), Step(DELETE, SUCCESS, of=0)),
        "page two in elsewhere/",
    ),
    Case(
        "two Updates at once, the older one last",
        (
            MADE,
            Step(UPDATE, FAILED, meanwhile("Update to three", _other_update).at(PUT_PAGE, 1), "two", says="another"),
        ),
        "page three",
        scale=1,
    ),
    Case(
        "two Updates at once, the older one's manifest last",
        (
            MADE,
            Step(
                UPDATE, FAILED, meanwhile("Update to three", _other_update).at(PUT_MANIFEST, 1), "two", says="another"
            ),
        ),
        "page three",
        scale=1,
    ),
    Case(
        "Update while the bucket is emptied",
        (MADE, Step(UPDATE, SUCCESS, meanwhile("bucket emptied", _emptied).at(PUT_PAGE, 1), "two")),
        "page two",
    ),
    Case(
        "Update while the bucket is emptied",
        (
            MADE,
            Step(UPDATE, SUCCESS, meanwhile("bucket emptied", _emptied).at(PUT_MANIFEST, 1), "two"),
            Step(UPDATE, SUCCESS, content="two"),
        ),
        "page two",
    ),
    Case("Delete", (MADE, Step(DELETE, SUCCESS), Step(AGAIN, SUCCESS)), "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
    Case(
        "Delete of an emptied bucket",
        (
            MADE,
            Step(DELETE, SUCCESS, meanwhile("bucket emptied", _emptied)),
        ),
        "nothing",
    ),
    Case(
        "Delete that fails, and again",
        (MADE, Step(DELETE, FAILED, error("SlowDown").at("DeleteObjects"), says="SlowDown"), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    Case(
        "Delete while nobody says whose the page is",
        (MADE, Step(DELETE, FAILED, error("AccessDenied").at("ListStackResources"), says="AccessDenied")),
        "page one",
    ),
    Case("Delete of what another has taken over", (MADE, Step(DELETE, SUCCESS)), "page one", before="taken over"),
    Case(
        "Delete, garbage about whose the page is",
        (MADE, Step(DELETE, FAILED, faults.GARBAGE.at("ListStackResources"), says="pars")),
        "page one",
    ),
    _killed(DELETE, faults.KILLED_AFTER.at("DeleteObjects", 1), "nothing"),
    _killed(DELETE, faults.KILLED_BEFORE.at(ANSWER), "nothing"),
    _create(faults.Fault(faults.Kind.REFUSED, on=ANSWER, seconds=3), SUCCESS, "page one"),
    _create(faults.RESET_BEFORE.at(ANSWER, 2), SUCCESS, "page one"),
    _create(error("ServiceUnavailable").at(ANSWER, 3), SUCCESS, "page one"),
    Case(
        "Create whose answer is never taken",
        (Step(CREATE, NOTHING, faults.RESET_BEFORE.at(ANSWER), seconds=20), Step(AGAIN, SUCCESS)),
        "page one",
    ),
    _create(faults.DELAYED.at(ANSWER, 1), SUCCESS, "page one"),
)
