"""A function of a stack's as a real process, with its role's credentials, its environment and its code."""

import json
import os
import queue
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.isolation.stack import Stack
from tests.isolation.wire import Json
from tools.forking.process import ForkedProcess, forked
from tools.repository import ROOT

# So many seconds of its pauses in one here.
SCALE = 60
# A run's own seconds; connections take their time, so that this is long.
RUN_SECONDS = 60 * SCALE
WAIT_SECONDS = 90


@dataclass(frozen=True)
class Ran:
    """What came of a run: what it returned, or its error."""

    result: Any
    error: str


class Function:
    """A process that is started for the first event, and ended with `end`."""

    def __init__(self, stack: Stack, name: str, url: str, ca_bundle: Path, folder: Path) -> None:
        self.stack, self.name = stack, name
        self.log = folder / f"{stack.name}-{name}.log"
        self.arn = str(stack.deployed(name).attributes["Arn"])
        self._url, self._ca_bundle, self._folder = url, ca_bundle, folder
        self._process: ForkedProcess | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def run(self, event: Json) -> Ran:
        """Run the function for an event."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._process is not None
        self._process.stdin.write(json.dumps([event, RUN_SECONDS]) + "\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            self.end()
            return Ran(None, f"no end within {WAIT_SECONDS} s:\n{self.log.read_text()[-2000:]}")
        if not line:
            return Ran(None, f"the process has ended:\n{self.log.read_text()[-2000:]}")
        found = json.loads(line)
        return Ran(found["result"], found["error"])

    def end(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @property
    def is_called_by_the_stack(self) -> bool:
        """Whether CloudFormation or Secrets Manager calls it; visitors call the others, through an API."""
        return self.name.endswith("Function") and not self.name.endswith("SavedPagesFunction")

    @property
    def role(self) -> str:
        """The logical id of its role."""
        reference = self.stack.template["Resources"][self.name]["Properties"]["Role"]
        role = reference["Fn::GetAtt"]
        return str(role[0] if isinstance(role, list) else role.partition(".")[0])

    def _start(self) -> None:
        properties = self.stack.properties(self.name)
        module = str(properties["Handler"]).rpartition(".")[0]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "PYTHONPATH": os.pathsep.join([str(self._code(properties)), str(ROOT / "custom_resources")]),
            "AWS_ENDPOINT_URL": self._url,
            "AWS_REGION": self.stack.region,
            "AWS_DEFAULT_REGION": self.stack.region,
            "AWS_ACCESS_KEY_ID": self.stack.access_key(self.role),
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_LAMBDA_FUNCTION_NAME": str(self.stack.ref(self.name)),
            "FUNCTION_ARN": self.arn,
            "SSL_CERT_FILE": str(self._ca_bundle),
            **{key: str(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()},
        }
        child = str(ROOT / "tests" / "isolation" / "lambda_environment.py")
        with self.log.open("a") as log:
            self._process = forked(["-P", child, module, str(SCALE)], environment, stderr=log)
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, self._lines), daemon=True).start()

    def _code(self, properties: Json) -> Path:
        """Return the folder with the code in the template; its imports come from the layer."""
        folder = self._folder / f"{self.stack.name}-{self.name}-code"
        folder.mkdir(exist_ok=True)
        if text := properties.get("Code", {}).get("ZipFile"):
            (folder / "index.py").write_text(text)
        return folder

    @staticmethod
    def _read(process: ForkedProcess, lines: "queue.Queue[str]") -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put("")
