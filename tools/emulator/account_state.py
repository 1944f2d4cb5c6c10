"""All that an account has, of every service and in every Region, in one answer.

`PUT /_emulator/account-state` with a JSON object: `account`, and `stores` for some of them only. The answer is a JSON
object: what a service has stored of a thing, by the service's module, the store, the Region (unless the service has
none) and the thing's key. That is what the service's API describes, and what no API shows; to ask the APIs takes a
hundred requests.

An object in S3 is its ETag. What has happened is not there: events, histories, changes and earlier versions.
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
    """Take the account from the body of a request; return the response."""
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
    """Return some of them; those of a service that nothing has called yet are empty, and left out."""
    for title in titles:
        module, _, name = title.partition(" ")
        if f"ministack.services.{module}" in sys.modules:
            yield title, vars(sys.modules[f"ministack.services.{module}"])[name]._data


def _shown(title: str, value: Any) -> Any:
    """Return what is stored of a thing; of a stack its id and status, and of a bucket's objects the ETags."""
    if title == "cloudformation _stacks":
        return {name: value[name] for name in ("StackId", "StackStatus")}
    if title == "s3 _buckets":
        return {**value, "objects": {key: entry["etag"] for key, entry in value["objects"].items()}}
    return value


def _text(value: Any) -> str:
    """Return what stands for a value that JSON does not have."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)
