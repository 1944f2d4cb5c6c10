"""Zonal shifts: a load balancer sends no request to targets in a zone that traffic is shifted away from.

ministack has no such service. Source: the API reference of Amazon Application Recovery Controller, zonal shift, and
"Zonal shifts for your Application Load Balancer".
"""

import json
import re
import time
from typing import Any
from urllib.parse import unquote

from ministack import app  # type: ignore[import-not-found]
from ministack.core import router  # type: ignore[import-not-found]
from ministack.core.responses import AccountRegionScopedDict, new_uuid  # type: ignore[import-not-found]
from ministack.services import alb, ec2  # type: ignore[import-not-found]

Json = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

SERVICE = "arc-zonal-shift"
ACTIVE, CANCELED, EXPIRED = "ACTIVE", "CANCELED", "EXPIRED"

_EXPIRES = re.compile(r"([1-9]\d*)([mh])")
_SECONDS = {"m": 60, "h": 3600}

# By id.
_shifts = AccountRegionScopedDict()


def register() -> None:
    """Answer for the service."""
    router.SERVICE_PATTERNS[SERVICE] = {"credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = _handle


def away_from(load_balancer_arns: list[str]) -> set[str]:
    """Return the names of the zones that the traffic of load balancers is shifted away from."""
    return {
        shift["_zone"]
        for shift in _shifts.all_values()
        if shift["resourceIdentifier"] in load_balancer_arns and _status(shift) == ACTIVE
    }


async def _handle(method: str, path: str, _headers: Json, body: bytes, query: Json) -> Response:
    shift_id = unquote(path.removeprefix("/zonalshifts").strip("/"))
    if method == "POST" and not shift_id:
        return _start(json.loads(body))
    if method == "GET" and not shift_id:
        wanted = (query.get("status") or [""])[0]
        found = [_shown(shift) for shift in _shifts.values() if wanted in ("", _status(shift))]
        return _response(200, {"items": found})
    shift = _shifts.get(shift_id)
    if method == "DELETE" and shift:
        shift["status"] = CANCELED
        return _response(200, _shown(shift))
    return _refused(404, "ResourceNotFoundException", f"There is no zonal shift {shift_id}.")


def _start(asked: Json) -> Response:
    arn, expires = asked["resourceIdentifier"], _EXPIRES.fullmatch(asked["expiresIn"])
    balancer = alb._lbs.get(arn)
    if not balancer:
        return _refused(404, "ResourceNotFoundException", f"There is no resource {arn}.")
    zones = {ec2._az_id_for_zone_name(zone): zone for zone in _zones(balancer)}
    if asked["awayFrom"] not in zones or not expires:
        return _refused(400, "ValidationException", f"awayFrom {asked['awayFrom']} or expiresIn is not valid.")
    if away_from([arn]):
        return _refused(409, "ConflictException", f"A zonal shift is active for {arn} already.")
    now = time.time()
    shift = {
        "zonalShiftId": new_uuid(),
        "resourceIdentifier": arn,
        "awayFrom": asked["awayFrom"],
        "expiryTime": now + int(expires[1]) * _SECONDS[expires[2]],
        "startTime": now,
        "status": ACTIVE,
        "comment": asked["comment"],
        "_zone": zones[asked["awayFrom"]],
    }
    _shifts[shift["zonalShiftId"]] = shift
    return _response(201, _shown(shift))


def _zones(balancer: Json) -> list[str]:
    """Return the names of the zones of a load balancer's subnets."""
    subnets = [ec2._subnets.get(subnet) for subnet in balancer["Subnets"]]
    return [subnet["AvailabilityZone"] for subnet in subnets if subnet]


def _status(shift: Json) -> str:
    return EXPIRED if shift["status"] == ACTIVE and shift["expiryTime"] < time.time() else str(shift["status"])


def _shown(shift: Json) -> Json:
    return {**{name: value for name, value in shift.items() if not name.startswith("_")}, "status": _status(shift)}


def _refused(status: int, code: str, message: str) -> Response:
    return _response(status, {"__type": code, "message": message})


def _response(status: int, body: Json) -> Response:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()
