"""`build_templates.py publish` as its user runs it, against the emulator's S3; what it links to is launched there."""

import hashlib
import io
import json
import os
import shlex
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.session import Session

from cli.object_url import dns_suffix, object_url
from cli.publish.package import code_package
from cli.publish.quick_create import create_command, launch_problems, quick_create_link
from cli.publish.upload import Bucket, upload
from resilient_website.problems import InvalidTemplateError
from tests.cli.links import at, read_link
from tests.cli.requests import TEMPLATE
from tests.command_process import SCRIPT, run_python
from tests.sites import Installation
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

BUCKET = "launch-templates"


class Publisher:
    """Runs the command in an account of the emulator that has a bucket."""

    def __init__(self, emulator: Emulator, account: str, folder: Path) -> None:
        self.emulator = emulator
        self.account = account
        self.folder = folder
        self.s3 = emulator.client("s3", account)
        self.cloudformation = emulator.client("cloudformation", account)
        # Names of buckets are everybody's.
        self.bucket = f"{BUCKET}-{account}"
        self.s3.create_bucket(Bucket=self.bucket)

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**inherited, **self.emulator.environment(self.account)}
        return run_python([SCRIPT, "publish", *map(str, arguments)], environment, folder=self.folder)

    def published(self, *arguments: str | Path) -> list[dict[str, str]]:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        entries: list[dict[str, str]] = json.loads(done.stdout)["published"]
        return entries

    def make_bucket(self, name: str, region: str) -> None:
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        self.emulator.client("s3", self.account, region).create_bucket(Bucket=name, **elsewhere)

    def keys(self) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]


@pytest.fixture
def publisher(emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Publisher:
    account = f"{int(hashlib.sha256(request.node.nodeid.encode()).hexdigest(), 16) % 10**9:09}"
    return Publisher(emulator, f"300{account}", tmp_path)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(TEMPLATE))
    return path


def test_second_run_uploads_nothing(publisher: Publisher, template: Path) -> None:
    (first,) = publisher.published(template, "--bucket", publisher.bucket)
    digest = hashlib.sha256(template.read_bytes()).hexdigest()
    key = f"resilient-website/{digest}/site.json"
    assert (first["status"], first["s3"]) == ("uploaded", f"s3://{publisher.bucket}/{key}")
    head = publisher.s3.head_object(Bucket=publisher.bucket, Key=key, ChecksumMode="ENABLED")
    assert head["ContentType"] == "application/json"
    assert head["ChecksumSHA256"]
    (second,) = publisher.published(template, "--bucket", publisher.bucket)
    assert second == {**first, "status": "unchanged"}
    after = publisher.s3.head_object(Bucket=publisher.bucket, Key=key)
    assert after["LastModified"] == head["LastModified"]
    assert publisher.keys() == [key]


def test_changed_template_gets_another_address(publisher: Publisher, template: Path) -> None:
    (first,) = publisher.published(template, "--bucket", publisher.bucket)
    template.write_text(json.dumps({**TEMPLATE, "Description": "Another"}))
    (second,) = publisher.published(template, "--bucket", publisher.bucket)
    assert first["url"] != second["url"]
    assert len(publisher.keys()) == 2


def test_object_that_somebody_wrote_over_is_found(publisher: Publisher, template: Path) -> None:
    publisher.published(template, "--bucket", publisher.bucket)
    (key,) = publisher.keys()
    publisher.s3.put_object(Bucket=publisher.bucket, Key=key, Body=b"{}", ChecksumAlgorithm="SHA256")
    done = publisher(template, "--bucket", publisher.bucket)
    assert done.returncode == 1
    assert "its SHA-256 in S3 is" in done.stderr
    assert done.stdout == ""


class LosingS3:
    """A client of S3 that stores something else than it was given."""

    def __init__(self) -> None:
        self.there = False

    def head_object(self, **_: Any) -> dict[str, Any]:
        return {"ChecksumSHA256": "c29tZXRoaW5nIGVsc2U="} if self.there else {}

    def put_object(self, **_: Any) -> None:
        self.there = True


def test_bytes_that_did_not_arrive_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(InvalidTemplateError, match="but should be"):
        upload(Bucket("b", "us-east-1", LosingS3()), code_package("", tmp_path))


