"""`make demo`: the main job, here and now, without an AWS account. KEEP=1 leaves the site up to look at."""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from string import Template
from typing import Any

from rich.console import Console

from tools.demo import inventory
from tools.demo.account import Account, DemoFailedError
from tools.demo.browser import keep_up
from tools.demo.requests import serve
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

INSTALLER = "resilient-website-macro"
SITE = "my-site"


def main() -> int:
    """Run the demo and return its exit status."""
    console = Console(soft_wrap=True)
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="demo-") as folder, Emulator() as emulator:
            run(Account(emulator, console, Path(folder)), keep=bool(os.environ.get("KEEP")))
    except DemoFailedError as error:
        console.print(f"[red]failed:[/] {error}", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; everything has been removed")
        return 130
    console.print(f"\n[bold green]Done[/] in {time.monotonic() - started:.0f} s; nothing was left behind.")
    return 0


def run(account: Account, *, keep: bool) -> None:
    """Install, deploy, visit, update, delete; stays up between the last two if asked to."""
    console = account.console
    console.print("[bold]A platform team installs the macro[/] (once per account and Region; here: the emulator)")
    account.sam("build")
    account.sam("validate", "--lint")
    account.sam("deploy")
    console.print("\n[bold]An application team deploys a site[/]")
    account.deploy_site(_template(account, "We are having a little rest."), SITE)
    inventory.show(account, SITE)
    outputs = account.outputs(SITE)
    serve(account, outputs)
    console.print("\n[bold]They change the friendly page's words[/]")
    _update(account, outputs)
    if keep:
        keep_up(account, outputs)
    console.print("\n[bold]Everything is deleted[/]")
    _delete(account, outputs)


def _template(account: Account, message: str) -> Path:
    path = account.folder / "site.yaml"
    path.write_text(Template((ROOT / "tools/demo/site.yaml").read_text()).substitute(message=message))
    return path


def _update(account: Account, outputs: dict[str, str]) -> None:
    """Deploy another message, and see that only the fallback site's definition changed, and nothing was replaced."""
    ids, definitions = _state(account)
    account.deploy_site(_template(account, "The new words are here."), SITE)
    new_ids, new_definitions = _state(account)
    changed = [name for name, definition in new_definitions.items() if definition != definitions.get(name)]
    page = account.client("s3").get_object(Bucket=outputs["FallbackBucket"], Key="_fallback/index.html")
    published = b"The new words are here." in page["Body"].read()
    if changed != ["SiteFallbackSite"] or new_ids != ids or not published:
        raise DemoFailedError(f"the update touched {changed}; published: {published}")
    account.console.print(f"  [green]✓[/] changed: {', '.join(changed)}, and nothing else", highlight=False)


def _state(account: Account) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the physical ids of the site's resources, and their definitions as CloudFormation has processed them."""
    ids = {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in account.resources(SITE)}
    cloudformation = account.client("cloudformation")
    template = cloudformation.get_template(StackName=SITE, TemplateStage="Processed")["TemplateBody"]
    return ids, (json.loads(template) if isinstance(template, str) else template)["Resources"]


def _delete(account: Account, outputs: dict[str, str]) -> None:
    """Delete both stacks, and the buckets of assets and logs, which a stack's deletion keeps."""
    account.delete(SITE)
    s3 = account.client("s3")
    for bucket in (outputs["AssetsBucket"], outputs["LogsBucket"]):
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=bucket)
    account.console.print(
        "  [green]✓[/] the buckets of assets and logs, which outlive their stack, deleted by hand", highlight=False
    )
    account.delete(INSTALLER)


if __name__ == "__main__":
    sys.exit(main())
