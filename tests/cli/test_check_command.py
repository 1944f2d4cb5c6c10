"""`build_templates.py check` as its user runs it: what it prints, how it ends, and that it only reads."""

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.check.permissions import ACTIONS, policy
from cli.template_file import read_template
from tests.cli.checking_harness import Harness, template
from tests.cli.failure_injector import FailureInjector
from tests.cli.moto import Moto, environment
from tests.command_process import SCRIPT, run_python
from tools.repository import ROOT

READS = ("Describe", "Get", "List", "Head", "BatchGet")
CODE = ROOT / "cli" / "check"
SERVICES = {
    "acm",
    "apigateway",
    "ce",
    "cloudformation",
    "cloudfront",
    "ec2",
    "ecr",
    "elasticache",
    "elasticfilesystem",
    "kms",
    "lambda",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "servicequotas",
    "sns",
    "ssm",
    "wafv2",
}

# Without what moto has no answers for: it takes its time to say so.
SITE = {"Database": False, "Network": {"CidrBlock": "10.9.0.0/16"}}

# What runs the command: boto3's pauses between attempts, which take most of the time, are a hundredth of what they are.
HASTENED = """
import runpy, sys, time
pause = time.sleep
time.sleep = lambda seconds: pause(seconds / 100)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Checker:
    """Runs the command in a separate folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, made: dict[str, Any], *arguments: str, variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        path = self.folder / "site.json"
        path.write_text(json.dumps(made))
        command = ["-c", HASTENED, SCRIPT, "check", str(path), *arguments]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        no_credentials = {"HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true"}
        done = run_python(command, {**inherited, **no_credentials, **variables})
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


def test_nothing_to_object_to(harness: Harness, checker: Checker) -> None:
    done = checker(template(SITE), variables=environment(harness.url))
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("account 123456789012, us-east-1: ")
    # moto knows no quotas of EC2's.
    assert "not checked: servicequotas:GetAWSDefaultServiceQuota " in done.stdout
    assert "    Resources (vCPUs)" in done.stdout.splitlines()


def test_errors_and_what_the_stack_keeps(harness: Harness, checker: Checker) -> None:
    kind = {"Type": "String", "Default": "t4g.small"}
    made = template({**SITE, "WebServers": {"InstanceType": {"Ref": "Kind"}}}, Parameters={"Kind": kind})
    deployed = {"Parameters": {"Kind": kind}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    harness.aws("cloudformation").create_stack(
        StackName="my-site",
        TemplateBody=json.dumps(deployed),
        Parameters=[{"ParameterKey": "Kind", "ParameterValue": "t99g.small"}],
    )
    arguments = ("--stack-name", "my-site", "--json")
    done = checker(made, *arguments, variables=environment(harness.url))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["ok"], report["account"], report["region"]) == (False, "123456789012", "us-east-1")
    (found,) = report["findings"]
    assert found["file"].endswith(".json") or found["file"].endswith(".yaml")
    assert found["line"] >= 1
    assert found["column"] >= 1
    assert {name: found[name] for name in ("severity", "path", "found", "allowed", "fix")} == {
        "severity": "error",
        "path": "Resources.Site.Properties.WebServers.InstanceType",
        "found": "us-east-1 offers no t99g.small",
        "allowed": None,
        "fix": "use a type that it offers",
    }
    again = checker(made, *arguments, "--parameter", "Kind=t4g.small", variables=environment(harness.url))
    assert (again.returncode, json.loads(again.stdout)["ok"]) == (0, True)


