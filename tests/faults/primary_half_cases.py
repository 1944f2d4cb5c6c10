"""Custom::PrimaryHalf: what tells a copy about the primary half. It only reads, and leaves nothing."""

from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import REGION, Harness, Json

PUBLISHED = "published"
READ = "GetParametersByPath"


class PrimaryHalfBed(Harness):
    """A Parameter Store with what a primary half publishes, once it is `put`. Content "nonsense" is refused."""

    module = "primary_half.handler"
    resource_type = "Custom::PrimaryHalf"
    logical_id = "SitePrimaryHalf"
    seconds = 60
    scale = 5

    @property
    def path(self) -> str:
        """The path of this case's site."""
        return f"/resilient-website/site/Site{self.number}"

    def properties(self, content: str) -> Json:
        path = "nowhere" if content == "nonsense" else self.path
        return {"Path": path, "Names": ["DatabaseArn"], "Digest": content}

    def put(self, what: str) -> None:
        assert what == PUBLISHED
        value = f"arn:aws:rds:{REGION}:200000000099:db:shop"
        self.client("ssm").put_parameter(Name=f"{self.path}/DatabaseArn", Value=value, Type="String")

    def left(self) -> str:
        return "nothing"


def _published(trial: object) -> None:
    trial.harness.put(PUBLISHED)  # type: ignore[attr-defined]


MADE = Step(CREATE, SUCCESS)
MISSING = "is not deployed in its primary Region yet"


def _create(fault: faults.Fault, answer: str, says: str, *more: Step) -> Case:
    return Case("Create", (Step(CREATE, answer, fault, says=says), *more), "nothing", PUBLISHED)


CASES = (
    Case(
        "Create with nonsense, deleted",
        (Step(CREATE, FAILED, content="nonsense", says="Path"), Step(DELETE, SUCCESS, content="nonsense")),
        "nothing",
    ),
    Case("Create before the primary half", (Step(CREATE, FAILED, says=MISSING), Step(DELETE, SUCCESS)), "nothing"),
    Case("Update after a change", (MADE, Step(UPDATE, SUCCESS, content="two")), "nothing", PUBLISHED),
    _create(faults.NONE, SUCCESS, "", Step(AGAIN, SUCCESS)),
    _create(faults.RESET_BEFORE.at("", 3), SUCCESS, ""),
    _create(faults.RESET_AFTER.at(READ, 3), SUCCESS, ""),
    _create(faults.DELAYED.at(READ, 1), SUCCESS, ""),
    _create(error("ThrottlingException").at("", 3), SUCCESS, ""),
    _create(error("ThrottlingException"), FAILED, "Throttling"),
    _create(error("AccessDeniedException"), FAILED, "AccessDenied"),
    _create(faults.GARBAGE, FAILED, ""),
    _create(faults.TRUNCATED, FAILED, ""),
    _create(faults.TRICKLES, FAILED, ""),
    _create(faults.REFUSED, FAILED, "connect"),
    Case(
        "Create while the primary half is deployed",
        (Step(CREATE, SUCCESS, meanwhile("the primary half publishes", _published).at(READ, 1)),),
        "nothing",
    ),
    _create(faults.KILLED_BEFORE.at(READ), NOTHING, "", Step(AGAIN, SUCCESS)),
    _create(faults.KILLED_AFTER.at(ANSWER), SUCCESS, "", Step(AGAIN, SUCCESS)),
    _create(error("ServiceUnavailable").at(ANSWER, 3), SUCCESS, ""),
    Case("Delete", (MADE, Step(DELETE, SUCCESS, faults.REFUSED), Step(AGAIN, SUCCESS)), "nothing", PUBLISHED),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
)
