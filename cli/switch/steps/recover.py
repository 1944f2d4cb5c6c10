"""Creates the target half from its file, with the database restored from the replicated backups.

By the APIs of its Region; CloudFormation also uses IAM and Route 53, whose control planes are in us-east-1.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cli.deployed.stack_update import GOOD
from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import ABSENT, Half, status_of
from cli.switch.site_file import SiteFile
from cli.switch.stack_update import updates
from resilient_website.problems import InvalidTemplateError, Problem

# A large database takes hours to restore.
LIMIT = timedelta(hours=12)

# A stack without resources: it still is to be created.
EMPTY = (ABSENT, "REVIEW_IN_PROGRESS")
FAILED = "CREATE_FAILED"


@dataclass(frozen=True)
class Recover:
    """A stack that is created, with the target as the active half. Done when its creation has succeeded.

    A creation that fails keeps what is there, the restored database first of all; the next run continues it.
    """

    tools: Tools
    target: Half
    file: SiteFile
    takes: str = "about an hour: the restore of the database takes the longest, and depends on its size"

    @property
    def title(self) -> str:
        """What it does."""
        return f"create the stack in {self.target.region}, with the database from its replicated backups"

    def done(self) -> bool:
        """Return whether the stack is there."""
        return self._status() in GOOD

    def do(self) -> None:
        """Create it, or continue its creation, and wait until it is complete."""
        self._wait()
        status = self._status()
        if status in (*EMPTY, FAILED):
            self._create("UPDATE" if status == FAILED else "CREATE")
            self._wait()
        status = self._status()
        if status == FAILED:
            raise InvalidTemplateError([updates(self.tools, self.target).failure("creation")])
        if status not in GOOD:
            advice = f"delete it in {self.target.region}, then {AGAIN}"
            raise InvalidTemplateError([Problem(self.target.name, f"the stack is {status}", advice)])

    def _create(self, kind: str) -> None:
        """Create the stack, or continue it, by a change set."""
        name = f"switch-{self.tools.now():%Y%m%d%H%M%S}"
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.file.parameters.items()]
        self._cloudformation.create_change_set(
            StackName=self.target.stack,
            ChangeSetName=name,
            ChangeSetType=kind,
            Description="Written by `switch`: recovery from backups",
            TemplateBody=self.file.body,
            Parameters=given,
            Capabilities=list(self.file.capabilities),
        )
        updates(self.tools, self.target).wait_for_change_set(name)
        self._cloudformation.execute_change_set(ChangeSetName=name, StackName=self.target.stack, DisableRollback=True)

    def _wait(self) -> None:
        advice = f"look at the stack's events in {self.target.region}; then {AGAIN}"
        self.tools.wait(self.target.name, lambda: not self._running(), LIMIT, advice)

    def _running(self) -> bool:
        status = self._status()
        return status not in EMPTY and status.endswith("_IN_PROGRESS")

    def _status(self) -> str:
        return status_of(self._cloudformation, self.target.stack)

    @property
    def _cloudformation(self) -> Any:
        return self.tools.client("cloudformation", self.target.region)
