"""The accounts of organizational units, as StackSets counts them."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from cli.aws_pages import pages
from cli.stackset.aws import Aws
from resilient_website.problems import Problem


@dataclass(frozen=True)
class Organization:
    """The accounts in each of the given units, and the problems with listing them."""

    units: dict[str, tuple[str, ...]]
    problems: tuple[Problem, ...] = ()


def organization(aws: Aws, units: tuple[str, ...]) -> Organization:
    """Return the active accounts of units and of the units in them, without the management account.

    StackSets never puts a stack into the management account of service-managed permissions ("Create stack sets with
    service-managed permissions" in the CloudFormation user guide).
    """
    found: dict[str, tuple[str, ...]] = {}
    problems = []
    for unit in units:
        try:
            management = aws.organizations.describe_organization()["Organization"]["MasterAccountId"]
            found[unit] = tuple(account for account in _below(aws, unit) if account != management)
        except ClientError as error:
            problems.append(_problem(unit, error))
            found[unit] = ()
    return Organization(found, tuple(problems))


def _below(aws: Aws, unit: str) -> list[str]:
    accounts = pages(aws.organizations, "list_accounts_for_parent", "Accounts", ParentId=unit)
    inner = pages(aws.organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=unit)
    own = [account["Id"] for account in accounts if account.get("State", account.get("Status")) == "ACTIVE"]
    return [*own, *(account for child in inner for account in _below(aws, child["Id"]))]


def _problem(unit: str, error: ClientError) -> Problem:
    code = error.response["Error"]["Code"]
    if code in ("ParentNotFoundException", "OrganizationalUnitNotFoundException"):
        return Problem(
            "--organizational-units", f"{unit} does not exist", "give a unit or the root of this organization"
        )
    if code == "AWSOrganizationsNotInUseException":
        advice = "use --accounts, or run this in the organization's management account"
        return Problem("--organizational-units", "this account is not in an organization", advice)
    advice = "run this in the management account, or as its delegated administrator with --call-as delegated-admin"
    return Problem("--organizational-units", f"the accounts of {unit} can't be listed ({code})", advice)
