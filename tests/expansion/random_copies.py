"""Random sites with a copy in another Region, and both of their halves."""

from typing import Any

from hypothesis import strategies as st

from tests.expansion.expanded import Resources, expand
from tests.expansion.random_sites import ALTERNATE, DOMAIN, OWN_VPC, PRIVATE, TIERS, WORDS, possible
from tests.expansion.shared_draws import shared

PRIMARY, SECONDARY = "us-east-1", "us-west-2"

# What exists in one Region only: the same template has to fit both.
_IN_ONE_REGION = {"WebServers": "ImageId", "Database": "KmsKeyId"}

_COPY = st.fixed_dictionaries({"Region": st.just(SECONDARY)}, optional={"CidrBlock": st.just("10.200.0.0/16")})
COPY = (
    st.tuples(_COPY, st.fixed_dictionaries({}, optional={"Mode": st.just("PilotLight")}))
    | st.tuples(_COPY, st.fixed_dictionaries({"Mode": st.just("WarmStandby")}, optional={"MinSize": st.integers(1, 2)}))
).map(lambda parts: {**parts[0], **parts[1]})


def _in_both(site: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: given for key, given in value.items() if key != _IN_ONE_REGION.get(name)}
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


SITES = shared(_sites(COPY))

# Sites without a half in the secondary Region, until they are recovered there.
_RESTORED = st.fixed_dictionaries(
    {"Mode": st.just("Backups")}, optional={"RestoreTime": st.just("2026-03-01T01:20:00Z")}
)
BACKED_UP = shared(_sites(st.tuples(_COPY, _RESTORED).map(lambda parts: {**parts[0], **parts[1]})))


def with_copy(site: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a site with properties of its copy changed."""
    return {**site, "Secondary": {**site["Secondary"], **changed}}


def halves(site: dict[str, Any], **changed: Any) -> tuple[Resources, Resources]:
    """Return the resources of both halves, the primary one first."""
    properties = with_copy(site, **changed)
    return expand(properties, PRIMARY), expand(properties, SECONDARY)
