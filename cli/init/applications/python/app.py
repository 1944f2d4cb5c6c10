"""A page that shows its connections, and the path of the health check. Replace it by your application.

gunicorn runs `application`, with the settings of gunicorn.conf.py. The environment is described in
docs/applications.md of ResilientWebsite.
"""

import html
import os
import socket
import ssl
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pymysql

ENV = os.environ
SECONDS = 2  # how long a page waits for a database or a cache that does not answer
# Reading the authorities takes 15 ms, so it is done once.
TRUST = ssl.create_default_context()
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>{site}</title><h1>{site}</h1><p>Python made this page.</p><dl>{rows}</dl></html>"""


def application(request: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer one request. The health check needs no database: its failure must not get servers replaced."""
    path = request["PATH_INFO"]
    if path == ENV["HEALTH_CHECK_PATH"]:
        status, body = "200 OK", "ok"
    elif path == "/":
        rows = "".join(f"<dt>{name}<dd>{html.escape(state)}" for name, state in connections())
        status, body = "200 OK", PAGE.format(site=html.escape(ENV["SITE_NAME"]), rows=rows)
    else:
        status, body = "404 Not Found", "Not found"
    start_response(status, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
    return [body.encode()]


def connections() -> Iterable[tuple[str, str]]:
    """Yield the state of the database and the cache, as far as the site has them."""
    if "DATABASE_HOST" in ENV:
        yield "Database", state_of(database)
    if "CACHE_HOST" in ENV:
        yield "Cache", state_of(cache)


def state_of(ask: Callable[[], str]) -> str:
    """Return what a connection answers. The reason of a failure is for the log, not for visitors."""
    try:
        return ask()
    except (OSError, pymysql.MySQLError) as error:
        print(f"{ask.__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201 (the log)
        return "unreachable"


def database() -> str:
    """Return the database's version. The file always has the current password."""
    connection = pymysql.connect(
        host=ENV["DATABASE_HOST"],
        port=int(ENV["DATABASE_PORT"]),
        database=ENV["DATABASE_NAME"],
        user=ENV["DATABASE_USER"],
        password=Path(ENV["DATABASE_PASSWORD_FILE"]).read_text(encoding="utf-8"),
        ssl_ca=ENV["DATABASE_CA_FILE"],
        ssl_verify_identity=True,
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        row: Any = cursor.fetchone()
        return f"connected, version {row[0]}"


def cache() -> str:
    """Return whether the cache answers. Your application uses a library instead, such as valkey or redis."""
    host = ENV["CACHE_HOST"]
    token = Path(ENV["CACHE_TOKEN_FILE"]).read_text(encoding="utf-8") if "CACHE_TOKEN_FILE" in ENV else ""
    commands = (f"AUTH {token}\r\n" if token else "") + "PING\r\nQUIT\r\n"
    with (
        socket.create_connection((host, int(ENV["CACHE_PORT"])), SECONDS) as plain,
        TRUST.wrap_socket(plain, server_hostname=host) as connection,
        connection.makefile("rw", encoding="utf-8", newline="\r\n") as lines,
    ):
        lines.write(commands)
        lines.flush()
        return "connected" if "+PONG" in lines.read() else "refuses the connection"
