"""A request for a stack set: its targets and its operation preferences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SELF_MANAGED = "SELF_MANAGED"
SERVICE_MANAGED = "SERVICE_MANAGED"

# Source: "Prerequisites: Grant self-managed permissions" in the CloudFormation user guide.
ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"


@dataclass(frozen=True, order=True)
class AccountRegion:
    """The account and Region of one stack of the set."""

    account: str
    region: str


@dataclass(frozen=True)
class Targets:
    """The accounts, or organizational units with a filter, and the Regions, in deployment order."""

    accounts: tuple[str, ...]
    organizational_units: tuple[str, ...]
    account_filter: str | None
    regions: tuple[str, ...]

    def choose(self, units: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the target accounts, given those of each organizational unit."""
        inside = list(dict.fromkeys(account for unit in self.organizational_units for account in units[unit]))
        if not self.organizational_units:
            return self.accounts
        if self.account_filter == "DIFFERENCE":
            return tuple(account for account in inside if account not in self.accounts)
        if self.account_filter == "INTERSECTION":
            return tuple(account for account in inside if account in self.accounts)
        if self.account_filter == "UNION":
            return tuple(dict.fromkeys([*inside, *self.accounts]))
        return tuple(inside)


@dataclass(frozen=True)
class Preferences:
    """Operation preferences. For None, the default of StackSets applies."""

    max_concurrent_count: int | None
    max_concurrent_percentage: int | None
    failure_tolerance_count: int | None
    failure_tolerance_percentage: int | None
    region_concurrency: str
    concurrency_mode: str

    def as_api(self, regions: tuple[str, ...]) -> dict[str, Any]:
        """Return OperationPreferences: by default, one account at a time and no failure tolerated.

        Regions are listed, since StackSets otherwise chooses their order.
        """
        arguments: dict[str, Any] = {
            "RegionConcurrencyType": self.region_concurrency,
            "ConcurrencyMode": self.concurrency_mode,
            "RegionOrder": list(regions),
            "MaxConcurrentCount": self.max_concurrent_count,
            "MaxConcurrentPercentage": self.max_concurrent_percentage,
            "FailureToleranceCount": self.failure_tolerance_count,
            "FailureTolerancePercentage": self.failure_tolerance_percentage,
        }
        if self.max_concurrent_percentage is None and self.max_concurrent_count is None:
            arguments["MaxConcurrentCount"] = 1
        if self.failure_tolerance_percentage is None and self.failure_tolerance_count is None:
            arguments["FailureToleranceCount"] = 0
        return {name: value for name, value in arguments.items() if value is not None}


@dataclass(frozen=True)
class Request:
    """One run of the command `stackset`."""

    name: str
    targets: Targets
    preferences: Preferences
    permission_model: str
    # The template without transforms: as JSON, and as the text for StackSets.
    template: Mapping[str, Any]
    template_text: str
    # Of the file's bytes, which `publish` puts into the object's key.
    template_sha256: str
    template_url: str | None
    parameters: Mapping[str, str]
    account_parameters: Mapping[str, Mapping[str, str]]
    # None if not given: only for service-managed permissions.
    auto_deployment: bool | None
    retain_stacks: bool
    call_as: str
    administration_role_arn: str | None
    execution_role_name: str | None

    @property
    def service_managed(self) -> bool:
        """Whether AWS Organizations lists the accounts, and StackSets creates its own roles."""
        return self.permission_model == SERVICE_MANAGED

    def made_as(self, model: str) -> "Request":
        """Return the same request with the permission model of the existing stack set."""
        return replace(self, permission_model=model)

    def overrides(self, account: str) -> Mapping[str, str]:
        """Return this account's own parameter values."""
        return self.account_parameters.get(account, {})


def permission_model(given: str | None, units: tuple[str, ...]) -> str:
    """Return the permission model: the given one, else the one that the targets need."""
    if given:
        return given.upper().replace("-", "_")
    return SERVICE_MANAGED if units else SELF_MANAGED
