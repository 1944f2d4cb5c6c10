"""What surrounds StackSets, in memory: Organizations, IAM, STS and the Regions of accounts. Fakes, without any AWS."""

from typing import Any

from botocore.exceptions import ClientError

MANAGEMENT = "999999999999"


def error(operation: str, code: str, message: str = "", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )


class Fake:
    """A client: paginators call the operation of their name, and every call is written down."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name.startswith(("create_", "update_", "delete_", "list_", "describe_", "get_", "simulate_")) and callable(
            found
        ):
            if name == "get_paginator":
                return found

            def called(**arguments: Any) -> Any:
                self.calls.append((name, arguments))
                return found(**arguments)

            return called
        return found

    def get_paginator(self, name: str) -> Any:
        call = getattr(self, name)
        return type("Paginator", (), {"paginate": staticmethod(lambda **arguments: [call(**arguments)])})

    def named(self, name: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == name]


class FakeOrganizations(Fake):
    """Units with their accounts and the units in them."""

    def __init__(self, units: dict[str, list[str]], inner: dict[str, list[str]] | None = None) -> None:
        super().__init__()
        self.units = units
        self.inner = inner or {}
        self.suspended: set[str] = set()

    def describe_organization(self) -> Any:
        return {"Organization": {"MasterAccountId": MANAGEMENT}}

    def list_accounts_for_parent(self, ParentId: str) -> Any:  # noqa: N803
        if ParentId not in self.units:
            raise error("ListAccountsForParent", "ParentNotFoundException")
        return {
            "Accounts": [
                {"Id": account, "Status": "SUSPENDED" if account in self.suspended else "ACTIVE"}
                for account in self.units[ParentId]
            ]
        }

    def list_organizational_units_for_parent(self, ParentId: str) -> Any:  # noqa: N803
        return {"OrganizationalUnits": [{"Id": unit} for unit in self.inner.get(ParentId, [])]}

    def below(self, unit: str) -> list[str]:
        own = [account for account in self.units[unit] if account not in self.suspended and account != MANAGEMENT]
        return own + [account for inner in self.inner.get(unit, []) for account in self.below(inner)]


class FakeIam(Fake):
    """Roles by name, and where the administration role may not go."""

    def __init__(self) -> None:
        super().__init__()
        self.roles = {"AWSCloudFormationStackSetAdministrationRole": "cloudformation.amazonaws.com"}
        self.denied: set[str] = set()

    def get_role(self, RoleName: str) -> Any:  # noqa: N803
        if RoleName not in self.roles:
            raise error("GetRole", "NoSuchEntity", status=404)
        policy = {"Statement": [{"Principal": {"Service": self.roles[RoleName]}}]}
        return {"Role": {"Arn": f"arn:aws:iam::{MANAGEMENT}:role/{RoleName}", "AssumeRolePolicyDocument": policy}}

    def simulate_principal_policy(self, ResourceArns: list[str], **_: Any) -> Any:  # noqa: N803
        return {
            "EvaluationResults": [
                {
                    "EvalResourceName": arn,
                    "EvalDecision": "implicitDeny" if arn.split(":")[4] in self.denied else "allowed",
                }
                for arn in ResourceArns
            ]
        }


class FakeSts(Fake):
    def get_caller_identity(self) -> Any:
        return {"Account": MANAGEMENT}


class FakeAccount(Fake):
    """Which Regions an account has enabled; `denied` if it may not be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.disabled: dict[str, set[str]] = {}
        self.denied = False

    def list_regions(self, AccountId: str = "") -> Any:  # noqa: N803
        if self.denied:
            raise error("ListRegions", "AccessDeniedException", status=403)
        off = self.disabled.get(AccountId, set())
        names = ("us-east-1", "us-west-2", "eu-west-1", "af-south-1")
        return {"Regions": [{"RegionName": n, "RegionOptStatus": "DISABLED" if n in off else "ENABLED"} for n in names]}
