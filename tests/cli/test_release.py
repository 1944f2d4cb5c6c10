"""The command `release`: what it uploads, which update it makes, what it may change, and the way back."""

import hashlib
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import cfn_flip
import pytest

from cli.init.answers import Answers
from cli.init.files import files
from cli.init.kinds import KINDS
from cli.release.allowed import beyond
from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_release import BUCKET, FakeRelease
from tests.cli.fake_site import REGION
from tests.cli.releasing import FIRST, changed, invoke
from tests.expansion.random_copies import PRIMARY, SECONDARY
from tests.expansion.random_sites import in_template


def test_folder_is_packed_uploaded_and_served(deployed: FakeRelease, app: Path) -> None:
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    group = deployed.artifact()
    body, _ = deployed.stored[group["Key"]]
    digest = hashlib.sha256(body).hexdigest()
    assert group["Key"] == f"shop/{digest}/app.zip"
    assert group["Sha256"] == digest
    assert group["VersionId"] == f"version-of-{group['Key'][-20:]}"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.namelist() == ["bin/start", "data.txt"]
        assert archive.getinfo("bin/start").external_attr >> 16 & 0o111
    assert "https://www.example.com answers 200" in shown.stderr
    assert (
        f"Write into the file, before its next deployment: WebServers.Artifact: {{Key: {group['Key']}" in shown.stdout
    )


def test_same_files_give_the_same_bytes(deployed: FakeRelease, app: Path) -> None:
    assert invoke(app).exit_code == 0
    before = set(deployed.stored)
    for path in app.rglob("*"):
        os.utime(path, (1, 1))
    again = invoke(app)
    assert again.exit_code == 0
    assert "unchanged: s3://" in again.stdout
    assert set(deployed.stored) == before
    assert changed(deployed).count("ExecuteChangeSet") == 1


def test_progress_shows_the_update_s_events_and_the_servers_old_and_new(deployed: FakeRelease, app: Path) -> None:
    invoke(app)
    lines = [line.strip() for line in deployed.said]
    assert "new servers: 0 of 0 healthy; old ones: 3 of 3" in lines
    assert "new servers: 2 of 2 healthy; old ones: 1 of 1" in lines
    assert "new servers: 3 of 3 healthy; old ones: 0 of 0" in lines
    events = [line.split(" UTC ")[1] for line in lines if " UTC " in line]
    assert events == [
        "my-site UPDATE_IN_PROGRESS: User Initiated",
        "SiteWebLaunchTemplate UPDATE_COMPLETE",
        "SiteAutoScalingGroup UPDATE_COMPLETE",
        "my-site UPDATE_COMPLETE",
    ]


@pytest.mark.parametrize("ending", [".tar.gz", ".zip"])
def test_archive_is_released_as_it_is(deployed: FakeRelease, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"shop-2{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("start", "x")
    else:
        with tarfile.open(path, "w:gz") as packed:
            packed.addfile(tarfile.TarInfo("start"))
    assert invoke(path).exit_code == 0
    key = deployed.artifact()["Key"]
    assert key == f"shop/{hashlib.sha256(path.read_bytes()).hexdigest()}/shop-2{ending}"
    assert deployed.stored[key][0] == path.read_bytes()


def test_back_goes_to_the_release_before_and_then_to_the_one_before_that(deployed: FakeRelease, app: Path) -> None:
    first = deployed.artifact()
    assert invoke(app).exit_code == 0
    second = deployed.artifact()
    (app / "data.txt").write_text("two")
    assert invoke(app).exit_code == 0
    for expected in (second, first):
        back = invoke("--back")
        assert back.exit_code == 0, back.stderr
        assert deployed.artifact() == expected
    refused = invoke("--back")
    assert refused.exit_code == 1
    assert "no earlier release is known" in refused.stderr


def test_deployment_of_the_file_between_releases_is_known_to_the_way_back(deployed: FakeRelease, app: Path) -> None:
    assert invoke(app).exit_code == 0
    released = deployed.artifact()
    deployed.deploy_by_hand("shop/by-hand.zip")
    assert invoke("--back").exit_code == 0
    assert deployed.artifact()["Key"] == released["Key"]


def test_parameters_are_changed_and_the_template_stays(deployed: FakeRelease, app: Path) -> None:
    deployed.use_parameters()
    template = json.dumps(deployed.template)
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert json.dumps(deployed.template) == template
    assert deployed.artifact()["Key"].endswith("/app.zip")
    assert "Write into the file" not in shown.stdout
    assert invoke("--back").exit_code == 0
    assert deployed.artifact()["Key"] == FIRST


def test_bucket_of_the_same_stack(deployed: FakeRelease, app: Path) -> None:
    servers = deployed.template["Resources"]["Site"]["Properties"]["WebServers"]
    deployed.template["Resources"]["Releases"] = {"Type": "AWS::S3::Bucket"}
    servers["Artifact"]["Bucket"] = {"Ref": "Releases"}
    deployed.deploy_by_hand(FIRST)
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert f"s3://{BUCKET}/shop/" in shown.stdout


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.is_container])
def test_first_release_of_a_new_site_replaces_the_sample(deployed: FakeRelease, app: Path, kind: str) -> None:
    domain = ("www.example.com", "Z0123456789ABCDEFGHIJ", "")
    answers = Answers("my-site", REGION, *domain, True, True, "", "", "ResilientWebsite", kind)
    deployed.template = json.loads(json.dumps(cfn_flip.load(files(answers)["site.yaml"])[0]))
    deployed.values = {"ReleaseKey": ""}
    deployed.redeploy()
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    key = deployed.values["ReleaseKey"]
    assert key in deployed.stored
    assert f"released: s3://{BUCKET}/{key} (before: the sample application)" in shown.stdout
    back = invoke("--back", "--json")
    assert back.exit_code == 0, back.stderr
    found = json.loads(back.stdout)
    assert (found["key"], found["keyBefore"], found["changesBeyond"]) == (None, key, [])
    assert deployed.values["ReleaseKey"] == ""


