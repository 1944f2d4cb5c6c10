"""Custom::SavedSite: a copy of the real site, in versions that are switched in one step."""

import json
from typing import Any

from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.custom_resources.origin import Origin, page
from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import TORN, BucketBed, Json, listed

PREFIXES = ("_saved/", "elsewhere/")
PAGES = 3


class SavedSiteBed(BucketBed):
    """Contents: "one", "two" and "three" are the site as it is then; "two elsewhere" has another prefix as well, and
    "two bounded" another source.
    """

    module = "saved_site.handler"
    resource_type = "Custom::SavedSite"
    logical_id = "SiteSavedSite"
    seconds = 900
    scale = 8

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"BucketName": self.bucket, "Sorce": "x"}
        words, _, more = content.partition(" ")
        bounds = {"MaxPages": "50"} if more == "bounded" else {}
        return {
            "BucketName": self.bucket,
            "Prefix": PREFIXES[more == "elsewhere"],
            "FormText": f"No forms in {words}.",
            "Source": {"Crawl": {"StartUrl": f"{self.origin.url}/", "DelaySeconds": "0", **bounds}},
        }

    def prepare(self, content: str) -> None:
        """Let the site have other pages."""
        words = content.partition(" ")[0]
        links = "".join(f"<a href=/{number}>x</a>" for number in range(1, PAGES))
        self.origin.pages = {"/": page(f"copy {words} {links}")}
        self.origin.pages |= {f"/{number}": page(f"copy {words}") for number in range(1, PAGES)}

    def put(self, what: str) -> None:
        if what != "taken over":
            raise NotImplementedError(what)
        self.cloudformation.resources = (("Other", f"{self.bucket}/_saved/", "CREATE_COMPLETE"),)

    def upstream(self, service: str) -> str:
        return self.cloudformation.url if service == "cloudformation" else super().upstream(service)

    def visit(self) -> str:
        return self._copy(self.bodies(), PREFIXES[0])[0]

    def left(self) -> str:
        objects, versions = self.bodies(), self.versions()
        copies = [self._copy(objects, prefix) for prefix in PREFIXES]
        keys = {entry["Key"] for entry in versions}
        names = {key.split("/")[1] for key in keys if key.startswith(PREFIXES) and key.count("/") > 1}
        more = names - {version for _, versions in copies for version in versions}
        whole = {name for name in more if any(f"{prefix}{name}/manifest.json" in keys for prefix in PREFIXES)}
        return listed(
            *(text for text, _ in copies),
            f"{len(whole)} more version" if whole else "",
            f"{len(more - whole)} unfinished" if more - whole else "",
            *sorted(key for key in keys if not key.startswith(PREFIXES)),
            self.old_versions(versions),
        )

    def _copy(self, objects: dict[str, bytes], prefix: str) -> tuple[str, list[str]]:
        """Return what the current version is, and the names of it and of the one before."""
        current = json.loads(objects.get(prefix + "current.json") or b"{}")
        if not current:
            return "", []
        place = f"{prefix}{current['version']}/"
        manifest = json.loads(objects.get(place + "manifest.json") or b"{}")
        bodies = {objects.get(place + "site/" + entry["key"], b"") for entry in manifest.get("files", [])}
        words = {word for word in ("one", "two", "three") if any(f"copy {word}".encode() in body for body in bodies)}
        whole = len(words) == 1 and manifest["page_count"] == PAGES and len(bodies) > 1
        where = "" if prefix == PREFIXES[0] else f" in {prefix}"
        text = f"copy {words.pop()}" if whole else f"a {TORN} copy"
        return text + where, [name for name in (current["version"], current["previous"]) if name]

    def __enter__(self) -> "SavedSiteBed":
        super().__enter__()
        self.cloudformation = self.running.enter_context(FakeCloudFormation())
        self.origin = self.running.enter_context(Origin({}))
        return self


def _other_update(trial: Any) -> None:
    trial.other_update("three")


def _emptied(trial: Any) -> None:
    trial.harness.empty()


def _site_down(trial: Any) -> None:
    trial.harness.origin.pages = {"/": page(status=503)}


MADE = Step(CREATE, SUCCESS)
BACK = Step(UPDATE, SUCCESS)
# A version that is not current is never shown; later runs remove it, as they do all but the newest ones.
MORE = "copy one, 1 more version"
SWITCH = "PutObject _saved/current.json"
FILES = "PutObject _saved/2"


def _create(fault: faults.Fault, left: str = "copy one") -> Case:
    return Case("Create", (Step(CREATE, SUCCESS, fault),), left)


def _failed_create(fault: faults.Fault, says: str, seconds: float = 0, content: str = "one") -> Case:
    steps = (Step(CREATE, FAILED, fault, content, says=says, seconds=seconds), Step(DELETE, SUCCESS))
    return Case("Create that fails, deleted", steps, "nothing")


def _failed_update(
    fault: faults.Fault, says: str, left: str = "copy one", seconds: float = 0, content: str = "two bounded"
) -> Case:
    failed = Step(UPDATE, FAILED, fault, content, says=says, seconds=seconds)
    return Case("Update that fails, rolled back", (MADE, failed, BACK), left)


def _kept(fault: faults.Fault, left: str = "copy one") -> Case:
    return Case("Update that can't be saved", (MADE, Step(UPDATE, SUCCESS, fault, "two")), left)


def _killed(request: str, fault: faults.Fault, left: str) -> Case:
    first = () if request == CREATE else (MADE,)
    asked = "one" if request == CREATE else "two"
    steps = (*first, Step(request, NOTHING, fault, asked), Step(AGAIN, SUCCESS, content=asked))
    return Case(f"{request}, killed", steps, left)


