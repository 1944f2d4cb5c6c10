"""Custom::ReplicatedDatabase: what refuses to delete a database that a copy replicates. It only asks."""

from typing import Any

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler
from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import Harness, Json

COPY = "eu-west-1"
ALONE, REPLICATED, GONE = "alone", "replicated", "gone"
DESCRIBE = "DescribeDBInstances"

_NAME = f"<ReadReplicaDBInstanceIdentifier>arn:aws:rds:{COPY}:200000000099:db:copy</ReadReplicaDBInstanceIdentifier>"
_DESCRIBED = (
    "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>"
    "<ReadReplicaDBInstanceIdentifiers>{}</ReadReplicaDBInstanceIdentifiers>"
    "</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>"
)
_NOT_FOUND = "<ErrorResponse><Error><Code>DBInstanceNotFound</Code><Message>none</Message></Error></ErrorResponse>"


class FakeRds(LoopbackServer):
    """RDS with one database, which is `state`: alone, replicated by a copy in another Region, or gone."""

    def __init__(self) -> None:
        self.state = ALONE
        outer = self

        class Handler(QuietHandler):
            def handle_request(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                names = _NAME if outer.state == REPLICATED else ""
                body = (_NOT_FOUND if outer.state == GONE else _DESCRIBED.format(names)).encode()
                self.send_response(404 if outer.state == GONE else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = handle_request  # noqa: N815

        super().__init__(Handler)


class ReplicatedDatabaseBed(Harness):
    """A database whose identifier has the content in it, in a state that `put` sets. Content "nonsense" is refused."""

    module = "primary_half.handler"
    resource_type = "Custom::ReplicatedDatabase"
    logical_id = "SiteReplicatedDatabase"
    seconds = 60
    scale = 5

    def properties(self, content: str) -> Json:
        return {"Database": "no identifier" if content == "nonsense" else f"shop-{content}"}

    def put(self, what: str) -> None:
        self.rds.state = what

    def upstream(self, service: str) -> str:
        return self.rds.url if service == "rds" else super().upstream(service)

    def left(self) -> str:
        return "nothing"

    def __enter__(self) -> "ReplicatedDatabaseBed":
        self.rds = self.running.enter_context(FakeRds())
        return self


def _becomes(state: str) -> Any:
    return lambda trial: trial.harness.put(state)


MADE = Step(CREATE, SUCCESS)
REFUSAL = f"half in {COPY} replicates shop-one"


def _delete(fault: faults.Fault, before: str, answer: str, says: str, *more: Step) -> Case:
    return Case(f"Delete, {before}", (MADE, Step(DELETE, answer, fault, says=says), *more), "nothing", before)


def _refused(fault: faults.Fault, says: str = REFUSAL, *more: Step) -> Case:
    return _delete(fault, REPLICATED, FAILED, says, *more)


def _allowed(fault: faults.Fault, *more: Step) -> Case:
    return _delete(fault, ALONE, SUCCESS, "", *more)


CASES = (
    Case(
        "Create with nonsense, deleted",
        (Step(CREATE, FAILED, content="nonsense", says="Database"), Step(DELETE, SUCCESS, content="nonsense")),
        "nothing",
    ),
    Case(
        "Create and Delete of what is gone",
        (Step(CREATE, SUCCESS, faults.REFUSED), Step(DELETE, SUCCESS)),
        "nothing",
        GONE,
    ),
    Case(
        "Update to another database, then Delete",
        (MADE, Step(UPDATE, SUCCESS, content="two"), Step(DELETE, FAILED, content="two", says="replicates shop-two")),
        "nothing",
        REPLICATED,
    ),
    _allowed(faults.NONE, Step(AGAIN, SUCCESS)),
    _allowed(faults.RESET_BEFORE.at("", 3)),
    _allowed(faults.RESET_AFTER.at(DESCRIBE, 3)),
    _allowed(error("Throttling").at("", 3)),
    _allowed(faults.KILLED_AFTER.at(ANSWER), Step(AGAIN, SUCCESS)),
    _allowed(error("ServiceUnavailable").at(ANSWER, 3)),
    _delete(meanwhile("a copy is made", _becomes(REPLICATED)).at(DESCRIBE, 1), ALONE, FAILED, REFUSAL),
    _delete(meanwhile("the copy is deleted", _becomes(ALONE)).at(DESCRIBE, 1), REPLICATED, SUCCESS, ""),
    _delete(meanwhile("the database is deleted", _becomes(GONE)).at(DESCRIBE, 1), REPLICATED, SUCCESS, ""),
    _refused(faults.NONE, REFUSAL, Step(AGAIN, FAILED, says=REFUSAL)),
    _refused(faults.RESET_BEFORE.at("", 3)),
    _refused(faults.DELAYED.at(DESCRIBE, 1)),
    _refused(faults.KILLED_AFTER.at(ANSWER), REFUSAL, Step(AGAIN, FAILED, says=REFUSAL)),
    # In doubt it refuses: RDS would promote the copy's replica.
    _refused(error("Throttling"), "Throttling"),
    _refused(error("AccessDenied"), "AccessDenied"),
    _refused(faults.GARBAGE, "pars"),
    _refused(faults.TRUNCATED, ""),
    _refused(faults.TRICKLES, ""),
    _refused(faults.REFUSED, "connect"),
    _delete(faults.KILLED_BEFORE.at(DESCRIBE), REPLICATED, NOTHING, "", Step(AGAIN, FAILED, says=REFUSAL)),
)
