"""The emulator's functions: the process of one that is not called, and the code that several run."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.emulated_function import create_function
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks

ACCOUNT = "100000000077"
CODE = "import os\ndef handler(event, context):\n    return os.getpid()\n"
# A macro that adds an output with the number of its process.
MACRO = """
import os
def handler(event, context):
    made = {**event["fragment"], "Outputs": {"Process": {"Value": str(os.getpid())}}}
    return {"requestId": event["requestId"], "status": "success", "fragment": made}
"""
# Many times what an idle process has, for a busy machine.
TIMEOUT_SECONDS = 120
# So many that were called later, and a process has only a few seconds. They have half a minute then.
LATER = ("second", "third", "fourth", "fifth")
HALF_A_MINUTE = 30


def test_process_of_an_idle_function_ends_and_the_next_call_has_another(emulator: Emulator) -> None:
    functions = emulator.client("lambda", ACCOUNT)
    macro = process_of_a_macro(Stacks(emulator, ACCOUNT), functions)
    for name in ("idle", *LATER):
        create_function(functions, name, CODE)
    first = called(functions)
    assert called(functions) == first
    later = {called(functions, name) for name in LATER}
    wait_for_the_end(first)
    # So that those are late that have no more time than the first one.
    emulator.tell("/_emulator/idle-functions", {"later": HALF_A_MINUTE / 3})
    assert running({*later, macro}) == {*later, macro}
    emulator.tell("/_emulator/idle-functions", {"later": HALF_A_MINUTE})
    for process in later:
        wait_for_the_end(process)
    assert called(functions) != first
    # It was called earlier, and is a macro's.
    assert running({macro})
    for name in ("idle", *LATER, "macro"):
        functions.delete_function(FunctionName=name)


def running(processes: set[int]) -> set[int]:
    """Return those that run."""
    return {process for process in processes if Path(f"/proc/{process}").exists()}


def wait_for_the_end(process: int) -> None:
    """Wait until a process has ended; fails if it does not."""
    ends = time.monotonic() + TIMEOUT_SECONDS
    while running({process}):
        assert time.monotonic() < ends, "the process is still there"
        time.sleep(0.2)


def process_of_a_macro(stacks: Stacks, functions: Any) -> int:
    """Install a macro and call it; return the number of its process."""
    create_function(functions, "macro", MACRO)
    arn = functions.get_function(FunctionName="macro")["Configuration"]["FunctionArn"]
    macro = {"Type": "AWS::CloudFormation::Macro", "Properties": {"Name": "Process", "FunctionName": arn}}
    stacks.create("installer", {"Resources": {"Macro": macro}})
    handle = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    return int(stacks.create("user", {"Transform": "Process", "Resources": handle})["Values"]["Process"])


def called(functions: Any, name: str = "idle") -> int:
    """Call a function, and return the number of its process."""
    return int(json.loads(functions.invoke(FunctionName=name)["Payload"].read()))


def test_functions_with_the_same_code_share_its_files_and_others_have_their_own(emulator: Emulator) -> None:
    functions = emulator.client("lambda", ACCOUNT)
    where = "import os\ndef handler(event, context):\n    return [os.getpid(), os.path.realpath(__file__), {mark}]\n"
    answers = []
    for name, mark in (("first", 1), ("second", 1), ("third", 3)):
        create_function(functions, name, where.format(mark=mark))
        answers.append(json.loads(functions.invoke(FunctionName=name)["Payload"].read()))
        functions.delete_function(FunctionName=name)
    processes, files, marks = zip(*answers, strict=True)
    assert len(set(processes)) == 3
    assert files[0] == files[1] != files[2]
    assert marks == (1, 1, 3)
    # They stay for the next process.
    assert [Path(file).is_file() for file in files] == [True] * 3


def test_pauses_are_short_and_clocks_are_not_faster(emulator: Emulator) -> None:
    functions = emulator.client("lambda", ACCOUNT)
    code = (
        "import time\n"
        "def handler(event, context):\n"
        "    started, left = time.monotonic(), context.get_remaining_time_in_millis()\n"
        "    time.sleep(4)\n"
        "    return [time.monotonic() - started, (left - context.get_remaining_time_in_millis()) / 1000]\n"
    )
    create_function(functions, "pauses", code)
    waited, passed = json.loads(functions.invoke(FunctionName="pauses")["Payload"].read())
    functions.delete_function(FunctionName="pauses")
    assert 0.2 <= waited < 4
    assert passed == pytest.approx(waited, abs=0.1)


def test_function_has_its_own_variables_and_its_own_boto3(emulator: Emulator) -> None:
    functions = emulator.client("lambda", ACCOUNT)
    code = "import os, boto3\ndef handler(event, context):\n    return [dict(os.environ), boto3.__file__]\n"
    create_function(functions, "first", code, Environment={"Variables": {"ONLY": "first"}})
    create_function(functions, "second", code)
    create_function(functions, "bundled", code, files={"boto3/__init__.py": ""})
    answers = {}
    for name in ("first", "second", "bundled"):
        answers[name] = json.loads(functions.invoke(FunctionName=name)["Payload"].read())
        functions.delete_function(FunctionName=name)
    assert answers["first"][0]["ONLY"] == "first"
    assert "ONLY" not in answers["second"][0]
    assert answers["second"][0]["AWS_LAMBDA_FUNCTION_NAME"] == "second"
    assert answers["second"][1].endswith("/site-packages/boto3/__init__.py")
    assert answers["bundled"][1] == f"{answers['bundled'][0]['LAMBDA_TASK_ROOT']}/boto3/__init__.py"
