"""What an update means for a site's copy in another Region: which half is compared, and the order of deployments."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.comparison import Change
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import read_sites
from resilient_website.tiers.remote_stack import RemoteStack
from resilient_website.tiers.secondary_region.primary_half import PRIMARY_HALF, PrimaryHalf
from resilient_website.tiers.secondary_region.primary_part import STACK
from resilient_website.tiers.secondary_region.spec import PILOT_LIGHT, WARM_STANDBY

RUNBOOK = "docs/second-region.md"

# What the update protection does, which asks RDS.
REFUSED = "As long as one half's database replicates the other's, the update protection rejects this update."


@dataclass(frozen=True)
class ComparedHalf:
    """A site's half in the compared Region. Its mode and active Region are None in an expanded template.

    `copy_region` is the Region of the copy.
    """

    is_copy: bool
    copy_region: str
    mode: str | None = None
    active_region: str | None = None
    # Whether CloudFront has the VPC origin of the copy; None in an expanded template.
    vpc_origin: bool | None = None

    @property
    def has_standby(self) -> bool:
        """Whether the copy has a stack while it is not active; assumed if the mode is not known."""
        return self.mode in (None, PILOT_LIGHT, WARM_STANDBY)

    @property
    def copy_waits(self) -> bool:
        """Whether the copy has a stack now."""
        return self.has_standby or self.is_copy or self.active_region == self.copy_region


def halves(template: Mapping[str, Any], values: Mapping[str, Any], region: str) -> dict[str, ComparedHalf]:
    """Return the halves in a template, compact or expanded, by the logical ids of their sites."""
    try:
        specs = read_sites(template, values, region)
    except InvalidTemplateError:
        specs = {}
    found = {
        name: ComparedHalf(
            half.is_secondary,
            half.spec.region or region,
            half.spec.mode,
            half.spec.active_region or "",
            spec.selects_origin,
        )
        for name, spec in specs.items()
        if (half := spec.half) is not None
    }
    return {**dict(_expanded(template, region)), **found}


def _expanded(template: Mapping[str, Any], region: str) -> Iterator[tuple[str, ComparedHalf]]:
    """Yield the halves in an expanded template: the primary one has a stack in the copy's Region."""
    for name, body in (template.get("Resources") or {}).items():
        if not isinstance(body, Mapping):
            continue
        if body.get("Type") == RemoteStack.resource_type and name.endswith(STACK):
            yield name.removesuffix(STACK), ComparedHalf(False, str((body.get("Properties") or {}).get("Region")))
        elif body.get("Type") == PrimaryHalf.resource_type and name.endswith(PRIMARY_HALF):
            yield name.removesuffix(PRIMARY_HALF), ComparedHalf(True, region)


def notes(
    old: Mapping[str, ComparedHalf], new: Mapping[str, ComparedHalf], changes: Iterable[Change], region: str
) -> list[str]:
    """Return what an update in a Region means for the other half of each site; empty for sites without a copy."""
    upgraded = {change.logical_id for change in changes if _changes_engine(change)}
    return [
        note
        for site in dict.fromkeys([*old, *new])
        for note in _of_site(site, old.get(site), new.get(site), region, upgraded)
    ]


def _changes_engine(change: Change) -> bool:
    named = {each.difference.names[:1] for each in change.properties}
    return change.type == "AWS::RDS::DBInstance" and ("EngineVersion",) in named


def _of_site(
    site: str, old: ComparedHalf | None, new: ComparedHalf | None, region: str, upgraded: set[str]
) -> Iterator[str]:
    """Yield what an update of one half changes for the other one. `old`, `new`: None if the site has no copy then."""
    if new is None:
        if old is not None:
            yield _removed(site, old, region)
        return
    if old is None:
        yield _added(site, new, region)
        return
    if old.copy_region != new.copy_region or old.is_copy is not new.is_copy:
        yield _moved(site, old, new)
        return
    yield _compared(site, new, region, upgraded=any(name.startswith(site) for name in upgraded))
    if old.mode and new.mode and old.mode != new.mode:
        yield f"{site}: Secondary.Mode changes from {old.mode} to {new.mode}. {_mode(old.mode, new)}"
    if None not in (old.vpc_origin, new.vpc_origin) and old.vpc_origin is not new.vpc_origin:
        yield f"{site}: {_vpc_origin(new)}"
    if None not in (old.active_region, new.active_region) and old.active_region != new.active_region:
        yield (
            f"{site}: Secondary.ActiveRegion changes sizes and databases, but not DNS. Change it only as `switch` does "
            "(docs/switch.md): otherwise the promotion of the copy's database may lose writes."
        )


