"""An update that fails at its very end: afterwards the account is what it was before, but for what is listed here."""

import re
from typing import Any

import pytest

from tests.deployment.account import changed, described
from tests.deployment.updated_site import BROKEN, DOMAIN, UpdatedSite
from tests.diff.neighbours import BOTH_WAYS
from tests.sites import StackError
from tools.emulator.instances import Instance

Json = dict[str, Any]

WAYS = (
    *("cache, there", "cache, and back", "cache's kind, there", "Memcached's nodes, there", "cache's shards, there"),
    *("database, there", "database, and back", "database's name, there", "database's storage, there"),
    *("database's version, there", "a replica, there", "a replica, and back"),
    *("two and three zones, there", "two and three zones, and back", "private servers, there", "server's port, there"),
    *("domain, there", "domain, and back", "front door, there", "front door, and back"),
    *("saved pages, there", "saved pages, and back", "what is saved, there"),
    *("fallback's Region with a domain, there", "fallback's Region with a domain, and back"),
    *("logs, there", "logs, and back", "what is left, there", "what is left, and back"),
    *("firewall, there", "backup plan, there", "alarms' address, there", "dashboard, there"),
)

# The same ways under the first one that begins at the same site: they are tried one after the other.
GROUPS: dict[str, list[str]] = {}
for _way in WAYS:
    _first = next((name for name in GROUPS if BOTH_WAYS[name][0] == BOTH_WAYS[_way][0]), _way)
    GROUPS.setdefault(_first, []).append(_way)

# What an update leaves although it was rolled back, by its way: a regular expression, and why.
LEFT: dict[str, tuple[str, str]] = {
    "database's storage, there": (
        r"rds _instances \S+ \S+: AllocatedStorage",
        "RDS can't reduce allocated storage; CloudFormation does not request that in a rollback",
    ),
    "database's version, there": (
        r"rds _instances \S+ \S+: EngineVersion",
        "RDS does not go back to a version; CloudFormation does not ask for it in a rollback",
    ),
    "logs, and back": (
        r"alb _lb_attrs \S+: ",
        "attributes that a template no longer names keep their values: where logs went that are off",
    ),
    "what is saved, there": (
        r"object \S+/_saved/\S+: ",
        "what was saved stays saved, for going back; the old source is saved anew",
    ),
}

# What it may leave besides, where no other site in the same hosted zone has left it before.
PERHAPS: dict[str, tuple[str, str]] = {
    "fallback's Region with a domain, there": (
        r"route53 _records \S+: ",
        "a certificate's validation record stays: it is the same for all certificates of that name",
    ),
}

# What a service refuses before the update comes to its end, and with which error; `diff` says so.
REFUSED = {"two and three zones, and back": r"\['\w+: Subnet(Already)?InUse: "}


@pytest.mark.parametrize("ways", GROUPS, ids=GROUPS.keys())
def test_account_is_what_it_was(updated_site: UpdatedSite, instance: Instance, ways: str) -> None:
    updated_site.installation.hosted_zone(DOMAIN)
    try:
        _account_is_what_it_was(updated_site, instance, ways)
    except BaseException:
        # Whatever is there now, the next group begins with a new stack.
        updated_site.properties = None
        raise


def _account_is_what_it_was(site: UpdatedSite, instance: Instance, ways: str) -> None:
    installation = site.installation
    # Without the protection, which would refuse some of them before they come to anything.
    old = {**BOTH_WAYS[ways][0], "UpdateProtection": False}
    site.become(old)
    site.serve(instance)
    ids = site.ids()
    site.filled(site.stack(old), ids)
    before = described(installation)
    for way in GROUPS[ways]:
        template = site.template({**BOTH_WAYS[way][1], "UpdateProtection": False})
        template["Resources"]["Broken"] = {**BROKEN, "DependsOn": "Site"}
        error = REFUSED.get(way, r"\['Broken:")
        with pytest.raises(StackError, match=f"UPDATE_ROLLBACK_COMPLETE: {error}"):
            installation.deploy(site.name, template)
        assert site.ids() == ids, way
        after = described(installation)
        _only_what_is_listed(way, changed(before, after))
        before = after


def _only_what_is_listed(way: str, left: list[str]) -> None:
    pattern, _ = {**PERHAPS, **LEFT}.get(way, ("$never", ""))
    assert [each for each in left if not re.match(pattern, each)] == [], way
    assert bool(left) == (way in LEFT) or way in PERHAPS, way
