"""Updates of the stack of one Region of `two_regions`: CloudFormation's change sets, and what each does to the half."""

import json
from datetime import datetime
from typing import Any

from tests.cli.region_database import DatabaseApis
from tests.cli.region_servers import ServerApis
from tests.cli.region_state import ABSENT, ACTIVE_SIZE, PRIMARY, SITE, STACK_ID, Database, Refused

# Seconds.
CREATION, UPDATE, RESTORE = 20, 400, 500


class UpdateApis(DatabaseApis, ServerApis):
    """CloudFormation's change sets. They change the half's database and its servers."""

    def CreateChangeSet(self, ChangeSetName: str, TemplateBody: str, **more: Any) -> Any:  # noqa: N802, N803
        value = {"UsePreviousValue": True} if self.made else {"ParameterValue": "web"}
        assert more["Parameters"] == [{"ParameterKey": "Team", **value}]
        assert "CAPABILITY_AUTO_EXPAND" in more["Capabilities"]
        creates = self.stack_status in (ABSENT, "REVIEW_IN_PROGRESS")
        assert (more["ChangeSetType"] == "CREATE") is creates
        if creates:
            self.stack_status = "REVIEW_IN_PROGRESS"
        elif not self.stack_status.endswith(("_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED")):
            raise Refused("ValidationError", f"Stack is in {self.stack_status} state and can not be updated.")
        made = {"Status": "CREATE_IN_PROGRESS", "template": json.loads(TemplateBody)}
        made["revert"] = more.get("DeploymentMode") == "REVERT_DRIFT"
        self.change_sets[ChangeSetName] = made
        self.world.later(CREATION, lambda: made.update(Status="CREATE_COMPLETE"))
        return {"Id": ChangeSetName, "StackId": STACK_ID.format(self.name)}

    def DescribeChangeSet(self, ChangeSetName: str, StackName: str) -> Any:  # noqa: N802, N803
        del StackName
        made = self.change_sets[ChangeSetName]
        changes = [{"Type": "Resource", "ResourceChange": change} for change in self._changes(made)]
        return {"Status": made["Status"], "Changes": changes if made["Status"] == "CREATE_COMPLETE" else []}

    def _active_by(self, template: dict[str, Any]) -> str:
        return str(template["Resources"][SITE]["Properties"]["Secondary"].get("ActiveRegion", PRIMARY))

    @staticmethod
    def _may_be_rebuilt(template: dict[str, Any]) -> bool:
        return bool(template["Resources"][SITE]["Properties"]["Secondary"].get("Replica"))

    def _changes(self, made: dict[str, Any]) -> list[dict[str, Any]]:
        database = {"LogicalResourceId": SITE + "Database", "ResourceType": "AWS::RDS::DBInstance"}
        group = {
            "LogicalResourceId": SITE + "AutoScalingGroup",
            "ResourceType": "AWS::AutoScaling::AutoScalingGroup",
            "Action": "Modify",
            "Replacement": "False",
        }
        if self.database is None:
            return [group]
        action, replacement = ("SyncWithActual" if made["revert"] else "Modify"), "False"
        becomes_replica = not self.primary or self._may_be_rebuilt(made["template"])
        if self._active_by(made["template"]) != self.name and becomes_replica and not self.database.source:
            replacement = "True"
        return [group, {**database, "Action": action, "Replacement": replacement}]

    def ExecuteChangeSet(self, ChangeSetName: str, StackName: str, DisableRollback: bool) -> Any:  # noqa: N802, N803
        del StackName
        made = self.change_sets.pop(ChangeSetName)
        if not self.made:
            assert DisableRollback
            self.stack_status = "CREATE_IN_PROGRESS"
            until = self.backed_up_until()
            self.world.later(RESTORE, lambda: self._created(made["template"], until))
            return {}
        if DisableRollback and any(change["Replacement"] == "True" for change in self._changes(made)):
            raise Refused("ValidationError", "Replacement type updates not supported on stack with disable-rollback.")
        self.stack_status = "UPDATE_IN_PROGRESS"
        self.world.later(UPDATE, lambda: self._updated(made["template"], made["revert"]))
        return {}

    def _created(self, template: dict[str, Any], until: datetime) -> None:
        """End a creation: the database has what was backed up when it began, and the servers start."""
        assert self._active_by(template) == self.name
        if self.world.with_database and self.database is None:
            self.database = Database(f"{self.name}-db", None, until=until)
        if self.fail_creations:
            self.stack_status = "CREATE_FAILED"
            return
        self.template, self.stack_status, self.templated_source = template, "CREATE_COMPLETE", False
        self.resize(ACTIVE_SIZE, ACTIVE_SIZE)

    def _updated(self, template: dict[str, Any], revert: bool) -> None:
        """End an update, as CloudFormation does with this template."""
        active = self._active_by(template)
        replica = self._may_be_rebuilt(template)
        if self.fail_updates:
            # The database's turn comes before what fails. Without a rollback, it stays promoted.
            if active == self.name and self.database and self.database.source:
                self.promoted()
            self.stack_status = "UPDATE_FAILED"
            return
        if not self._update_database(active, replica, revert):
            self.stack_status = "UPDATE_ROLLBACK_COMPLETE"
            return
        self.template, self.stack_status = template, "UPDATE_COMPLETE"
        size = ACTIVE_SIZE if active == self.name else 0
        if active != self.name and self.world.mode == "WarmStandby" and self.database and self.database.source:
            size = 1
        if size != self.minimum:
            self.resize(size, size)

    def _update_database(self, active: str, replica: bool, revert: bool) -> bool:
        """Return whether the update of the database succeeds."""
        if not self.world.with_database:
            return True
        if active == self.name:
            wanted, self.templated_source = self.templated_source, False
            assert self.database
            if self.database.source:
                self.promoted()
            elif wanted and not revert:
                # RDS: the instance is no replica, so that PromoteReadReplica is refused.
                self.templated_source = True
                return False
            return True
        if self.database and self.database.source:
            return True
        if not replica:
            return self.primary
        assert self.database
        self.templated_source = True
        self.database = Database(self.database.id, self.source_arn(), generation=self.database.generation + 1)
        return True
