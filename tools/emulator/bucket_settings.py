"""All settings of an account's buckets in one answer: S3 has a dozen operations for them, for each bucket.

`PUT /_emulator/bucket-settings` with a JSON object: `account`. The answer is a JSON object: for each bucket an object
of its settings as S3's operations have stored them (XML, or what ministack has read from it). `objects` has the ETag of
each object's current version by its key.
"""

import json
from typing import Any

from ministack.services import s3  # type: ignore[import-not-found]

PATH = "/_emulator/bucket-settings"

Json = dict[str, Any]


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the account from the body of a request; return the response."""
    account = json.loads(body)["account"]
    records: dict[str, Json] = _of_account(s3._buckets, account)
    found = {
        name: {**record, "objects": {key: entry["etag"] for key, entry in record["objects"].items()}}
        for name, record in records.items()
    }
    for title, store in s3._PERSISTED_BUCKET_DICTS.items():
        for name, setting in _of_account(store, account).items():
            if name in found:
                found[name][title] = setting
    return 200, {"Content-Type": "application/json"}, json.dumps(found, default=_text).encode()


def _of_account(store: Any, account: str) -> Json:
    return {key[-1]: value for key, value in list(store._data.items()) if key[0] == account}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
