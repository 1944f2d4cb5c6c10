"""A small dynamic site that uses the tiers it was given, and says how each of them is.

For Python 3.9, Amazon Linux 2023's own, with the standard library only; MySQL through the `mariadb` client.
"""

import html
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Dict, Iterator, List, Tuple
from urllib.request import Request, urlopen

ENV = os.environ
SECONDS = 2  # a tier that is down must not make the page slow
METADATA = "http://169.254.169.254/latest/"
HEALTH = ENV.get("HEALTH_CHECK_PATH", "/")
MAX_BYTES = 65536  # of a request's body
BODY_SECONDS = 10
NO_TABLE = "ERROR 1146"
NO_TOKEN = "the cache refuses the token"
REFUSED = "ERROR 1045|" + NO_TOKEN
SECRETS: Dict[str, str] = {}
COUNT = "SELECT COUNT(*), VERSION() FROM visits"
ADD = "CREATE TABLE IF NOT EXISTS visits (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO visits () VALUES ()"
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>%(site)s</title>
<style>body{font:1.1rem/1.6 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}dt{font-weight:600}</style>
<h1>%(site)s</h1><p>It works. This page was made by %(server)s.</p><dl>%(tiers)s</dl>
<form method="post"><button>Write a row</button></form></html>"""


def server() -> str:
    """Return the instance's id and zone, or the host's name outside of EC2."""
    try:
        token = Request(METADATA + "api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        header = {"X-aws-ec2-metadata-token": urlopen(token, timeout=0.5).read().decode()}
        keys = ("instance-id", "placement/availability-zone")
        asked = [urlopen(Request(METADATA + "meta-data/" + key, headers=header), timeout=0.5) for key in keys]
        return " in ".join(answer.read().decode() for answer in asked)
    except OSError:
        return socket.gethostname()


SERVER = ENV.get("SERVER_NAME") or server()


def secret(arn: str) -> str:
    """Return a secret's value, asked for once: the AWS CLI takes seconds on a small server."""
    known = SECRETS.get(arn)
    if known:
        return known
    command = ["aws", "secretsmanager", "get-secret-value", "--secret-id", arn]
    command += ["--region", ENV["AWS_REGION"], "--query", "SecretString", "--output", "text"]
    value = subprocess.run(command, capture_output=True, check=True, timeout=10, text=True).stdout.strip()
    SECRETS[arn] = value
    return value


def mysql(host: str, statement: str) -> str:
    """Run SQL and return what it prints. The password goes through a private file: a command line is public."""
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as options:
        options.write(
            '[client]\nuser=%(username)s\npassword="%(password)s"\n' % json.loads(secret(ENV["DATABASE_SECRET_ARN"]))
        )
        options.flush()
        command = ["mariadb", "--defaults-extra-file=" + options.name, "--ssl", "--batch", "--skip-column-names"]
        command += ["--connect-timeout=%d" % SECONDS, "--host=" + host, "--port=" + ENV["DATABASE_PORT"]]
        command += ["--execute", statement, ENV["DATABASE_NAME"]]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=2 * SECONDS)
    if done.returncode:
        raise OSError(done.stderr.strip())
    return done.stdout.strip()


def count() -> str:
    """Return how many rows there are, and the server's version."""
    try:
        return mysql(ENV["DATABASE_READER_HOST"], COUNT).replace("\t", " rows, MySQL ")
    except OSError as error:
        if NO_TABLE in str(error):
            return "0 rows"
        raise


@lru_cache(maxsize=None)
def trust() -> ssl.SSLContext:
    """Return what the cache's certificate is checked with. Reading the authorities takes 15 ms, so it is done once."""
    return ssl.create_default_context(cafile=ENV.get("CACHE_CA_FILE"))


def ask_cache(*lines: str, host: str = "", port: str = "") -> List[str]:
    """Send a command to the cache and return the first lines of its answer; in cluster mode, of the key's own shard."""
    host, port = host or ENV["CACHE_HOST"], port or ENV["CACHE_PORT"]
    token = secret(ENV["CACHE_SECRET_ARN"]) if "CACHE_SECRET_ARN" in ENV else ""
    with socket.create_connection((host, int(port)), SECONDS) as plain:
        secure = ENV.get("CACHE_TLS") == "true"
        with trust().wrap_socket(plain, server_hostname=host) if secure else plain as connection:
            if token:
                connection.sendall(("AUTH %s\r\n" % token).encode())
                if not connection.recv(4096).startswith(b"+OK"):
                    raise OSError(NO_TOKEN)
            connection.sendall("".join(line + "\r\n" for line in lines).encode())
            answer = connection.recv(4096).decode().split("\r\n")
    if answer[0].startswith("-MOVED "):
        host, _, port = answer[0].split()[2].rpartition(":")
        return ask_cache(*lines, host=host, port=port)
    return answer


