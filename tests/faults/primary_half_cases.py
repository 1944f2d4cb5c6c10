"""Custom::PrimaryHalf: what tells a copy about the primary half. It only reads, and leaves nothing."""

from tests.faults.cases import SUCCESS, UPDATE, Case, Step
from tests.faults.harness import REGION, Harness, Json
from tests.faults.reading_cases import CREATED, Reading

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


READING = Reading(
    READ, PUBLISHED, "is not deployed in its primary Region yet", "Path", "ThrottlingException", "AccessDeniedException"
)
CASES = (
    *READING.cases(),
    Case("Update after a change", (CREATED, Step(UPDATE, SUCCESS, content="two")), "nothing", PUBLISHED),
)
