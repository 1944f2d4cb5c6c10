"""Keeps the demo's site up for a browser: a plain HTTP address of this machine in front of the emulator."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.demo.account import Account
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit


def keep_up(account: Account, outputs: dict[str, str]) -> None:
    """Serve the site until the user presses Enter or Ctrl-C, with a server behind it."""
    instance = Instance("the server that stayed")
    host = outputs["DistributionDomainName"]

    class Handler(BaseHTTPRequestHandler):
        """Hands each request to the site."""

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode() if length else None
            response = visit(account.emulator, host, self.path, self.command, body)
            self.send_response(response.status)
            for name in ("content-type", "location", "cache-control"):
                if name in response.headers:
                    self.send_header(name, response.headers[name])
            self.end_headers()
            self.wfile.write(response.body.encode())

        do_GET = do_POST = do_HEAD = answer  # noqa: N815 (http.server's names)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the terminal is the demo's."""

    instance.start()
    register(account.client("elbv2"), outputs["TargetGroupArn"], [instance])
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        account.console.print(f"\nThe site is up: [bold]http://127.0.0.1:{server.server_port}/[/]   Ctrl-C ends it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            account.console.print("")
        finally:
            instance.kill()