def test_problems_of_the_macros_own_come_first_and_ask_nobody(checker: Checker) -> None:
    done = checker(template({"DomainName": "www.example.com"}), "--region", "eu-west-1", variables={})
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r":\d+:\d+: Resources\.Site\.Properties\.HostedZoneId: missing, but DomainName is s", done.stderr)
    assert "AWS" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "text"),
    [
        (("--region", "eu-west-1"), {}, "AWS: no AWS credentials were found; sign in (`aws sso login`) or set"),
        (("--region", "eu-west-1", "--stack-name", "s"), {}, "AWS: no AWS credentials were found; "),
        ((), {}, "--region: no Region is given; give --region, or set AWS_REGION"),
        (
            ("--region", "eu-west-1", "--stack-name", "my_site"),
            {},
            "--stack-name: found 'my_site'; a stack name has ",
        ),
        (("--profile", "none"), {}, "--profile: there is no profile none; use one of "),
        ((), {"AWS_PROFILE": "gone"}, "--profile: there is no profile gone; use one of "),
        (
            ("--region", "eu-west-1"),
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"},
            "AWS: AWS can't be reached: ",
        ),
    ],
)
def test_who_can_not_ask_is_reported_so(
    checker: Checker, arguments: tuple[str, ...], variables: dict[str, str], text: str
) -> None:
    done = checker(template({}), *arguments, variables=variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(text)
    assert len(done.stderr.splitlines()) == 1


def test_stack_that_is_not_there_is_taken_for_a_new_one(harness: Harness, checker: Checker) -> None:
    done = checker(template(SITE), "--stack-name", "my-sit", variables=environment(harness.url))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    place = lines.index("not checked: it does not exist yet, and is checked as a new stack")
    assert lines[place + 1] == "    the stack my-sit"


def test_template_without_a_site(harness: Harness, checker: Checker) -> None:
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
    done = checker({"Resources": resources}, variables=environment(harness.url))
    assert (done.returncode, done.stdout) == (1, "")
    assert "it has no ResilientWebsite" in done.stderr


def test_site_that_a_condition_switches_off(harness: Harness) -> None:
    made = template(SITE, {"DomainName": "www.example.com", "HostedZoneId": "Z0NOSUCHZONE"})
    made["Conditions"] = {"Off": {"Fn::Equals": ["a", "b"]}}
    assert not harness.report(made).ok
    made["Resources"]["Site2"]["Condition"] = "Off"
    assert harness.report(made).ok


def test_what_is_denied_is_said_with_the_permission_that_is_missing(harness: Harness, checker: Checker) -> None:
    with FailureInjector(harness.url, denied={"ec2", "cloudformation", "lambda", "servicequotas"}) as injector:
        done = checker(template(SITE), "--stack-name", "my-site", variables=environment(injector.url))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "not checked: you may not ec2:DescribeAvailabilityZones" in lines
    following = lines[lines.index("not checked: you may not lambda:ListLayerVersions") + 1]
    assert following == "    Transform"
    described = lines.index("not checked: you may not cloudformation:DescribeStacks")
    assert lines[described + 1] == "    the parameters of the stack my-site"
    assert "not checked: you may not cloudformation:ListStackResources" in lines
    assert lines[-1].endswith(" not checked.")


def example_report(harness: Harness, path: Path) -> Any:
    made = read_template(path)
    return harness.report(made)


@pytest.fixture(scope="module")
def proxy(moto_server: Moto) -> Iterator[FailureInjector]:
    """Return one proxy for many tests: the clients for all services of another one take half a second."""
    with FailureInjector(moto_server.url) as injector:
        yield injector


@pytest.fixture
def injector(moto: Moto, proxy: FailureInjector) -> FailureInjector:
    """Return a proxy that has been asked nothing, and denies nothing yet."""
    assert proxy.target == moto.url
    proxy.asked.clear()
    proxy.denied.clear()
    return proxy


def test_every_example_is_checked_with_requests_that_only_read(injector: FailureInjector, example: Path) -> None:
    report = example_report(Harness(injector.url, answers={}), example)
    assert injector.asked
    assert any(finding.path == "Transform" for finding in report.findings)
    for asked in injector.asked:
        assert asked.operation.startswith(READS) if asked.operation else asked.method in ("GET", "HEAD"), asked


def test_each_distinct_question_is_asked_once(injector: FailureInjector) -> None:
    one, two = ({"Network": {"CidrBlock": f"10.{number}.0.0/16"}, "Database": False} for number in (1, 2))
    Harness(injector.url).report(template(one, two))
    offerings = [asked for asked in injector.asked if asked.operation == "DescribeInstanceTypeOfferings"]
    assert len(offerings) == 1


def test_everything_denied_is_everything_not_checked(injector: FailureInjector, example: Path) -> None:
    injector.denied.update(SERVICES)
    report = example_report(Harness(injector.url, answers={}), example)
    assert report.ok
    reasons = {each.why for each in report.not_checked}
    assert all(why.startswith("you may not ") for why in reasons), reasons
    assert {why.removeprefix("you may not ") for why in reasons} <= set(ACTIONS.values())


def operations_in_the_code() -> set[tuple[str, str]]:
    """Return the operations that the code asks for: the first two arguments of each question."""
    found = set()
    for path in CODE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            names = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
            if node.func.attr in ("ask", "find", "first_page") and len(names) == 2:
                found.add((str(names[0]), str(names[1])))
    return found


def test_policy_allows_what_the_code_asks_for_and_no_more() -> None:
    assert operations_in_the_code() == set(ACTIONS)
    assert all(operation.startswith(("describe_", "get_", "list_", "head_", "batch_get_")) for _, operation in ACTIONS)
    allowed = policy()["Statement"][0]["Action"]
    assert all(action.partition(":")[2].startswith((*READS, "GET")) for action in allowed)


def test_documented_policy_is_the_one_that_is_printed(checker: Checker) -> None:
    text = (ROOT / "docs/safe-changes.md").read_text()
    documented = json.loads(text.partition("```json\n")[2].partition("```")[0])
    assert documented == policy() == json.loads(checker({}, "--print-policy", variables={}).stdout)


def test_change_set_wants_the_name_of_a_stack(checker: Checker) -> None:
    done = checker(template(SITE), "--change-set", "--region", "eu-west-1", variables={})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("--change-set: no --stack-name is given; ")
