"""boto3 in a fork is as in a process that starts Python: what the template keeps of it depends on no session."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.forking.aws_models import SERVICES
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.repository import ROOT

# What a loaded machine may take at most.
TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module")
def with_boto3() -> Iterator[Template]:
    made = Template()
    yield made
    made.close()


def test_process_with_boto3_has_no_second_thread_that_a_fork_would_lack(with_boto3: Template) -> None:
    code = "import os, sys; print(os.getppid(), 'boto3' in sys.modules, sys.modules['boto3'].DEFAULT_SESSION)"
    parent, *found = ForkedProcess(with_boto3, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS)[0].split()
    assert found == ["True", "None"]
    assert "Threads:\t1\n" in Path(f"/proc/{parent}/status").read_text()


def test_models_of_all_services_that_functions_call_are_read() -> None:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "custom_resources").rglob("*.py"))
    called = {service for text in texts for service in re.findall(r'boto3\.client\("([a-z0-9]+)"', text)}
    assert len(called) > 5
    assert called <= set(SERVICES)


def test_sessions_in_a_fork_know_events_and_handlers_as_others_do(with_boto3: Template) -> None:
    code = """if True:
        import json, boto3.session, botocore.hooks
        session = boto3.session.Session("none", "none", region_name="us-east-1")
        hooks = session.client("s3").meta.events
        names = [f"{kind}.{old}{rest}" for old in botocore.hooks.EVENT_ALIASES
                 for kind in ("before-call", "needs-retry", "docs.*") for rest in ("", ".Operation")]
        own = botocore.hooks.EventAliaser(None, {"own": "other"})
        made = [[aliaser._alias_event_name(name) for name in ("own.event", *names)] for aliaser in (hooks, own)]
        try:
            hooks.register("before-call.s3", lambda model: None)
        except ValueError as error:
            made.append(str(error).partition(" ")[0])
        print(json.dumps(made))
    """
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for _ in range(2):
        assert ForkedProcess(with_boto3, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS) == (started.stdout, "")
    assert "other.event" in started.stdout


def test_clients_in_a_fork_are_their_sessions_own(with_boto3: Template) -> None:
    code = """if True:
        import json, boto3.session
        made = []
        for region, own in (("eu-west-1", True), ("us-east-1", False)):
            session = boto3.session.Session("key", "secret", region_name=region)
            if own:
                session.events.register(
                    "creating-client-class.s3", lambda class_attributes, **_: class_attributes.update(own=1)
                )
            for service, url in (("s3", "http://localhost:1"), ("s3", None), ("ssm", None), ("acm", None)):
                client = session.client(service, endpoint_url=url)
                names = [name for name in dir(client) if not name.startswith("_")]
                made.append([client.meta.region_name, client.meta.endpoint_url, names, sorted(client.waiter_names)])
            made.append(session.client("s3").generate_presigned_url("get_object", {"Bucket": "b", "Key": region})[:40])
        print(json.dumps(made))
    """
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ForkedProcess(with_boto3, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS) == (started.stdout, "")
    assert started.stdout.count('"own"') == 2


def test_credentials_in_a_fork_are_from_where_they_are_elsewhere(with_boto3: Template, tmp_path: Path) -> None:
    for profile in ("default", "other"):
        with (tmp_path / "credentials").open("a") as file:
            file.write(f"[{profile}]\naws_access_key_id = {profile}\naws_secret_access_key = secret\n")
    env = {"AWS_SHARED_CREDENTIALS_FILE": f"{tmp_path}/credentials", "AWS_CONFIG_FILE": "/dev/null"}
    code = """if True:
        import os, boto3.session, botocore.exceptions
        for names in (("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), ("ACCESS_KEY_ID",), ("PROFILE",), ()):
            variables = {f"AWS_{name}": "other" for name in names}
            os.environ.update(variables)
            for profile in (None, "other"):
                try:
                    found = boto3.session.Session(profile_name=profile).get_credentials()
                    print(found.method, found.access_key)
                except botocore.exceptions.PartialCredentialsError as error:
                    print(error)
            for name in variables:
                del os.environ[name]
    """
    started = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert ForkedProcess(with_boto3, ["-c", code], env).communicate(timeout=TIMEOUT_SECONDS) == (started.stdout, "")
    found = [line.partition(" ")[0] for line in started.stdout.splitlines()]
    assert found == ["env", "shared-credentials-file", "Partial", *["shared-credentials-file"] * 5]


def test_first_request_in_a_fork_takes_less_than_a_third_of_the_calls(with_boto3: Template) -> None:
    code = """if True:
        import sys, boto3.session, botocore.handlers
        calls = 0
        def count(_frame, event, _argument):
            global calls
            calls += event == "call"
        def stop(**_):
            raise InterruptedError
        sys.setprofile(count)
        client = boto3.session.Session("key", "secret", region_name="eu-west-1").client("cloudformation")
        _ = client.exceptions
        client.meta.events.register("before-send", stop)
        try:
            client.list_stacks()
        except InterruptedError:
            sys.setprofile(None)
        print(calls)
    """
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    output, errors = ForkedProcess(with_boto3, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS)
    assert not errors
    assert 3 * int(output) < int(started.stdout)