def cached(make: Callable[[], str]) -> Tuple[str, str]:
    """Return a value from the cache, and "hit"; or makes it, keeps it for five seconds, and says "miss"."""
    memcached = ENV["CACHE_ENGINE"] == "memcached"
    answer = ask_cache("get visits" if memcached else "GET visits")
    if len(answer) > 2 and not answer[0].startswith("$-1"):
        return answer[1], "hit"
    value = make()
    if memcached:
        ask_cache("set visits 0 5 %d" % len(value), value)
    else:
        ask_cache('SET visits "%s" EX 5' % value)
    return value, "miss"


def tiers() -> Iterator[Tuple[str, str]]:
    """Yield each tier's name and state."""
    if "DATABASE_HOST" in ENV:
        yield "Database", attempt(count)
    if "CACHE_HOST" in ENV:
        make = count if "DATABASE_HOST" in ENV else lambda: "nothing to keep"
        yield "Cache", attempt(lambda: "%s (%s)" % cached(make))


def attempt(ask: Callable[[], str], again: bool = True) -> str:
    """Return what a tier says. Why it says nothing is for the log: visitors must not learn names and accounts.

    A secret that is refused has been rotated: the tier is asked once more with the one of now.
    """
    try:
        return ask()
    except (OSError, LookupError, ValueError, subprocess.SubprocessError) as error:
        if again and re.search(REFUSED, str(error)):
            SECRETS.clear()
            return attempt(ask, again=False)
        sys.stderr.write("unreachable: %r\n" % error)
        return "unreachable"


class Handler(BaseHTTPRequestHandler):
    """One request. The health check asks no other tier: their outage must not get every server replaced."""

    protocol_version = "HTTP/1.1"
    # A page is sent at once, instead of once the load balancer has acknowledged its head, 40 ms later.
    disable_nagle_algorithm = True

    def handle_expect_100(self) -> bool:
        """Leave it to `parse_request`, which knows whether the body is wanted."""
        return True

    def parse_request(self) -> bool:
        """Read the head and the body. A connection that had a body, or an odd head, gets no second request.

        Else what one of two servers takes for a body is the next request for the other.
        """
        if not super().parse_request():
            return False
        names = "\n".join(self.headers).lower()
        length = " ".join(self.headers.get_all("Content-Length") or ["0"])
        plain = re.fullmatch(r"[-!#$%&'*+.^`|~\w\n]*", names) and re.fullmatch("[0-9]+", length)
        if not plain or self.headers.get_payload():
            return self.refuse(400)
        if "transfer-encoding" in names:
            return self.refuse(411)
        if len(length) > 9 or int(length) > MAX_BYTES:
            return self.refuse(413)
        if "content-length" in names:
            self.close_connection = True
        return self.read_body(int(length))

    def read_body(self, length: int) -> bool:
        """Read a body whose length is known, in a time that is known too."""
        if self.headers.get("Expect"):
            self.send_response_only(100)
            self.end_headers()
        until = time.monotonic() + BODY_SECONDS
        while length:
            self.connection.settimeout(max(until - time.monotonic(), 0.001))
            read = len(self.rfile.read1(length))
            if not read:
                raise socket.timeout("the body ends too early")
            length -= read
        return True

    def refuse(self, status: int) -> bool:
        """Answer without reading the body, and close. What is on its way is thrown away, or the answer might be."""
        self.close_connection = True
        self.answer(status, "")
        until = time.monotonic() + 1
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            while time.monotonic() < until and self.connection.recv(MAX_BYTES):
                pass
        except OSError:
            pass
        return False

    def answer(self, status: int, body: str, location: str = "") -> None:
        """Send a response."""
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    def do_GET(self) -> None:
        """Answer the health check, the page, or with 404."""
        path = self.path.partition("?")[0]
        checker = self.headers.get("User-Agent", "").startswith("ELB-HealthChecker")
        if path == HEALTH and (path != "/" or checker):
            self.answer(200, "ok")
        elif path == "/":
            lines = "".join("<dt>%s<dd>%s" % (name, html.escape(state)) for name, state in tiers())
            site = html.escape(ENV.get("SITE_NAME", "A resilient website"))
            self.answer(200, PAGE % {"site": site, "server": html.escape(SERVER), "tiers": lines})
        else:
            self.answer(404, "<!doctype html><title>Not found</title><h1>There is no such page</h1>")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Write a row, and show the page again."""
        if "DATABASE_HOST" in ENV:
            attempt(lambda: mysql(ENV["DATABASE_HOST"], ADD))
        self.answer(303, "", "/")


if __name__ == "__main__":
    ThreadingHTTPServer((ENV.get("BIND", "0.0.0.0"), int(ENV["WEB_PORT"])), Handler).serve_forever()
