"""Secrets that servers read: where the values go, and the permissions to read them.

A reference to a secret is an ARN, for a secret of Secrets Manager optionally with a JSON key: `ARN:key`, or
`ARN:key::`, as in `valueFrom` of Amazon ECS.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from troposphere import Join, Sub

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value, opaque
from resilient_website.quoting import iam as iam_text
from resilient_website.quoting import json_text
from resilient_website.quoting.parts import Part, Unknown, parts
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.web_servers.environment import EnvironmentSpec
from resilient_website.tiers.web_servers.variables import CACHE_TOKEN, DATABASE_PASSWORD

# The fields of an ARN of Secrets Manager: arn, partition, service, Region, account, `secret`, name.
FIELDS_OF_A_SECRET = 7

# Services through which servers decrypt. Source: "kms:ViaService" in the AWS KMS Developer Guide.
DECRYPTING = ("secretsmanager", "ssm")


def files(database: Database | None, cache: Cache | None) -> dict[str, Any]:
    """Return the references to the tiers' secrets, by the file that gets the value."""
    found: dict[str, Any] = {}
    if database:
        found[DATABASE_PASSWORD] = Join("", [database.secret_arn, ":password"])
    if cache and cache.secret_arn is not None:
        found[CACHE_TOKEN] = cache.secret_arn
    return found


def configuration(of_tiers: Mapping[str, Any], own: Mapping[str, Value]) -> Any:
    """Return the text of the configuration of `read_secrets.py`: references by the files and variables to write."""
    return Join("", json_text.document({"files": dict(of_tiers), "variables": dict(own)}))


def statements(spec: EnvironmentSpec) -> list[dict[str, Any]]:
    """Return the permissions to read exactly the secrets of an environment, and to decrypt with exactly its keys.

    A key is used through the two services only.
    """
    references = [_as_known(value) for value in spec.own_secrets.values()]
    secrets = _distinct(_without_key(value) for value in references if not _is_parameter(value))
    parameters = _distinct(value for value in references if _is_parameter(value))
    keys = _distinct(encoded(value) for value in spec.kms_key_arns)
    through = {"kms:ViaService": [Sub(f"{service}.${{AWS::Region}}.amazonaws.com") for service in DECRYPTING]}
    return [
        *([allow("secretsmanager:GetSecretValue", secrets)] if secrets else []),
        *([allow("ssm:GetParameter", parameters)] if parameters else []),
        *([allow("kms:Decrypt", keys, {"StringEquals": through})] if keys and references else []),
    ]


def _as_known(value: Value) -> Any:
    """Return a reference's value if it is known, as of a template parameter: only that shows the service and a key."""
    return known_value(value) or encoded(value)


def _is_parameter(value: Any) -> bool:
    """Tell whether a reference is to Parameter Store, as far as its text shows it."""
    return ":ssm:" in json.dumps(value)


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Return the ARNs in the form of a policy's resources, each once."""
    by_text = {json.dumps(value, sort_keys=True): value for value in values}
    return [_exactly(value) for value in by_text.values()]


def _exactly(value: Any) -> Any:
    pieces = iam_text.exactly(opaque(value) if isinstance(value, dict) else value)
    return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else Join("", pieces)


def _without_key(value: Any) -> Any:
    """Return the ARN in a reference to a secret: without the JSON key, as far as the text shows one."""
    match value:
        case {"Fn::If": [condition, first, second]}:
            return {"Fn::If": [condition, _without_key(first), _without_key(second)]}
        case dict():
            return _joined(_first_fields(parts(opaque(value))))
        case _:
            return ":".join(str(value).split(":")[:FIELDS_OF_A_SECRET])


def _first_fields(pieces: Sequence[Part]) -> list[Part]:
    """Return the parts of an ARN up to its last field. What a function gives in the beginning is a whole ARN."""
    if isinstance(pieces[0], Unknown):
        key = len(pieces) > 1 and isinstance(pieces[1], str) and pieces[1].startswith(":")
        return [pieces[0]] if key else list(pieces)
    found: list[Part] = []
    colons = 0
    for piece in pieces:
        if isinstance(piece, Unknown):
            found.append(piece)
            continue
        fields = piece.split(":")
        found.append(":".join(fields[: FIELDS_OF_A_SECRET - colons]))
        colons += len(fields) - 1
        if colons >= FIELDS_OF_A_SECRET:
            break
    return found


def _joined(pieces: list[Part]) -> Any:
    calls = [piece.call if isinstance(piece, Unknown) else piece for piece in pieces]
    return calls[0] if len(calls) == 1 else {"Fn::Join": ["", calls]}
