"""Random sites with a copy in another Region, and both of their halves."""

from typing import Any

from hypothesis import strategies as st

from tests.expansion.expanded import Resources, expand
from tests.expansion.random_sites import ALTERNATE, DOMAIN, OWN_VPC, PRIVATE, TIERS, WORDS, possible
from tests.expansion.shared_draws import shared
from tests.hypothesis_profile import DEFAULT_EXAMPLES

PRIMARY, SECONDARY = "us-east-1", "us-west-2"

# What a switch changes of `Secondary`: before it, and after it. That the primary half is active need not be written:
# `test_naming_the_active_primary_region_changes_nothing`.
SWITCH: tuple[dict[str, Any], ...] = ({}, {"ActiveRegion": SECONDARY})

# How many sites of each kind there are: few, as each has two halves, in several states, but of all properties. What
# leads visitors to the active half makes two kinds, and a law for every site is tried with all of both.
# A few of them have every property that there is in a hundred; the others have them in other combinations.
OF_A_KIND = 20

# What exists in one Region only: the same template has to fit both. A site with a copy has no canary.
_IN_ONE_REGION = {"WebServers": {"ImageId", "Canary"}, "Database": {"KmsKeyId"}, "Cache": {"KmsKeyId"}}
_RELEASES = {"Fn::Sub": "releases-${AWS::Region}"}

_COPY = st.fixed_dictionaries({"Region": st.just(SECONDARY)}, optional={"CidrBlock": st.just("10.200.0.0/16")})
COPY = (
    st.tuples(_COPY, st.fixed_dictionaries({}, optional={"Mode": st.just("PilotLight")}))
    | st.tuples(_COPY, st.fixed_dictionaries({"Mode": st.just("WarmStandby")}, optional={"MinSize": st.integers(1, 2)}))
).map(lambda parts: {**parts[0], **parts[1]})


def _in_both(site: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            key: {**given, "Bucket": _RELEASES} if key == "Artifact" else given
            for key, given in value.items()
            if key not in _IN_ONE_REGION.get(name, ())
        }
        if isinstance(value, dict)
        else value
        for name, value in site.items()
    }


def _sites(copies: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    optional = {
        **{name: tier for name, tier in TIERS.items() if name != "Files"},
        **ALTERNATE,
        "Network": OWN_VPC | PRIVATE,
        "Fallback": st.fixed_dictionaries({}, optional={"Title": WORDS}),
        "FrontDoor": st.sampled_from(["CloudFront", "LoadBalancer"]),
    }
    return st.fixed_dictionaries({**DOMAIN, "Secondary": copies}, optional=optional).map(possible).map(_in_both)


# DNS leads to the active half.
_BY_NAME = _sites(COPY)
BY_NAME = shared("copies by name", _BY_NAME, OF_A_KIND, DEFAULT_EXAMPLES)


# CloudFront selects the active half's origin, or does not know the copy's yet.
def _behind_vpc_origins(asked: st.SearchStrategy[bool]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda site, vpc_origin, network: _internal({**site, "Network": network}, vpc_origin=vpc_origin),
        _BY_NAME,
        asked,
        PRIVATE,
    )


def _internal(site: dict[str, Any], *, vpc_origin: bool) -> dict[str, Any]:
    """Return a site with an internal load balancer, behind CloudFront."""
    scheme = {**site.get("LoadBalancer", {}), "Scheme": "internal"}
    secondary = {**site["Secondary"], **({"VpcOrigin": True} if vpc_origin else {})}
    kept = {name: value for name, value in site.items() if name != "FrontDoor"}
    return possible({**kept, "LoadBalancer": scheme, "Secondary": secondary})


BEHIND_VPC_ORIGINS = shared(
    "copies behind VPC origins", _behind_vpc_origins(st.booleans()), OF_A_KIND, DEFAULT_EXAMPLES
)
SITES = BY_NAME | BEHIND_VPC_ORIGINS


def is_internal(site: dict[str, Any]) -> bool:
    """Return whether both halves have internal load balancers."""
    return bool(site.get("LoadBalancer", {}).get("Scheme") == "internal")


# Sites without a half in the secondary Region, until they are recovered there.
_RESTORED = st.fixed_dictionaries(
    {"Mode": st.just("Backups")}, optional={"RestoreTime": st.just("2026-03-01T01:20:00Z")}
)
_BACKED_UP = _sites(st.tuples(_COPY, _RESTORED).map(lambda parts: {**parts[0], **parts[1]}))
BACKED_UP = shared("backed-up sites", _BACKED_UP, OF_A_KIND, DEFAULT_EXAMPLES)


def with_copy(site: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a site with properties of its copy changed."""
    return {**site, "Secondary": {**site["Secondary"], **changed}}


# Sites whose visitors a switch leads to the copy: the same ones, with the copy's origin where CloudFront needs it.
SWITCHABLE = SITES.map(lambda site: with_copy(site, VpcOrigin=True) if is_internal(site) else site)


def primary_half(site: dict[str, Any], **changed: Any) -> Resources:
    """Return the resources of the primary half of a site, with properties of its copy changed."""
    return expand(with_copy(site, **changed), PRIMARY)


def copy_half(site: dict[str, Any], **changed: Any) -> Resources:
    """Return the resources of the half in the secondary Region."""
    return expand(with_copy(site, **changed), SECONDARY)


def halves(site: dict[str, Any], **changed: Any) -> tuple[Resources, Resources]:
    """Return the resources of both halves, the primary one first."""
    return primary_half(site, **changed), copy_half(site, **changed)
