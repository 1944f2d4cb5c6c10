"""From `init --kind` to the application's page: the commands as they are printed, in the emulator.

The emulator's Auto Scaling groups start no servers. The processes here do what a server's boot does: they fetch the
archive that the stack names, unpack it, and run it. `tests/instance/test_applications.py` runs the boot itself.
"""

import io
import os
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command_process import SCRIPT, run_python
from tests.failover.repeating import Repeating
from tests.sites import Installation
from tools.emulator.instances import Instance, deregister, register
from tools.emulator.visitor import visit

STACK = "first-release"
SERVE = [sys.executable, "-m", "gunicorn", "app:application"]
VARIABLES = {"HEALTH_CHECK_PATH": "/health", "SITE_NAME": "shop"}
# A release ends with a request to the page, whose name the Internet does not know.
UNREACHABLE = "does not answer this machine"
# The deregistration delay of a load balancer: until then, it may send requests to the server.
DELAY_SECONDS = 2
SECONDS = 60  # for a slow and busy machine


def command(installation: Installation, *words: str | Path) -> str:
    """Run the command line in a site's folder and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= installation.emulator.environment(installation.account, installation.region)
    done = run_python([SCRIPT, *map(str, words)], environment, folder=installation.folder)
    assert done.returncode == 0 or UNREACHABLE in done.stderr, done.stderr
    return done.stdout


def server(installation: Installation, folder: Path) -> Instance:
    """Return a server that runs the archive that the stack has now."""
    described = installation.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    (parameter,) = described["Parameters"]
    bucket = installation.resources(STACK)["Releases"]
    stored = installation.client("s3").get_object(Bucket=bucket, Key=parameter["ParameterValue"])
    zipfile.ZipFile(io.BytesIO(stored["Body"].read())).extractall(folder)
    return Instance(folder.name, VARIABLES, ["sh", "-c", f"cd '{folder}' && exec \"$@\"", "sh", *SERVE])


@contextmanager
def visitor(installation: Installation, host: str) -> Iterator[Counter[tuple[int, str]]]:
    """Ask for the page again and again, and count the statuses by the version that answered."""
    seen: Counter[tuple[int, str]] = Counter()

    def ask() -> None:
        answer = visit(installation.emulator, host)
        seen[answer.status, "two" if "version two" in answer.body else "one"] += 1

    with Repeating(ask, 0):
        yield seen


def wait_for(seen: Counter[tuple[int, str]], version: str) -> None:
    """Wait for a few more pages of a version."""
    wanted, deadline = seen[200, version] + 3, time.monotonic() + SECONDS
    while seen[200, version] < wanted:
        assert time.monotonic() < deadline, dict(seen)
        time.sleep(0.05)


def test_site_of_a_kind_is_deployed_released_and_released_again(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / STACK
    folder.mkdir()
    here = Installation(installation.emulator, installation.account, folder, build=installation.build)
    written = command(here, "init", ".", "--yes", "--no-database", "--kind", "python", "--region", here.region)
    assert f"build_templates.py release {STACK} app --region {here.region}" in written
    here.sam("deploy")
    host = here.outputs(STACK)["Url"].removeprefix("https://")
    group = here.resources(STACK)["SiteTargetGroup"]
    balancer = here.client("elbv2")
    with Instance("sample", VARIABLES) as sample:
        register(balancer, group, [sample])
        assert "made by sample" in visit(here.emulator, host).body

    assert "before: the sample application" in command(here, "release", STACK, "app", "--region", here.region)
    assert "No changes to deploy" in here.sam("deploy").stdout
    with server(here, tmp_path / "one") as old:
        register(balancer, group, [old])
        assert "Python made this page" in visit(here.emulator, host).body
        page = folder / "app/app.py"
        page.write_text(page.read_text().replace("Python made", "version two: Python made"))
        assert "released: " in command(here, "release", STACK, "app", "--region", here.region)
        with server(here, tmp_path / "two") as new, visitor(here, host) as seen:
            wait_for(seen, "one")
            balancer.register_targets(TargetGroupArn=group, Targets=[new.target])
            deregister(balancer, group, [old])
            time.sleep(DELAY_SECONDS)
            old.terminate()
            wait_for(seen, "two")
    print(f"{seen.total()} requests during the release, by status and version: {dict(seen)}")
    assert {status for status, _ in seen} == {200}
    assert here.delete(STACK) == "DELETE_COMPLETE"