def test_link_fills_the_form_and_its_template_launches(publisher: Publisher, template: Path) -> None:
    arguments = ("--bucket", publisher.bucket, "--stack-name", "my-site", "--parameter", "Name=shop")
    (entry,) = publisher.published(template, *arguments)
    link = read_link(entry["launch"])
    assert (link.region, link.stack_name, link.parameters) == ("us-east-1", "my-site", {"Name": "shop"})
    publisher.cloudformation.create_stack(
        StackName=link.stack_name,
        TemplateURL=at(publisher.emulator.url, link.template_url),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in link.parameters.items()],
    )
    publisher.cloudformation.get_waiter("stack_create_complete").wait(StackName="my-site", WaiterConfig={"Delay": 1})
    topics = publisher.emulator.client("sns", publisher.account).list_topics()["Topics"]
    assert [topic["TopicArn"].rpartition(":")[2] for topic in topics] == ["shop"]


def test_printed_command_creates_the_stack(publisher: Publisher, template: Path) -> None:
    (entry,) = publisher.published(template, "--bucket", publisher.bucket, "--parameter", "Name=other")
    words = shlex.split(at(publisher.emulator.url, entry["command"]))
    assert words[:3] == ["aws", "cloudformation", "create-stack"]
    environment = {**os.environ, **publisher.emulator.environment(publisher.account)}
    subprocess.run([str(ROOT / ".venv-aws/bin/aws"), *words[1:]], env=environment, check=True, capture_output=True)
    publisher.cloudformation.get_waiter("stack_create_complete").wait(StackName="site", WaiterConfig={"Delay": 1})


def test_values_survive_the_link() -> None:
    values = {"A": "a b&c=d#e?f+g%h/ü", "B": ""}
    link = quick_create_link("https://b.s3.eu-west-1.amazonaws.com/k.json", "eu-west-1", "s", values)
    assert read_link(link).parameters == values
    assert read_link(link).template_url == "https://b.s3.eu-west-1.amazonaws.com/k.json"


def test_addresses() -> None:
    assert object_url("b", "eu-west-1", "a b/c") == "https://b.s3.eu-west-1.amazonaws.com/a%20b/c"
    assert object_url("b.c", "eu-west-1", "k") == "https://s3.eu-west-1.amazonaws.com/b.c/k"
    assert object_url("b", "cn-north-1", "k") == "https://b.s3.cn-north-1.amazonaws.com.cn/k"
    # A Region that botocore does not know yet.
    assert object_url("b", "xx-north-1", "k") == "https://b.s3.xx-north-1.amazonaws.com/k"
    compact = {"Transform": "ResilientWebsite", "Resources": {"Site": {"Type": "ResilientWebsite"}}}
    assert create_command("u", "r", "s", {}, compact).endswith("--capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND")


@pytest.mark.parametrize("partition", Session().get_available_partitions())
def test_addresses_end_as_those_of_the_services(partition: str) -> None:
    session = Session()
    session.set_credentials("key", "secret")
    for region in session.get_available_regions("s3", partition):
        endpoint = session.create_client("s3", region).meta.endpoint_url
        assert urlsplit(endpoint).netloc.endswith(f".{dns_suffix(region)}")


@pytest.mark.parametrize(
    ("arguments", "status", "reported"),
    [
        (("--bucket", "no-such-bucket-4711"), 1, "create it: aws s3 mb s3://no-such-bucket-4711 --region us-east-1"),
        (("--bucket", "{bucket}", "--parameter", "Nme=x"), 1, "no template declares it; did you mean Name?"),
        (("--bucket", "{bucket}", "--region", "eu-west-1"), 1, "is in us-east-1, not eu-west-1"),
        (("--bucket", "{bucket}", "--stack-name", "1"), 1, "--stack-name: found '1'"),
        (("--bucket", "{bucket}", "--installer"), 2, "--installer takes --regions, and no FILES"),
    ],
)
def test_refusals(publisher: Publisher, template: Path, arguments: tuple[str, ...], status: int, reported: str) -> None:
    done = publisher(template, *(a.format(bucket=publisher.bucket) for a in arguments))
    assert done.returncode == status
    assert reported in done.stderr
    assert publisher.keys() == []


def test_secret_values_are_kept_out_of_links(publisher: Publisher, tmp_path: Path) -> None:
    secret = {**TEMPLATE, "Parameters": {"Password": {"Type": "String", "NoEcho": True}}}
    (tmp_path / "secret.json").write_text(json.dumps(secret))
    done = publisher("secret.json", "--bucket", publisher.bucket, "--parameter", "Password=x")
    assert done.returncode == 1
    assert "is declared with NoEcho" in done.stderr


