"""WordPress by `init --kind wordpress`: installed by HTTP, written to, and served by the next server when one is lost.

WordPress is Debian's package; nginx, PHP-FPM, PHP's mysqli and MariaDB with TLS are real. Only the order of events and
what is kept are tested: what Amazon Linux's packages bring, and EFS behind the shared folder, rest on documents.
"""

import base64
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from cli.init.kinds import KINDS
from tests.instance.booted import SECONDS, Booted, Stores, archive_of, boot, written
from tests.instance.process_tree import kill_with_all
from tests.instance.sandbox import REFERENCES
from tests.instance.servers import Certificates, program
from tests.instance.systemd_units import verified

DEBIANS = Path("/usr/share/wordpress")
HOST = "www.example.com"
USER, PASSWORD = "editor", "correct horse battery staple"
# One pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Browser:
    """A visitor by CloudFront, with cookies, of whichever server the load balancer chooses."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def ask(
        self, server: Booted, path: str, body: bytes | None = None, method: str = "", **headers: str
    ) -> tuple[int, bytes]:
        """Return status and body. Underscores in the names of `headers` are hyphens."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "http", "X-Forwarded-For": "192.0.2.7, 198.51.100.1"}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
        try:
            connection.request(method or ("GET" if body is None else "POST"), path, body, sent)
            answer = connection.getresponse()
            for cookie in answer.msg.get_all("Set-Cookie") or ():
                assert "secure" in cookie.lower() or "test_cookie" in cookie or "settings" in cookie
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, server: Booted, path: str, **fields: str) -> tuple[int, bytes]:
        """Send a form."""
        form = urlencode(fields).encode()
        return self.ask(server, path, form, Content_Type="application/x-www-form-urlencoded")

    def log_in(self, server: Booted) -> str:
        """Log in, and return what the REST API asks for in addition to the cookie."""
        assert self.send(server, "/wp-login.php", log=USER, pwd=PASSWORD)[0] == 302
        return self.nonce(server)

    def nonce(self, server: Booted) -> str:
        """Return what the REST API asks for; fails without a valid cookie."""
        status, found = self.ask(server, "/wp-admin/admin-ajax.php?action=rest-nonce")
        assert (status, bool(re.fullmatch(rb"[0-9a-f]{10}", found))) == (200, True), found
        return found.decode()


@pytest.fixture
def site(folder: Path) -> Path:
    """Return a site with what `get_wordpress.sh` brings."""
    assert (DEBIANS / "wp-settings.php").exists(), "WordPress is missing: make system-packages"
    made = written("wordpress", folder)
    shutil.copytree(DEBIANS, made / "app/wordpress", ignore=shutil.ignore_patterns("wp-config.php", "languages"))
    return made


@pytest.fixture
def archive(site: Path) -> bytes:
    return archive_of(site)


@pytest.fixture
def empty_database(stores: Stores) -> Iterator[Stores]:
    yield stores
    administer(stores, f"DROP DATABASE website; CREATE DATABASE website; {password_is('secret')}")


def password_is(password: str) -> str:
    return f"ALTER USER website@'%' IDENTIFIED BY '{password}';"


def administer(stores: Stores, sql: str) -> None:
    client = [program("mariadb", "mariadb-client"), "--no-defaults", "--user=root", f"--socket={stores.folder}/s"]
    subprocess.run([*client, f"--execute={sql}"], check=True, capture_output=True)


def install(browser: Browser, server: Booted) -> None:
    status, page = browser.ask(server, "/wp-admin/install.php")
    assert (status, b'name="weblog_title"' in page) == (200, True), page
    passwords = {"admin_password": PASSWORD, "admin_password2": PASSWORD, "pw_weak": "on"}
    fields = {"weblog_title": "Bakery", "user_name": USER, "admin_email": "a@example.com", "blog_public": "0"}
    status, page = browser.send(server, "/wp-admin/install.php?step=2", language="", **fields, **passwords)
    assert (status, b"Success!" in page) == (200, True), page


