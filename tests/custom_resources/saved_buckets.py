"""A bucket in the emulator that a site is saved into, by the flow as it is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config

from saved_site.clock import Clock
from saved_site.properties import read
from saved_site.save import Saved, Tools, save
from shared.publish_target.published_place import Place
from tests.custom_resources.captures import anywhere
from tests.custom_resources.origin import Origin, file, page
from tools.emulator.endpoint import Emulator

PREFIX = "_saved/"
ACCOUNT = "100000000077"


class Bucket:
    """A bucket with versioning in the emulator, and saves into it: each an hour after the one before."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.emulator = emulator
        self.name = name
        self.place = Place(name, PREFIX)
        self.s3 = self.client()
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.runs = 0

    def client(self) -> Any:
        return boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.emulator.url,
            verify=str(self.emulator.ca_bundle),
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="emulated",
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )

    def save(self, source: dict[str, Any], s3: Any = None, **properties: str) -> Saved:
        self.runs += 1
        now = datetime(2025, 11, 25, tzinfo=UTC) + timedelta(hours=self.runs)
        site = read({"BucketName": self.name, "Prefix": PREFIX, "Source": source, **properties})
        tools = Tools(s3 or self.s3, Clock(now=lambda: now, sleep=lambda _seconds: None), anywhere)
        return save(tools, site, f"{self.runs:08x}", 100)

    def crawl(self, origin: Origin, s3: Any = None, **properties: str) -> Saved:
        return self.save({"Crawl": {"StartUrl": origin.url, "DelaySeconds": "0"}}, s3, **properties)

    @property
    def current(self) -> dict[str, str]:
        content: dict[str, str] = self.json("current.json")
        return content

    def json(self, key: str) -> Any:
        return json.loads(self.s3.get_object(Bucket=self.name, Key=PREFIX + key)["Body"].read())

    @property
    def keys(self) -> set[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {entry["Key"] for page in pages for entry in page.get("Contents", [])}

    @property
    def versions(self) -> list[str]:
        return sorted({key.split("/")[1] for key in self.keys if key.startswith(PREFIX) and key.count("/") > 1})


def site(pages: int) -> dict[str, Any]:
    links = "".join(f"<a href=/p{n}>{n}</a>" for n in range(1, pages))
    return {
        "/": page("<link rel=stylesheet href=/a.css><a href=/gone>x</a>" + links),
        "/a.css": file(b"a{color:red}", "text/css"),
        **{f"/p{n}": page(str(n)) for n in range(1, pages)},
    }