def _compared(site: str, half: ComparedHalf, region: str, *, upgraded: bool) -> str:
    """Return which half was compared, and what the other one needs."""
    if not half.copy_waits:
        return f"{site}: this is its only stack. Nothing is deployed in {half.copy_region} before a switch."
    this = f"its copy in {region}" if half.is_copy else f"its primary half in {region}"
    other = "the primary half" if half.is_copy else f"the copy in {half.copy_region}"
    first = "deploy this one first" if half.is_copy is upgraded else "deploy that one first"
    why = ": RDS upgrades replicas before their source" if upgraded else ""
    return f"{site}: this compares {this}. The same template has to be deployed for {other}, too; {first}{why}."


def _added(site: str, half: ComparedHalf, region: str) -> str:
    if half.is_copy:
        return f"{site}: this becomes the copy in {region}. Deploy the primary half first."
    if not half.copy_waits:
        where = half.copy_region
        return f"{site}: its data is kept in {where}, too. Deploy it here only: a switch creates the stack there."
    return (
        f"{site}: it gets a copy in {half.copy_region}. Deploy this Region first, then the same template there under "
        f"the same stack name. The copy's database has data when RDS has copied it; existing assets are not replicated "
        f"({RUNBOOK})."
    )


def _removed(site: str, half: ComparedHalf, region: str) -> str:
    if half.is_copy:
        return (
            f"{site}: without Secondary, this stack in {region} would be a site of its own with the same names: its "
            "database would be promoted, and take writes. Delete the stack instead; a final snapshot of its database "
            f"remains. {REFUSED}"
        )
    if not half.copy_waits:
        return f"{site}: its data is no longer replicated to {half.copy_region}: the loss of this Region loses it."
    return (
        f"{site}: it loses its copy in {half.copy_region}. Delete the stack there, if there is one, before this "
        "update. Of its database, a replica, a final snapshot remains. If the copy is active, switch back first "
        f"(docs/switch.md). {REFUSED}"
    )


def _moved(site: str, old: ComparedHalf, new: ComparedHalf) -> str:
    return (
        f"{site}: Secondary.Region changes from {old.copy_region} to {new.copy_region}. The copy's database does not "
        f"move: delete the stack in {old.copy_region} (a final snapshot remains), deploy this template in the primary "
        f"Region, then in {new.copy_region}, where RDS copies the data again. Until then, the site has no copy. "
        f"{REFUSED}"
    )


def _vpc_origin(new: ComparedHalf) -> str:
    """Return what it means that CloudFront gets or loses the VPC origin of the copy."""
    if new.vpc_origin:
        return (
            "CloudFront gets the VPC origin of the copy, so that a switch can lead visitors there. Deploy the primary "
            "Region first; it fails as long as there is no copy."
        )
    return (
        "CloudFront loses the VPC origin of the copy, and visitors get the primary half. If the copy is active, switch "
        "back first (docs/switch.md)."
    )


def _mode(old: str, new: ComparedHalf) -> str:
    """Return what a change of the mode means for the copy's database, and where it has to be deployed."""
    deploy = f"Deploy it in the primary Region, then in {new.copy_region}."
    if not new.has_standby:
        return (
            f"Deploy it in the primary Region. When `switch status` shows a replicated backup, delete the stack in "
            f"{new.copy_region}. A final snapshot of its database remains."
        )
    if old not in (PILOT_LIGHT, WARM_STANDBY):
        return f"RDS creates a replica in the copy, which takes as long as the copy of your data. {deploy}"
    if new.mode == WARM_STANDBY:
        return (
            f"The copy's database is kept, and gets a standby if the site's has one; servers and cache start. {deploy}"
        )
    return f"The copy's database is kept, without a standby; its servers and its cache are removed. {deploy}"
