"""Everything in an account, of all services and Regions, in one response.

`PUT /_emulator/account-state` with a JSON object: `account`, and optionally `stores`, to get only some of them. The
response is a JSON object: what a service stores about a resource, by the service's module, the store, the Region
(unless the service has none) and the resource's key. It includes what no API shows, and replaces a hundred requests.

An object in S3 is its ETag. Records of the past are left out: events, histories, changes and earlier versions.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import (  # type: ignore[import-not-found]
    AccountRegionScopedDict,
    AccountScopedDict,
)

PATH = "/_emulator/account-state"

Json = dict[str, Any]

# The modules that have stores.
PACKAGES = ("ministack.services.", "tools.emulator.")

HAPPENED = {
    "cloudformation _change_sets",
    "cloudformation _stack_events",
    "cloudfront _invalidations",
    "cloudwatch _alarm_history",
    "cloudwatch _metrics",
    "elasticache _events",
    "eventbridge _events_log",
    "rds _events",
    "route53 _changes",
    "s3 _object_versions",
    "emulator.certificates _tokens",
    "emulator.rollback_triggers _requested",
}


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return the response to a request, whose body names the account."""
    asked = json.loads(body)
    account = asked["account"]
    stores = _named(asked["stores"]) if "stores" in asked else _stores()
    found = {
        " ".join((title, *map(str, key[1:]))): _shown(title, value)
        for title, store in stores
        if title not in HAPPENED
        for key, value in list(store.items())
        if key[0] == account
    }
    return 200, {"Content-Type": "application/json"}, json.dumps(found, default=_text).encode()


def _stores() -> Iterator[tuple[str, Json]]:
    """Return what the services' modules store, each by the names of the module and of the store."""
    seen = set()
    for module in sorted(name for name in list(sys.modules) if name.startswith(PACKAGES)):
        for name, store in list(vars(sys.modules[module]).items()):
            if isinstance(store, AccountRegionScopedDict | AccountScopedDict) and id(store) not in seen:
                seen.add(id(store))
                yield f"{module.partition('.')[2].removeprefix('services.')} {name}", store._data


def _named(titles: list[str]) -> Iterator[tuple[str, Json]]:
    """Yield the named stores, without those of services that nothing has called yet: they are empty."""
    for title in titles:
        module, _, name = title.partition(" ")
        if f"ministack.services.{module}" in sys.modules:
            yield title, vars(sys.modules[f"ministack.services.{module}"])[name]._data


def _shown(title: str, value: Any) -> Any:
    """Return what is stored about a resource; for a stack its id and status, for a bucket's objects their ETags."""
    if title == "cloudformation _stacks":
        return {name: value[name] for name in ("StackId", "StackStatus")}
    if title == "s3 _buckets":
        return {**value, "objects": {key: entry["etag"] for key, entry in value["objects"].items()}}
    return value


def _text(value: Any) -> str:
    """Return a text for a value that JSON can't represent."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)
