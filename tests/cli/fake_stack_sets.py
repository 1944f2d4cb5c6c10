"""StackSets in memory, as its API reference describes it: a fake, without any AWS.

Operations run account by account, Region by Region, and stop when more accounts of a Region fail than are tolerated.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cli.stackset.aws import Aws
from tests.cli.fake_services import Fake, FakeAccount, FakeIam, FakeOrganizations, FakeSts, error

Place = tuple[str, str]


@dataclass
class FakeOperation:
    id: str
    action: str
    results: list[dict[str, Any]]
    end: str
    looks: int
    finish: Callable[[], None] = field(default=lambda: None)

    @property
    def status(self) -> str:
        return "RUNNING" if self.looks > 0 else self.end


class FakeStackSets(Fake):
    """CloudFormation's part. `failing` says where stacks fail, and why; `looks` how often operations are RUNNING."""

    def __init__(self, organizations: FakeOrganizations) -> None:
        super().__init__()
        self.organizations = organizations
        self.sets: dict[str, dict[str, Any]] = {}
        self.instances: dict[Place, dict[str, Any]] = {}
        self.operations: list[FakeOperation] = []
        self.failing: dict[Place, str] = {}
        self.looks = 0
        self.access = "ENABLED"

    def describe_organizations_access(self, **_: Any) -> Any:
        return {"Status": self.access}

    def create_stack_set(self, StackSetName: str, **definition: Any) -> Any:  # noqa: N803
        if definition["PermissionModel"] == "SERVICE_MANAGED" and "AutoDeployment" not in definition:
            raise error("CreateStackSet", "ValidationError", "AutoDeployment is required")
        self.sets[StackSetName] = definition
        return {"StackSetId": f"{StackSetName}:1"}

    def describe_stack_set(self, StackSetName: str, **_: Any) -> Any:  # noqa: N803
        return {"StackSet": {**self._set(StackSetName, "DescribeStackSet"), "Status": "ACTIVE"}}

    def delete_stack_set(self, StackSetName: str, **_: Any) -> Any:  # noqa: N803
        if self.instances:
            raise error("DeleteStackSet", "StackSetNotEmptyException")
        del self.sets[StackSetName]
        return {}

    def _set(self, name: str, operation: str) -> dict[str, Any]:
        if name not in self.sets:
            raise error(operation, "StackSetNotFoundException")
        return self.sets[name]

    def update_stack_set(self, StackSetName: str, **arguments: Any) -> Any:  # noqa: N803
        definition = self._set(StackSetName, "UpdateStackSet")
        if "AutoDeployment" in arguments and ("DeploymentTargets" in arguments or "Regions" in arguments):
            raise error("UpdateStackSet", "ValidationError", "AutoDeployment with targets")
        previous = {entry["ParameterKey"]: entry for entry in definition["Parameters"]}
        values = [
            previous[entry["ParameterKey"]] if entry.get("UsePreviousValue") else entry
            for entry in arguments["Parameters"]
        ]
        changed = not arguments.get("UsePreviousTemplate")
        kept = {name: value for name, value in arguments.items() if name in ("TemplateBody", "AutoDeployment")}
        self.sets[StackSetName] = {**definition, **kept, "Parameters": values}
        if changed:
            for instance in self.instances.values():
                instance["Status"] = "OUTDATED"
        targeted = "Accounts" in arguments or "DeploymentTargets" in arguments
        places = self._places(arguments) if targeted else list(self.instances)
        return self._start("UPDATE", [place for place in places if place in self.instances], arguments)

    def create_stack_instances(self, StackSetName: str, **arguments: Any) -> Any:  # noqa: N803
        self._set(StackSetName, "CreateStackInstances")
        if arguments.get("DeploymentTargets", {}).get("AccountFilterType") == "UNION":
            raise error("CreateStackInstances", "ValidationError", "UNION is not supported")
        places = self._places(arguments)
        for account, region in places:
            self.instances[account, region] = {
                "Account": account,
                "Region": region,
                "Status": "OUTDATED",
                "StackInstanceStatus": {"DetailedStatus": "PENDING"},
                "ParameterOverrides": arguments.get("ParameterOverrides", []),
                **({"OrganizationalUnitId": self._unit(account)} if "DeploymentTargets" in arguments else {}),
            }
        return self._start("CREATE", places, arguments)

    def _unit(self, account: str) -> str:
        return next(unit for unit, accounts in self.organizations.units.items() if account in accounts)

    def update_stack_instances(self, StackSetName: str, **arguments: Any) -> Any:  # noqa: N803
        self._set(StackSetName, "UpdateStackInstances")
        for place in self._places(arguments):
            own = {entry["ParameterKey"]: entry for entry in self.instances[place]["ParameterOverrides"]}
            self.instances[place]["ParameterOverrides"] = [
                own[entry["ParameterKey"]] if entry.get("UsePreviousValue") else entry
                for entry in arguments["ParameterOverrides"]
            ]
        return self._start("UPDATE", self._places(arguments), arguments)

    def delete_stack_instances(self, StackSetName: str, **arguments: Any) -> Any:  # noqa: N803
        self._set(StackSetName, "DeleteStackInstances")
        return self._start("DELETE", self._places(arguments), arguments)

    def _places(self, arguments: dict[str, Any]) -> list[Place]:
        targets = arguments.get("DeploymentTargets")
        if targets is None:
            return [(account, region) for region in arguments["Regions"] for account in arguments["Accounts"]]
        inside = [account for unit in targets["OrganizationalUnitIds"] for account in self.organizations.below(unit)]
        named = targets.get("Accounts", [])
        chosen = {
            "INTERSECTION": [account for account in inside if account in named],
            "DIFFERENCE": [account for account in inside if account not in named],
            "UNION": [*inside, *named],
            "NONE": inside,
        }[targets.get("AccountFilterType", "UNION" if named else "NONE")]
        return [(account, region) for region in arguments["Regions"] for account in dict.fromkeys(chosen)]

    def _start(self, action: str, places: list[Place], arguments: dict[str, Any]) -> Any:
        tolerated = arguments["OperationPreferences"].get("FailureToleranceCount", 0)
        results: list[dict[str, Any]] = []
        failed: dict[str, int] = {}
        for account, region in places:
            entry = {"Account": account, "Region": region}
            if any(count > tolerated for count in failed.values()):
                results.append(
                    {**entry, "Status": "CANCELLED", "StatusReason": "Cancelled since failure tolerance has exceeded"}
                )
            elif (account, region) in self.failing:
                failed[region] = failed.get(region, 0) + 1
                results.append({**entry, "Status": "FAILED", "StatusReason": self.failing[account, region]})
            else:
                results.append({**entry, "Status": "SUCCEEDED"})
            self._settle((account, region), action, results[-1])
        end = "FAILED" if any(count > tolerated for count in failed.values()) else "SUCCEEDED"
        self.operations.insert(
            0, FakeOperation(f"operation-{len(self.operations) + 1}", action, results, end, self.looks)
        )
        return {"OperationId": self.operations[0].id}

    def _settle(self, place: Place, action: str, result: dict[str, Any]) -> None:
        if action == "DELETE" and result["Status"] == "SUCCEEDED":
            del self.instances[place]
            return
        good = result["Status"] == "SUCCEEDED"
        broken = "INOPERABLE" if action == "DELETE" else "OUTDATED"
        self.instances[place] |= {
            "Status": "CURRENT" if good else broken,
            "StackInstanceStatus": {"DetailedStatus": result["Status"]},
            "StatusReason": result.get("StatusReason", ""),
        }

    def list_stack_instances(self, StackSetName: str, **_: Any) -> Any:  # noqa: N803
        self._set(StackSetName, "ListStackInstances")
        hidden = ("ParameterOverrides",)
        return {
            "Summaries": [
                {key: value for key, value in instance.items() if key not in hidden}
                for instance in self.instances.values()
            ]
        }

    def describe_stack_instance(self, StackInstanceAccount: str, StackInstanceRegion: str, **_: Any) -> Any:  # noqa: N803
        return {"StackInstance": self.instances[StackInstanceAccount, StackInstanceRegion]}

    def list_stack_set_operations(self, **_: Any) -> Any:
        return {"Summaries": [{"OperationId": each.id, "Status": each.status} for each in self.operations]}

    def describe_stack_set_operation(self, OperationId: str, **_: Any) -> Any:  # noqa: N803
        (found,) = [each for each in self.operations if each.id == OperationId]
        status = found.status
        found.looks -= 1
        return {"StackSetOperation": {"Action": found.action, "Status": status}}

    def list_stack_set_operation_results(self, OperationId: str, **_: Any) -> Any:  # noqa: N803
        (found,) = [each for each in self.operations if each.id == OperationId]
        running = found.status == "RUNNING"
        return {"Summaries": [{**entry, "Status": "RUNNING"} if running else entry for entry in found.results]}


class FakeAws:
    """All of them, and the waits in between, which take no time."""

    def __init__(self) -> None:
        self.organizations = FakeOrganizations(
            {"ou-ab12-11111111": ["111111111111", "222222222222"], "ou-ab12-22222222": ["333333333333"]},
            {"ou-ab12-11111111": ["ou-ab12-22222222"]},
        )
        self.stack_sets = FakeStackSets(self.organizations)
        self.iam = FakeIam()
        self.account = FakeAccount()
        self.waits: list[float] = []

    def clients(self) -> Aws:
        return Aws(self.stack_sets, self.organizations, self.iam, FakeSts(), self.account, self.waits.append)
