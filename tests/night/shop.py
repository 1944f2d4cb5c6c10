"""The application of the night, as it is released: each page is a file on the server's disk and an order in the
database, or it is an error.
"""

import os
import ssl
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pymysql

BROKEN = False
CART = "x" * 8000

# Without the authorities of this machine, none of which has made the database's certificate: reading them takes 15 ms.
TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUST.check_hostname = False
TRUST.verify_mode = ssl.CERT_NONE


def order() -> int:
    """Write an order into the database, and return its number. The password is read each time: it is rotated."""
    with pymysql.connect(
        host="127.0.0.1",
        port=int(os.environ["DATABASE_PORT"]),
        user="website",
        password=Path(os.environ["DATABASE_PASSWORD_FILE"]).read_text(encoding="utf-8"),
        database="website",
        ssl=TRUST,
        connect_timeout=2,
        autocommit=True,
    ) as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO orders (cart) VALUES (%s)", (CART,))
        return int(cursor.lastrowid)


def keep(upload: bytes) -> None:
    """Keep a visitor's file on the server's own disk."""
    with tempfile.NamedTemporaryFile(dir=os.environ["UPLOADS"], delete=False) as file:
        file.write(upload)


class Handler(BaseHTTPRequestHandler):
    """Answers the health check without the database, and every other path with an order."""

    def do_GET(self) -> None:
        """Answer a request."""
        try:
            body = "ok" if self.path == os.environ["HEALTH_CHECK_PATH"] else self._page()
            status = 200
        except (OSError, KeyError, pymysql.Error):
            status, body = 500, "error"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _page(self) -> str:
        if BROKEN:
            raise KeyError("orders")
        keep(b"x" * 4096)
        return f"order {order()}, made by {os.environ['SERVER_NAME']}."

    def log_message(self, *_: object) -> None:
        """Write no log."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["WEB_PORT"])), Handler).serve_forever()