def test_code_is_the_same_zip_whenever_it_is_made(publisher: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "function"
    folder.mkdir()
    (folder / "app.py").write_text("def handler(event, context): return 1\n")
    (entry,) = publisher.published("--code", folder, "--bucket", publisher.bucket)
    os.utime(folder / "app.py", (0, 10**9))
    (again,) = publisher.published("--code", folder, "--bucket", publisher.bucket)
    assert again["status"] == "unchanged"
    key = entry["s3"].partition(f"{publisher.bucket}/")[2]
    stored = publisher.s3.get_object(Bucket=publisher.bucket, Key=key)
    assert stored["ContentType"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(stored["Body"].read())) as archive:
        assert archive.namelist() == ["app.py"]


def test_policy_lets_the_organisation_read_and_is_not_applied(publisher: Publisher, template: Path) -> None:
    done = publisher(template, "--bucket", publisher.bucket, "--organization-id", "o-a1b2c3d4e5", "--json")
    (statement,) = json.loads(done.stdout)["bucketPolicies"][publisher.bucket]["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
    assert statement["Resource"] == f"arn:aws:s3:::{publisher.bucket}/resilient-website/*"
    with pytest.raises(publisher.s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        publisher.s3.get_bucket_policy(Bucket=publisher.bucket)


def test_installer_for_two_regions_installs_the_macro_which_expands_a_site(
    publisher: Publisher, installation: Installation, tmp_path: Path
) -> None:
    regions = ("us-east-1", "eu-west-1")
    for region in regions:
        publisher.make_bucket(f"code-{publisher.account}-{region}", region)
    arguments = ("--installer", "--bucket", f"code-{publisher.account}", "--regions", ",".join(regions))
    build = ("--build-dir", installation.build, "--parameter", "LogRetentionInDays=7")
    entries = publisher.published(*arguments, *build)
    assert {entry["status"] for entry in publisher.published(*arguments, *build)} == {"unchanged"}
    flat = json.loads((tmp_path / "build/installer.template.json").read_text())
    assert "Transform" not in flat
    assert not [b for b in flat["Resources"].values() if b["Type"].startswith("AWS::Serverless")]
    templates = [entry for entry in entries if "launch" in entry]
    links = {link.region: link for link in (read_link(entry["launch"]) for entry in templates)}
    assert set(links) == set(regions)
    elsewhere = Installation(publisher.emulator, publisher.account, ROOT, build=installation.build, region="eu-west-1")
    elsewhere.cloudformation.create_stack(
        StackName=links["eu-west-1"].stack_name,
        TemplateURL=at(publisher.emulator.url, links["eu-west-1"].template_url),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in links["eu-west-1"].parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    assert elsewhere.wait("resilient-website-macro") == "CREATE_COMPLETE", elsewhere.failures("resilient-website-macro")
    assert elsewhere.deploy("site", (ROOT / "examples/minimal.yaml").read_text())["Url"].startswith("https://")


def test_installer_that_was_not_built(publisher: Publisher) -> None:
    done = publisher("--installer", "--bucket", publisher.bucket, "--regions", "us-east-1")
    assert done.returncode == 1
    assert f"there is no bucket {publisher.bucket}-us-east-1" in done.stderr
    publisher.s3.create_bucket(Bucket=f"{publisher.bucket}-us-east-1")
    done = publisher("--installer", "--bucket", publisher.bucket, "--regions", "us-east-1")
    assert "run `sam build` first" in done.stderr


def test_values_that_the_form_would_refuse_make_no_link() -> None:
    declared = {
        "Zones": {"Type": "Number", "AllowedValues": ["2", "3"]},
        "Domain": {"Type": "String", "AllowedPattern": "[a-z.]+", "ConstraintDescription": "A name in lower case."},
    }
    problems = launch_problems("site", {"Zones": "7", "Domain": "BAD_"}, {"Parameters": declared})
    assert [str(problem) for problem in problems] == [
        "--parameter Zones: found '7'; allowed: 2, 3",
        "--parameter Domain: found 'BAD_', which does not match [a-z.]+; A name in lower case.",
    ]
    assert launch_problems("site", {"Zones": "2", "Domain": "shop.example.com"}, {"Parameters": declared}) == []
