"""The switch signal in one Region of `two_regions`: S3, SSM parameters, and CloudFront's key value store."""

from typing import Any

from tests.cli.region_state import DOMAIN, PRIMARY, SITE, STACK, STORE_ARN, Refused, RegionState


class SignalApis(RegionState):
    """S3 and SSM in this Region, and CloudFront, which has none."""

    # S3 and SSM

    def ListObjectsV2(self, Bucket: str, Prefix: str, MaxKeys: int) -> Any:  # noqa: N802, N803
        assert Bucket == "fallback-bucket"
        del MaxKeys
        return {"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]}

    def PutObject(self, Key: str, Body: bytes, **_: Any) -> Any:  # noqa: N802, N803
        self.objects[Key] = Body
        self.world.turned_at = self.world.now
        return {}

    def DeleteObject(self, Key: str, **_: Any) -> Any:  # noqa: N802, N803
        self.objects.pop(Key, None)
        self.world.turned_at = self.world.now
        return {}

    def GetParametersByPath(self, Path: str, Recursive: bool = False) -> Any:  # noqa: N802, N803
        if self.primary or not Path.startswith(f"/resilient-website/{STACK}/"):
            return {"Parameters": []}
        assert Path == f"/resilient-website/{STACK}/" + ("" if Recursive else f"{SITE}/")
        start = f"/resilient-website/{STACK}/{SITE}/"
        values = {"PrimaryRegion": PRIMARY, "FallbackBucket": "fallback-bucket"}
        if self.world.with_database:
            values["DatabaseArn"] = self.source_arn()
        if self.world.internal and self.world.store is not None:
            values |= {"SwitchStoreArn": STORE_ARN, "DomainName": DOMAIN}
        return {"Parameters": [{"Name": start + name, "Value": value} for name, value in values.items()]}

    # CloudFront, which has no Region. Its two operations of this name differ by their argument.

    def DescribeKeyValueStore(self, Name: str = "", KvsARN: str = "") -> Any:  # noqa: N802, N803
        if Name:
            times = {"LastModifiedTime": self.world.now}
            described = {"Name": Name, "Id": "1", "Comment": "", "ARN": STORE_ARN, **times}
            return {"KeyValueStore": described, "ETag": "ignored"}
        assert KvsARN == STORE_ARN
        sizes = {"ItemCount": len(self._store), "TotalSizeInBytes": 0}
        return {"KvsARN": KvsARN, "Created": self.world.now, "ETag": self._etag, **sizes}

    def GetKey(self, KvsARN: str, Key: str) -> Any:  # noqa: N802, N803
        assert KvsARN == STORE_ARN
        if Key not in self._store:
            raise Refused("ResourceNotFoundException", f"Key {Key} was not found.")
        return {"Key": Key, "Value": self._store[Key], "ItemCount": 1, "TotalSizeInBytes": 0}

    def PutKey(self, KvsARN: str, Key: str, Value: str, IfMatch: str) -> Any:  # noqa: N802, N803
        assert KvsARN == STORE_ARN
        if IfMatch != self._etag:
            raise Refused("ConflictException", "The provided If-Match value does not match the current ETag.")
        self._store[Key] = Value
        return {"ItemCount": 1, "TotalSizeInBytes": 0, "ETag": self._etag}

    @property
    def _store(self) -> dict[str, str]:
        assert self.world.store is not None
        return self.world.store

    @property
    def _etag(self) -> str:
        return f"etag of {sorted(self._store.items())}"