CASES = (
    _create(faults.RESET_BEFORE.at("", 2)),
    _create(faults.RESET_AFTER.at("PutObject", 2)),
    _create(faults.RESET_AFTER.at(SWITCH, 2)),
    _create(faults.DELAYED.at(SWITCH, 1)),
    _create(faults.TRUNCATED.at(SWITCH, 1)),
    _create(error("SlowDown").at("", 3)),
    _create(error("AccessDenied").at("GetObject", 3)),
    _create(faults.GARBAGE.at("GetObject")),
    _create(meanwhile("the site goes down", _site_down).at("GetObject", 1), left="nothing"),
    _failed_create(faults.REFUSED, "connect"),
    _failed_create(error("SlowDown"), "SlowDown"),
    _failed_create(error("AccessDenied"), "AccessDenied"),
    _failed_create(error("AccessDenied").at("PutObject"), "AccessDenied"),
    _failed_create(error("AccessDenied").at(SWITCH), "AccessDenied"),
    _failed_create(faults.RESET_AFTER.at(FILES), "closed"),
    _create(faults.DELAYED.at(SWITCH)),
    _failed_create(faults.DELAYED.at(FILES), "time"),
    _failed_create(faults.TRICKLES.at(SWITCH), "time", seconds=280),
    _failed_create(faults.NONE, "Sorce", content="nonsense"),
    Case(
        "Create that fails, deleted while S3 refuses everything",
        (
            Step(CREATE, FAILED, error("AccessDenied"), says="AccessDenied"),
            Step(DELETE, SUCCESS, error("AccessDenied")),
        ),
        "nothing",
    ),
    _killed(CREATE, faults.KILLED_AFTER.at(FILES, after=1), "copy one, 1 unfinished"),
    _killed(CREATE, faults.KILLED_AFTER.at(SWITCH), "copy one"),
    _killed(UPDATE, faults.KILLED_BEFORE.at(SWITCH), "copy two, 1 more version"),
    _killed(UPDATE, faults.KILLED_AFTER.at(SWITCH), "copy two, 1 more version"),
    _killed(UPDATE, faults.KILLED_BEFORE.at(ANSWER), "copy two, 1 more version"),
    _failed_update(error("AccessDenied").at("PutObject"), "AccessDenied"),
    _failed_update(error("InternalError").at(SWITCH), "InternalError", MORE),
    _failed_update(faults.RESET_BEFORE.at(SWITCH), "closed", MORE),
    _failed_update(faults.TRICKLES.at(SWITCH), "time", MORE, seconds=280),
    _failed_update(error("AccessDenied").at("PutObject elsewhere/current"), "AccessDenied", content="two elsewhere"),
    _failed_update(faults.TRICKLES.at("PutObject elsewhere/current"), "time", seconds=280, content="two elsewhere"),
    _kept(error("AccessDenied").at("PutObject")),
    _kept(error("InternalError").at(SWITCH), MORE),
    _kept(faults.RESET_BEFORE.at(SWITCH), MORE),
    Case(
        "Update to another source, rolled back while S3 takes no files",
        (
            MADE,
            Step(UPDATE, SUCCESS, content="two bounded"),
            Step(UPDATE, SUCCESS, error("AccessDenied").at(FILES), "one"),
        ),
        "copy one",
    ),
    Case(
        "two Updates at once, the older one last",
        (MADE, Step(UPDATE, SUCCESS, meanwhile("Update to three", _other_update).at(SWITCH, 1), "two")),
        "copy three",
        scale=2,
    ),
    Case(
        "Update while the bucket is emptied",
        (
            MADE,
            Step(UPDATE, SUCCESS, meanwhile("bucket emptied", _emptied).at(SWITCH, 1), "two"),
            Step(UPDATE, SUCCESS, content="two"),
        ),
        "copy two",
    ),
    Case(
        "Update while all is deleted",
        (MADE, Step(UPDATE, SUCCESS, meanwhile("bucket emptied", _emptied).at(FILES, 1), "two")),
        "nothing",
    ),
    Case(
        "Update while the site is down",
        (MADE, Step(UPDATE, SUCCESS, meanwhile("the site goes down", _site_down).at("GetObject", 1), "two")),
        "copy one",
    ),
    Case("Delete", (MADE, Step(DELETE, SUCCESS), Step(AGAIN, SUCCESS)), "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
    Case(
        "Delete that fails, and again",
        (MADE, Step(DELETE, FAILED, error("SlowDown").at("DeleteObjects"), says="SlowDown"), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    Case(
        "Delete, garbage for what is there",
        (MADE, Step(DELETE, FAILED, faults.GARBAGE.at("ListObjectVersions"), says="ListObjectVersions")),
        "copy one",
    ),
    Case(
        "Delete while nobody says whose the copy is",
        (MADE, Step(DELETE, FAILED, error("AccessDenied").at("ListStackResources"), says="AccessDenied")),
        "copy one",
    ),
    Case("Delete of what another has taken over", (MADE, Step(DELETE, SUCCESS)), "copy one", before="taken over"),
    Case(
        "Delete, killed",
        (MADE, Step(DELETE, NOTHING, faults.KILLED_AFTER.at("DeleteObjects")), Step(AGAIN, SUCCESS)),
        "nothing",
    ),
    _create(error("ServiceUnavailable").at(ANSWER, 3)),
    _create(faults.RESET_BEFORE.at(ANSWER, 2)),
)
