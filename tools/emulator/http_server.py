"""The HTTP server in front of ministack's application: uvicorn, on uvloop.

ministack starts hypercorn, whose parser and TLS are in Python: they take more than half of the time of a request, which
is a quarter of all that the emulator does in a deployment.
"""

import asyncio
import os
import resource
from contextvars import ContextVar
from typing import Any

import uvicorn  # type: ignore[import-not-found]
from ministack import app  # type: ignore[import-not-found]
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol  # type: ignore[import-not-found]

# How long a connection is kept without a request: as long as ministack's.
KEEP_ALIVE_SECONDS = 75

# The connection that a request has come on.
transport: ContextVar[Any] = ContextVar("transport")


class _Connection(HttpToolsProtocol):  # type: ignore[misc]
    """A connection that its requests find in the context variable `transport`."""

    def on_headers_complete(self) -> None:
        """Start the application for a request."""
        transport.set(self.transport)
        super().on_headers_complete()


class _Server(uvicorn.Server):  # type: ignore[misc]
    """A server that is killed: uvicorn's own looks ten times a second whether it is to end."""

    async def main_loop(self) -> None:
        """Wait for as long as the process runs."""
        await self.on_tick(0)
        await asyncio.Event().wait()


def serve() -> None:
    """Serve until killed; configured by ministack's own environment variables."""
    # Connections are kept: those of a few clients, and of a hundred functions, are more files than most limits allow.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = uvicorn.Config(
        # `front_doors.py` has replaced ministack's own.
        app.app,
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        ssl_certfile=os.environ["MINISTACK_SSL_CERT"],
        ssl_keyfile=os.environ["MINISTACK_SSL_KEY"],
        http=_Connection,
        loop="uvloop",
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        # As AWS's endpoints: ministack's application gives these itself where AWS does.
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    _Server(config).run()