def test_template_that_a_request_does_not_take(deployed: FakeRelease, app: Path) -> None:
    deployed.use_parameters()
    deployed.template["Metadata"] = {"Long": "x" * MAX_BODY_BYTES}
    assert invoke(app).exit_code == 0
    assert deployed.artifact()["Key"].endswith("/app.zip")
    servers = deployed.template["Resources"]["Site"]["Properties"]["WebServers"]
    deployed.template["Conditions"] = {"Is": {"Fn::Equals": ["a", "a"]}}
    servers["Artifact"] = {"Fn::If": ["Is", servers["Artifact"], {"Ref": "AWS::NoValue"}]}
    (app / "data.txt").write_text("two")
    # A condition decides whether the site has an application: the macro must run.
    done = invoke(app)
    assert done.exit_code == 0, done.stderr
    (template,) = [key for key in deployed.stored if key.startswith("shop/templates/my-site-")]
    assert len(deployed.stored[template][0]) > MAX_BODY_BYTES


def test_empty_parameters_are_as_none(deployed: FakeRelease, app: Path) -> None:
    deployed.use_parameters()
    group = deployed.template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]
    deployed.template["Parameters"]["Version"] = {"Type": "String", "Default": ""}
    group["VersionId"] = {"Ref": "Version"}
    deployed.values |= {"Version": "", "ReleaseSha256": ""}
    deployed.redeploy()
    deployed.versioned = False
    done = invoke(app)
    assert done.exit_code == 0, done.stderr
    assert deployed.values["Version"] == ""
    assert len(deployed.values["ReleaseSha256"]) == 64
    assert invoke("--back").exit_code == 0
    assert (deployed.values["Release"], deployed.values["ReleaseSha256"]) == (FIRST, "")


def test_dry_run_uploads_nothing_and_leaves_no_change_set(deployed: FakeRelease, app: Path) -> None:
    shown = invoke(app, "--dry-run", "--json")
    assert shown.exit_code == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert (found["state"], found["keyBefore"], found["changesBeyond"]) == ("not released", FIRST, [])
    assert changed(deployed) == ["CreateChangeSet", "DeleteChangeSet"]
    assert deployed.stored == {}


def refers(name: str, cause: str) -> dict[str, Any]:
    """Return the change of a resource that only refers to another one."""
    detail = {"Evaluation": "Dynamic", "CausingEntity": cause, "ChangeSource": "ResourceAttribute"}
    return {"LogicalResourceId": name, "Action": "Modify", "Replacement": "Conditional", "Details": [detail]}


def test_what_refers_to_resources_with_the_same_values_is_part_of_a_release(deployed: FakeRelease) -> None:
    vpc = {"LogicalResourceId": "SiteVpc", "Action": "Modify", "Scope": ["Metadata"], "Details": []}
    chain = [refers("SiteLoadBalancer", "SiteSubnet"), refers("SiteSubnet", "SiteVpc.Ipv6CidrBlocks")]
    site = deployed.found()
    assert beyond(site, [*chain, vpc]) == ()
    changed = {**vpc, "Scope": ["Properties", "Metadata"]}
    assert beyond(site, [*chain, changed]) == ("Modify SiteLoadBalancer", "Modify SiteSubnet", "Modify SiteVpc")


@pytest.mark.parametrize("region", [PRIMARY, SECONDARY])
@pytest.mark.parametrize("active", [PRIMARY, SECONDARY])
def test_release_to_either_half_of_a_site_with_a_copy_changes_nothing_beyond_it(
    deployed: FakeRelease, region: str, active: str
) -> None:
    """A change set lists each resource with another value, and each that refers to a parameter with another one."""
    site = deployed.found()
    secondary = {"Region": SECONDARY, "Mode": "WarmStandby", "ActiveRegion": active}
    for key in ({"Ref": "Key"}, None):
        halves = []
        for release in ("shop-1.zip", "shop-2.zip"):
            artifact = {"Bucket": {"Ref": "Bucket"}, "Key": key or release, "Command": "run"}
            names = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
            properties = {**names, "Secondary": secondary, "WebServers": {"Artifact": artifact}}
            parameters = {"Bucket": {"Type": "String"}, "Key": {"Type": "String"}}
            template = {**in_template(properties), "Parameters": parameters}
            halves.append(expand_template(template, {"Bucket": "releases", "Key": release}, region)["Resources"])
        before, after = halves
        named = [name for name in after if before[name] != after[name] or "Key" in references(after[name])]
        assert "SiteDeclared" in named
        changes = [{"LogicalResourceId": name, "Action": "Modify", "Replacement": "False"} for name in named]
        assert beyond(site, changes) == ()


def test_documented_policy_has_what_a_release_calls_and_no_more(deployed: FakeRelease, app: Path) -> None:
    invoke(app, "--dry-run")
    invoke(app)
    (app / "data.txt").write_text("two")
    invoke(app)
    invoke("--back")
    # For a site without a domain name, for a bucket in the same stack, and for a canary.
    others = {"cloudfront:GetDistribution", "cloudformation:DescribeStackResource", "cloudwatch:DescribeAlarms"}
    assert needed(deployed.calls) | others == documented("release")
