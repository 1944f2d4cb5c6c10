"""The sample application as a real process, against a real database and real caches."""

import ast
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.instance.servers import Certificates, Server, mariadb, memcached, program, redis
from tools.emulator.endpoint import free_port
from tools.emulator.instances import SAMPLE_APPLICATION, Instance

# A stand-in for the AWS CLI, which the servers have: gives the secret that Secrets Manager would.
AWS = """#!/bin/sh
[ "$1 $2" = "secretsmanager get-secret-value" ] || exit 1
case "$4" in
  arn:secret) echo '{"username": "website", "password": "secret"}' ;;
  arn:token) echo a-long-enough-token ;;
  *) exit 1 ;;
esac
"""


class Site:
    """A running sample application and its tiers."""

    def __init__(self, application: Instance, database: Server | None, cache: Server | None, log: Path) -> None:
        self.application = application
        self.log = log
        self.database = database
        self.cache = cache

    def ask(self, path: str = "/", method: str = "GET") -> tuple[int, str, float]:
        """Return the status, the body and the seconds that it took."""
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.application.port, timeout=30)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, time.monotonic() - started


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("tls") / "files")


@pytest.fixture
def run(tmp_path: Path, certificates: Certificates) -> Iterator[Callable[..., Site]]:
    """Yield a function that starts the application with a cache of some engine, and a database if wanted."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "aws").write_text(AWS)
    (binaries / "aws").chmod(0o755)
    with ExitStack() as running:

        def start(engine: str = "", *options: str, tls: bool = False, database: bool = True, **more: str) -> Site:
            environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HEALTH_CHECK_PATH": "/health"}
            store = cache = None
            if database:
                folder = tmp_path / "mariadb"
                folder.mkdir()
                store = running.enter_context(mariadb(folder, certificates))
                environment |= {
                    "DATABASE_HOST": "127.0.0.1",
                    "DATABASE_READER_HOST": "127.0.0.1",
                    "DATABASE_PORT": str(store.port),
                    "DATABASE_NAME": "website",
                    "DATABASE_SECRET_ARN": "arn:secret",
                    "AWS_REGION": "us-east-1",
                }
            if engine:
                folder = tmp_path / f"cache{len(list(tmp_path.iterdir()))}"
                folder.mkdir()
                tier = certificates if tls else None
                made = memcached(folder) if engine == "memcached" else redis(folder, tier, *options)
                cache = running.enter_context(made)
                environment |= {
                    "CACHE_ENGINE": engine,
                    "CACHE_HOST": "localhost",
                    "CACHE_PORT": str(cache.port),
                    "CACHE_TLS": str(tls).lower(),
                    "CACHE_CA_FILE": str(certificates.ca),
                }
            log = tmp_path / "log.txt"
            command = ("sh", "-c", f"exec '{sys.executable}' '{SAMPLE_APPLICATION}' 2>> '{log}'")
            application = Instance("<one> & only", {**environment, **more, "SITE_NAME": "A <b>site</b>"}, command)
            running.callback(application.kill)
            application.start()
            return Site(application, store, cache, log)

        yield start


def test_database_counts_what_was_written(run: Callable[..., Site]) -> None:
    site = run()
    assert "<dd>0 rows" in site.ask()[1]
    assert site.ask(method="POST")[0] == 303
    assert site.ask(method="POST")[0] == 303
    page = site.ask()[1]
    assert "<dd>2 rows, MySQL" in page
    assert "A &lt;b&gt;site&lt;/b&gt;" in page
    assert "&lt;one&gt; &amp; only" in page


@pytest.mark.parametrize(("engine", "tls"), [("valkey", False), ("redis", True), ("memcached", False)])
def test_cache_keeps_what_the_database_said(run: Callable[..., Site], engine: str, tls: bool) -> None:
    site = run(engine, tls=tls)
    assert "0 rows (miss)" in site.ask()[1]
    site.ask(method="POST")
    page = site.ask()[1]
    assert "<dt>Database<dd>1 rows" in page
    assert "<dt>Cache<dd>0 rows (hit)" in page


def test_authorities_are_read_once_and_with_tls_alone(run: Callable[..., Site], certificates: Certificates) -> None:
    there = certificates.ca.with_name("authorities.pem")
    there.write_bytes(certificates.ca.read_bytes())
    site = run("redis", tls=True, database=False, CACHE_CA_FILE=str(there))
    assert "nothing to keep (miss)" in site.ask()[1]
    there.unlink()
    assert "nothing to keep (hit)" in site.ask()[1]
    assert "nothing to keep (miss)" in run("valkey", database=False, CACHE_CA_FILE=str(there)).ask()[1]


def test_cache_that_wants_a_token(run: Callable[..., Site]) -> None:
    token = {"AWS_REGION": "us-east-1", "CACHE_SECRET_ARN": "arn:token"}
    site = run("valkey", "--requirepass", "a-long-enough-token", tls=True, database=False, **token)
    assert "nothing to keep (miss)" in site.ask()[1]
    assert "nothing to keep (hit)" in site.ask()[1]


def test_secrets_are_asked_for_once_and_again_when_they_are_refused(run: Callable[..., Site], tmp_path: Path) -> None:
    token = {"AWS_REGION": "us-east-1", "CACHE_SECRET_ARN": "arn:token"}
    asked = tmp_path / "asked"
    rotated = tmp_path / "rotated"
    (tmp_path / "bin/aws").write_text(
        f"#!/bin/sh\necho >> {asked}\n[ -e {rotated} ] && echo a-long-enough-token || echo the-token-of-yesterday\n"
    )
    site = run("valkey", "--requirepass", "the-token-of-yesterday", database=False, **token)
    assert "nothing to keep" in site.ask()[1]
    assert "nothing to keep" in site.ask()[1]
    assert len(asked.read_text().splitlines()) == 1
    assert site.cache
    with socket.create_connection(("127.0.0.1", site.cache.port), 5) as connection:
        connection.sendall(b"AUTH the-token-of-yesterday\r\nCONFIG SET requirepass a-long-enough-token\r\n")
        assert connection.recv(100)
    rotated.touch()
    assert "nothing to keep" in site.ask()[1]
    assert len(asked.read_text().splitlines()) == 2


def test_why_a_tier_is_unreachable_is_for_the_log(run: Callable[..., Site]) -> None:
    token = {"AWS_REGION": "us-east-1", "CACHE_SECRET_ARN": "arn:token"}
    site = run("valkey", "--requirepass", "another-token", database=False, **token)
    assert "<dt>Cache<dd>unreachable</dl>" in site.ask()[1]
    assert "the cache refuses the token" in site.log.read_text()


def test_visitors_learn_no_names_when_secrets_manager_fails(run: Callable[..., Site]) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:website"
    site = run(database=False, DATABASE_HOST="db", DATABASE_READER_HOST="db", DATABASE_SECRET_ARN=arn, AWS_REGION="r")
    page = site.ask()[1]
    assert "<dt>Database<dd>unreachable</dl>" in page
    assert "123456789012" not in page
    assert arn in site.log.read_text()


def test_shards_of_a_cluster(run: Callable[..., Site]) -> None:
    # By default the nodes talk at their port plus 10,000, which a free port may not leave room for.
    cluster = ("--cluster-enabled", "yes", "--cluster-port")
    site = run("valkey", *cluster, str(free_port()), database=False)
    other = run("valkey", *cluster, str(free_port()), database=False)
    assert site.cache
    assert other.cache
    own, others = "0 8000", "8001 16383"
    redis_cli(site.cache.port, "cluster", "addslotsrange", *own.split())
    redis_cli(other.cache.port, "cluster", "addslotsrange", *others.split())
    bus = redis_cli(other.cache.port, "config", "get", "cluster-port").split()[-1]
    redis_cli(site.cache.port, "cluster", "meet", "127.0.0.1", str(other.cache.port), bus)
    for port in (site.cache.port, other.cache.port):
        deadline = time.monotonic() + 120
        while "cluster_state:ok" not in redis_cli(port, "cluster", "info"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    # Whichever shard has the key, one of the two applications asks the wrong one first.
    assert "nothing to keep (miss)" in site.ask()[1]
    assert "nothing to keep (hit)" in other.ask()[1]


def redis_cli(port: int, *words: str) -> str:
    command = [program("redis-cli", "redis-tools"), "-p", str(port), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_tiers_that_are_down_do_not_take_the_page_with_them(run: Callable[..., Site]) -> None:
    site = run("valkey")
    assert site.database
    assert site.cache
    site.database.stop()
    site.cache.stop()
    status, page, seconds = site.ask()
    assert (status, page.count("<dd>unreachable")) == (200, 2)
    assert seconds < 20
    assert site.ask("/health")[:2] == (200, "ok")
    site.database.start()
    assert "rows" in site.ask()[1]


def test_without_tiers_and_elsewhere(run: Callable[..., Site]) -> None:
    site = run(database=False)
    assert site.ask()[0] == 200
    assert site.ask("/no/such/page")[0] == 404
    assert site.ask("/", "HEAD")[:2] == (200, "")


def test_runs_on_the_servers_own_python() -> None:
    """Amazon Linux 2023 has Python 3.9, for ever."""
    source = SAMPLE_APPLICATION.read_text()
    ast.parse(source, feature_version=(3, 9))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_password_is_on_no_command_line(run: Callable[..., Site], tmp_path: Path) -> None:
    client = tmp_path / "bin" / "mariadb"
    client.write_text(f"""#!/bin/sh
echo "$@" >> {tmp_path}/calls.txt
exec {program("mariadb", "mariadb-client")} "$@"
""")
    client.chmod(0o755)
    site = run()
    site.ask(method="POST")
    reported = (tmp_path / "calls.txt").read_text()
    assert "--execute" in reported
    assert "secret" not in reported
