"""The demo's requests: each with what it must get, shown and checked."""

from dataclasses import dataclass

from tools.demo.account import Account, DemoFailedError
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

STYLE = b"body { color: teal }"


@dataclass(frozen=True)
class Expected:
    """One request and its answer: `text` is part of the body."""

    what: str
    host: str
    path: str
    status: int
    text: str
    method: str = "GET"


def serve(account: Account, outputs: dict[str, str]) -> None:
    """Send requests through the deployed site while its servers live, after they have died, and when they are back."""
    instances = [Instance(f"server {number}") for number in (1, 2, 3)]
    try:
        for instance in instances:
            instance.start()
        register(account.client("elbv2"), outputs["TargetGroupArn"], instances)
        account.client("s3").put_object(
            Bucket=outputs["AssetsBucket"], Key="static/site.css", Body=STYLE, ContentType="text/css"
        )
        account.console.print("\n[bold]Three servers are up[/]")
        _show(account, _while_up(outputs))
        for instance in instances:
            instance.kill()
        account.console.print("\n[bold]All servers have been killed[/]")
        _show(account, _while_down(outputs))
        for instance in instances:
            instance.start()
        account.console.print("\n[bold]They are back[/]")
        _show(account, _while_up(outputs)[:1])
    finally:
        for instance in instances:
            instance.kill()


def _while_up(outputs: dict[str, str]) -> list[Expected]:
    site, balancer = outputs["DistributionDomainName"], outputs["LoadBalancerDNSName"]
    return [
        Expected("a dynamic page, through CloudFront and the load balancer", site, "/", 200, "made by server"),
        Expected("a static asset, from S3", site, "/static/site.css", 200, STYLE.decode()),
        Expected("the application's own 404 passes", site, "/no/such/page", 404, "There is no such page"),
        Expected("past CloudFront, straight to the load balancer: refused", balancer, "/", 403, "Not this way."),
    ]


def _while_down(outputs: dict[str, str]) -> list[Expected]:
    site = outputs["DistributionDomainName"]
    friendly = ">We will be right back</h1>"
    return [
        Expected("the friendly page", site, "/", 503, friendly),
        Expected("on any path", site, "/cart/42?step=pay", 503, friendly),
        Expected("and for a POST", site, "/checkout", 503, friendly, "POST"),
        Expected("assets do not need the servers", site, "/static/site.css", 200, STYLE.decode()),
    ]


def _show(account: Account, requests: list[Expected]) -> None:
    for request in requests:
        body = "a=1" if request.method == "POST" else None
        answer = visit(account.emulator, request.host, request.path, request.method, body)
        line = f"{request.method:4} {request.path:20} {answer.status}  {request.what}"
        if answer.status != request.status or request.text not in answer.body:
            raise DemoFailedError(f"{line}: expected {request.status} and {request.text!r}, got {answer.body[:300]!r}")
        account.console.print(f"  [green]✓[/] {line}", highlight=False)
