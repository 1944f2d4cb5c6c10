"""Origin groups of a distribution, and origins that a CloudFront Function picks: ministack supports neither.

Source: "Helper methods for origin modification" and "Optimize high availability with CloudFront origin failover": the
second origin is asked when the first answers with one of the statuses, can't be connected to (503) or times out (504).
"Helper methods for key value stores": a function reads the one store that it is associated with.
"""

import logging
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from ministack.core import cloudfront_js, node_pool  # type: ignore[import-not-found]
from ministack.services import cloudfront, cloudfront_keyvaluestore  # type: ignore[import-not-found]

Json = dict[str, Any]

GROUP = "originGroupOfThisRequest"
SELECTED = "originOfThisRequest"
STORE = "keyValueStoreOfThisFunction"
CONFIGURED = "configuredOriginGroup"

# The two origins, and the status codes of a failover.
Group = tuple[list[Json], list[int]]

_group: ContextVar[Json | None] = ContextVar("group", default=None)
_selected: ContextVar[str | None] = ContextVar("selected", default=None)
_origins: ContextVar[Json | None] = ContextVar("origins", default=None)

# What the emulator's worker gets beside the modules that it has: the helpers note the group or the origin, and `run`
# hands them out. A function can't call back, so that the event brings what its store has.
MODULE = f"""
let made = null, selected = null, stored = null;
const helpers = {{
  createRequestOriginGroup: (group) => {{
    if (!Array.isArray(group.originIds) || group.originIds.length !== 2) throw new Error("not two origins");
    made = group;
  }},
  selectRequestOriginById: (id) => {{ selected = id; }},
  kvs: () => {{
    if (!stored) throw new Error("no key value store is associated");
    const values = stored;
    return {{ get: async (key) => {{
      if (!Object.prototype.hasOwnProperty.call(values, key)) throw new Error("KeyNotFound");
      return values[key];
    }} }};
  }},
}};
function begin(event) {{
  made = selected = null;
  stored = event.{STORE} || null;
  delete event.{STORE};
}}
const _ALLOWED_MODULES = {{ cloudfront: helpers, """


def register() -> None:
    """Give functions the helpers, and requests the failover."""
    script = cloudfront_js._WORKER_SCRIPT.replace("const _ALLOWED_MODULES = { ", MODULE)
    script = script.replace("let value = entry.handler(event);", "begin(event); let value = entry.handler(event);")
    script = script.replace(
        'return { status: "ok", value:',
        f"if (made && value) value.{GROUP} = made;\n    if (selected && value) value.{SELECTED} = selected;\n"
        '    return { status: "ok", value:',
    )
    cloudfront_js._pool = node_pool.NodeWorkerPool(
        script,
        log_prefix="cloudfront-js",
        logger=logging.getLogger("cloudfront_functions"),
        timeout=cloudfront_js._EVAL_TIMEOUT,
        max_old_space_mb=cloudfront_js._MAX_OLD_SPACE_MB,
        recycle_after=cloudfront_js._RECYCLE_AFTER,
        max_idle=cloudfront_js._MAX_IDLE,
    )
    own_run, own_parse = cloudfront._run_function, cloudfront.parse_distribution_dataplane_config
    own_fetch = cloudfront._fetch_from_origin

    @lru_cache(maxsize=256)
    def parse_once(config: str) -> Json:
        distribution = {"config_xml": config}
        parsed: Json = own_parse(distribution)
        for group in _configured(distribution):
            # A cache behavior targets a group by its id, as it does an origin.
            members = [parsed["origins"][name] for name in group["originIds"]]
            parsed["origins"][group["id"]] = {**members[0], "id": group["id"], CONFIGURED: (members, group["statuses"])}
        return parsed

    def parse(distribution: Json) -> Json:
        # For each request of a visitor, who changes nothing of it.
        parsed = parse_once(distribution.get("config_xml", ""))
        _origins.set(parsed["origins"])
        _group.set(None)
        _selected.set(None)
        return parsed

    async def run(arn: str, event: Json) -> Json:
        result: Json = await own_run(arn, {**event, **_stored(arn)})
        if isinstance(result, dict):
            _group.set(result.pop(GROUP, None))
            _selected.set(result.pop(SELECTED, None))
        return result

    async def fetch(origin: Json, *arguments: Any) -> Any:
        # Once: an error page is requested from its own origin.
        selected, origins = _selected.get(), _origins.get() or {}
        _selected.set(None)
        return await _with_failover(own_fetch, origins[selected] if selected else origin, arguments)

    cloudfront.parse_distribution_dataplane_config = parse
    cloudfront._run_function = run
    cloudfront._fetch_from_origin = fetch


def _stored(function_arn: str) -> Json:
    """Return what a function's key value store has, for its event; nothing without a store."""
    function = cloudfront._functions.get(function_arn.rsplit("/", 1)[-1]) or {}
    stores = [cloudfront_keyvaluestore._get_store(arn)[0] for arn in function.get("kvs_arns", [])]
    return {STORE: dict(stores[0]["items"])} if stores and stores[0] else {}


def _configured(distribution: Json) -> Iterator[Json]:
    """Yield a distribution's origin groups: id, ids of the two origins, and status codes of a failover."""
    groups = cloudfront._find(cloudfront._dist_config_el(distribution), "OriginGroups")
    for group in _items(groups):
        codes = cloudfront._find(cloudfront._find(group, "FailoverCriteria"), "StatusCodes")
        members = _items(cloudfront._find(group, "Members"))
        yield {
            "id": cloudfront._text(group, "Id"),
            "originIds": [cloudfront._text(member, "OriginId") for member in members],
            "statuses": [int(code.text) for code in _items(codes)],
        }


def _items(element: Any) -> list[Any]:
    items = None if element is None else cloudfront._find(element, "Items")
    return [] if items is None else list(items)


async def _with_failover(own_fetch: Any, origin: Json, arguments: Any) -> Any:
    """Return the answer of an origin, or of the second one of its group, if it has one.

    An origin that does not answer has a status here already (data_plane.py).
    """
    group = _group_of(origin)
    if group is None:
        return await own_fetch(origin, *arguments)
    (first, second), statuses = group
    answer = await own_fetch(first, *arguments)
    return await own_fetch(second, *arguments) if answer[0] in statuses else answer


def _group_of(origin: Json) -> Group | None:
    """Return the group that an origin represents: of the distribution, or once, of the request's function."""
    if CONFIGURED in origin:
        configured: Group = origin[CONFIGURED]
        return configured
    made, origins = _group.get(), _origins.get() or {}
    ids = [member["originId"] for member in made["originIds"]] if made else []
    if made is None or origin["id"] not in ids:
        return None
    _group.set(None)
    return [origins[name] for name in ids], made["failoverCriteria"]["statusCodes"]
