"""A real MariaDB and Redis for the sites of a run, in place of RDS and ElastiCache, which the run can stop."""

from pathlib import Path
from typing import Self

from tests.instance.aws_command import path_with_aws
from tests.instance.servers import Certificates, mariadb, redis


class Stores:
    """The database and the cache, in a folder; a context manager."""

    def __init__(self, folder: Path) -> None:
        for made in (folder / "mariadb", folder / "redis"):
            made.mkdir(parents=True)
        self._certificates = Certificates(folder / "tls")
        self.database = mariadb(folder / "mariadb", self._certificates)
        self.cache = redis(folder / "redis", None)
        self._path = path_with_aws(folder / "bin")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.database.stop()
        self.cache.stop()

    def start(self) -> None:
        """Start what does not run."""
        for server in (self.database, self.cache):
            if not server.running:
                server.start()

    def environment(self, *, database: bool, cache: bool) -> dict[str, str]:
        """Return a server's settings for its site's stores."""
        reported = {"PATH": self._path, "HEALTH_CHECK_PATH": "/health", "AWS_REGION": "us-east-1"}
        reported |= self._certificates.environment
        if database:
            reported |= {"DATABASE_HOST": "127.0.0.1", "DATABASE_READER_HOST": "127.0.0.1", "DATABASE_NAME": "website"}
            reported |= {"DATABASE_PORT": str(self.database.port), "DATABASE_SECRET_ARN": "arn:secret"}
        if cache:
            reported |= {"CACHE_HOST": "127.0.0.1", "CACHE_PORT": str(self.cache.port), "CACHE_ENGINE": "redis"}
        return reported
