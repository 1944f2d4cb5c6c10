"""The resources that a site with a copy has in its other half, or in either half after a switch.

`Overrides` may name one of them: both halves have the same template, before a switch and after it. In a pilot light,
say, the copy has no cache until it is active.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website import site
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import Deployment, read_template
from resilient_website.site_spec import SiteSpec

# The copy does not know its primary Region. What a primary half has differs between these two.
PRIMARY_REGIONS = (CLOUDFRONT_REGION, "eu-west-1")


def names_elsewhere(template: Any, made_for: Deployment, name: str, spec: SiteSpec) -> frozenset[str]:
    """Return the logical ids of a site's resources in both halves, whichever is active; none without a copy.

    `template` and `made_for` are those of the expansion, `name` is the logical id of the site. A half that can't be
    made has no names.
    """
    if spec.half is None or spec.half.spec.region is None:
        return frozenset()
    there = spec.half.spec.region
    regions = (there, *(PRIMARY_REGIONS if spec.half.is_secondary else (made_for.region,)))
    return frozenset(
        logical_id
        for region in regions
        for active in (None, there)
        for logical_id in _names(_with_active(template, name, active), made_for._replace(region=region), name)
    )


def _names(template: Any, made_for: Deployment, name: str) -> Iterator[str]:
    try:
        spec = read_template(template, made_for).specs[name]
    except InvalidTemplateError:
        return
    made = site.build(Context(name, made_for.region, spec.version, spec.security.roles), spec)
    yield from (str(resource.title) for resource in made.resources)


def _with_active(template: Any, name: str, active: str | None) -> Any:
    """Return the template whose site names an active Region, or none, and overrides nothing."""
    body = template["Resources"][name]
    properties = {key: value for key, value in body.get("Properties", {}).items() if key != "Overrides"}
    secondary = properties.get("Secondary")
    if isinstance(secondary, Mapping):
        others = {key: value for key, value in secondary.items() if key != "ActiveRegion"}
        properties["Secondary"] = others if active is None else {**others, "ActiveRegion": active}
    return {**template, "Resources": {**template["Resources"], name: {**body, "Properties": properties}}}