def test_post_and_upload_are_there_when_their_server_is_lost(
    folder: Path, site: Path, archive: bytes, empty_database: Stores
) -> None:
    browser = Browser()
    port = empty_database.database.port
    first = boot("wordpress", site, archive, folder / "first", empty_database, port)
    verified(first.sandbox.root / "etc/systemd/system")
    with first.running() as process:
        install(browser, first)
        nonce = browser.log_in(first)
        post = json.dumps({"title": "Rye bread", "content": "Fresh at six.", "status": "publish"}).encode()
        kind = {"Content_Type": "application/json", "X_WP_Nonce": nonce}
        status, made = browser.ask(first, "/?rest_route=/wp/v2/posts", post, **kind)
        assert status == 201, made
        number = json.loads(made)["id"]
        kind = {"Content_Type": "image/png", "Content_Disposition": 'attachment; filename="rye.png"'}
        status, made = browser.ask(first, "/?rest_route=/wp/v2/media", PNG, X_WP_Nonce=nonce, **kind)
        assert status == 201, made
        address = urlsplit(json.loads(made)["source_url"])
        assert (address.scheme, address.hostname) == ("https", HOST)
        kill_with_all(process)
    shutil.rmtree(first.sandbox.root)

    second = boot("wordpress", site, archive, folder / "second", empty_database, port)
    with second.running():
        status, page = Browser().ask(second, f"/?p={number}")
        assert (status, b"Rye bread" in page, b"Fresh at six." in page) == (200, True, True), page
        assert Browser().ask(second, address.path) == (200, PNG)
        # The keys are the same, so that the editor is still logged in.
        assert browser.nonce(second)
        not_executed_and_not_changed(browser, second, site.parent / "shared/uploads")
        password_is_rotated(second, empty_database)
    unavailable_without_the_database(second, folder)


def not_executed_and_not_changed(browser: Browser, server: Booted, uploads: Path) -> None:
    """Check what is refused to all: to run an upload, to run the schedule from outside, to install a plugin."""
    (uploads / "shell.php").write_text("<?php echo 6 * 7;")
    assert browser.ask(server, "/wp-content/uploads/shell.php")[0] == 403
    assert browser.ask(server, "/wp-admin/plugin-install.php")[0] == 403
    assert browser.ask(server, "/.htaccess")[0] == 404
    (unit,) = re.findall(r"^ExecStart=(.*)$", (server.site / "app/wordpress-cron.service").read_text(), re.MULTILINE)
    command = [program("curl", "curl"), *unit.replace("${WEB_PORT}", str(server.port)).split()[1:]]
    subprocess.run(command, check=True)


def password_is_rotated(server: Booted, stores: Stores) -> None:
    """Check the time between a rotation and the next reading of the secret by the server: no page fails."""
    assert server.get("/")[0] in (200, 301)
    arn = REFERENCES["SiteDatabaseSecret"]
    server.sandbox.secrets[arn] = json.dumps({"username": "website", "password": "rotated"})
    server.sandbox.keep_secrets()
    administer(stores, password_is("rotated"))
    server.sandbox.calls.chmod(0o666)
    asked = server.sandbox.calls.read_text().count("get-secret-value")
    statuses = [Browser().ask(server, "/")[0] for _ in range(5)]
    assert statuses == [200] * 5, server.log.read_text()
    assert server.sandbox.calls.read_text().count("get-secret-value") == asked + 1


def unavailable_without_the_database(server: Booted, folder: Path) -> None:
    """Check a server that can't verify the database's certificate: the health check succeeds, pages are a 503."""
    other = Certificates(folder / "other")
    shutil.copy(other.ca, server.sandbox.folder / "rds-ca.pem")
    with server.running():
        assert server.get("/health") == (200, "ok")
        status, page = Browser().ask(server, "/")
        assert (status, page) == (503, b"The database is not available.")
        assert "Cannot connect to MySQL using SSL" in server.log.read_text()


@pytest.mark.parametrize("broken", [False, True])
def test_wordpress_is_taken_only_with_its_checksum(folder: Path, broken: bool) -> None:
    site = written("wordpress", folder)
    script = site / "get_wordpress.sh"
    text = script.read_text()
    (version,) = re.findall(r"^VERSION=(\S+)$", text, re.MULTILINE)
    (pinned,) = re.findall(r"^SHA256=([0-9a-f]{64})$", text, re.MULTILINE)
    source = folder / f"wordpress-{version}.tar.gz"
    (folder / "index.php").write_text("<?php")
    with tarfile.open(source, "w:gz") as archive:
        archive.add(folder / "index.php", "wordpress/index.php")
    if not broken:
        script.write_text(text.replace(pinned, hashlib.sha256(source.read_bytes()).hexdigest()))
    done = subprocess.run(
        KINDS["wordpress"].prepare.split(),
        cwd=site,
        env={**os.environ, "SOURCE": folder.as_uri()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, (site / "app/wordpress/index.php").exists()) == ((1, False) if broken else (0, True))
    assert ("this is not the expected archive" in done.stderr) is broken, done.stderr
