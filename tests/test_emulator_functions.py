"""The emulator's functions: the process of one that is not called."""

import json
import time
from pathlib import Path
from typing import Any

from tests.emulated_function import create_function
from tools.emulator.endpoint import Emulator

ACCOUNT = "100000000077"
CODE = "import os\ndef handler(event, context):\n    return os.getpid()\n"
# Many times what an idle process has, for a busy machine.
LONGEST = 120


def test_process_of_an_idle_function_ends_and_the_next_call_has_another(emulator: Emulator) -> None:
    functions = emulator.client("lambda", ACCOUNT)
    create_function(functions, "idle", CODE)
    first = called(functions)
    assert called(functions) == first
    ends = time.monotonic() + LONGEST
    while Path(f"/proc/{first}").exists():
        assert time.monotonic() < ends, "the process is still there"
        time.sleep(0.2)
    assert called(functions) != first
    functions.delete_function(FunctionName="idle")


def called(functions: Any) -> int:
    """Call the function, and return the number of its process."""
    return int(json.loads(functions.invoke(FunctionName="idle")["Payload"].read()))
