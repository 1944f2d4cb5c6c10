"""Origin groups of a distribution, or made by a CloudFront Function for a request: ministack supports neither.

Source: "Helper methods for origin modification" and "Optimize high availability with CloudFront origin failover": the
second origin is asked when the first answers with one of the statuses, can't be connected to (503) or times out (504).
"""

import logging
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.core import cloudfront_js, node_pool  # type: ignore[import-not-found]
from ministack.services import cloudfront  # type: ignore[import-not-found]

Json = dict[str, Any]

GROUP = "originGroupOfThisRequest"
CONFIGURED = "configuredOriginGroup"

# The two origins, and the status codes of a failover.
Group = tuple[list[Json], list[int]]

_group: ContextVar[Json | None] = ContextVar("group", default=None)
_origins: ContextVar[Json | None] = ContextVar("origins", default=None)

# What the emulator's worker gets beside the modules that it has: the helper notes the group, `run` hands it out.
MODULE = """
let made = null;
const helpers = { createRequestOriginGroup: (group) => {
  if (!Array.isArray(group.originIds) || group.originIds.length !== 2) throw new Error("not two origins");
  made = group;
} };
const _ALLOWED_MODULES = { cloudfront: helpers, """


def register() -> None:
    """Give functions the helper, and requests the failover."""
    script = cloudfront_js._WORKER_SCRIPT.replace("const _ALLOWED_MODULES = { ", MODULE)
    script = script.replace("let value = entry.handler(event);", "made = null; let value = entry.handler(event);")
    script = script.replace(
        'return { status: "ok", value:',
        f'if (made && value) value.{GROUP} = made;\n    return {{ status: "ok", value:',
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

    def parse(distribution: Json) -> Json:
        parsed: Json = own_parse(distribution)
        for group in _configured(distribution):
            # A cache behavior targets a group by its id, as it does an origin.
            members = [parsed["origins"][name] for name in group["originIds"]]
            parsed["origins"][group["id"]] = {**members[0], "id": group["id"], CONFIGURED: (members, group["statuses"])}
        _origins.set(parsed["origins"])
        _group.set(None)
        return parsed

    async def run(arn: str, event: Json) -> Json:
        result: Json = await own_run(arn, event)
        if isinstance(result, dict) and result.get(GROUP):
            _group.set(result.pop(GROUP))
        return result

    async def fetch(origin: Json, *arguments: Any) -> Any:
        return await _with_failover(own_fetch, origin, arguments)

    cloudfront.parse_distribution_dataplane_config = parse
    cloudfront._run_function = run
    cloudfront._fetch_from_origin = fetch


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
