"""The functions in a flat template, as real processes: they do what the packaged ones do, from one file."""

import subprocess
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from cli.inline_code import inline_code
from resilient_website.function_registry import FUNCTIONS
from resilient_website.functions.kind import FunctionKind
from tests.custom_resources.certificate.requests import owned
from tests.custom_resources.certificate.requests import request as certificate_request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws
from tests.custom_resources.fake_s3 import FakeS3
from tests.custom_resources.fallback_site_function import PROPERTIES, Function, request
from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.own_stack import BUCKET
from tests.custom_resources.rotated_site import Secret, bystander, template
from tests.custom_resources.rotation_process import RotationProcess
from tests.flat import inline
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks
from tools.repository import ROOT

ACCOUNT = "200000000041"

Place = Callable[[str], Path]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a function that copies a function's code into a separate folder; it can write to another one."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return lambda name: inline.write(name, tmp_path)


def test_what_is_not_tmp_is_read_only(place: Place, tmp_path: Path) -> None:
    program = f"import tempfile; tempfile.mkdtemp(); open({str(tmp_path / 'elsewhere')!r}, 'w')"
    folder = place("FallbackSite")
    done = inline.run(program, folder, tmp_path / "tmp")
    assert "Read-only file system" in done.stderr
    assert len(list((tmp_path / "tmp").iterdir())) == 1


def test_fallback_page_is_published_and_withdrawn_as_by_the_package(place: Place, tmp_path: Path) -> None:
    changed = {**PROPERTIES, "Message": "Longer, in fact", "ContactEmail": "hi@example.com"}
    kept: list[tuple[list[Any], dict[str, bytes]]] = []
    for folder in (None, place("FallbackSite")):
        function = Function(tmp_path, folder)
        with FakeS3() as s3:
            answers = function(s3, request("Create"), request("Update", changed), request("Update", {"Titel": "x"}))
            kept.append((answers, dict(s3.objects)))
            assert "Longer, in fact" in s3.objects[f"{BUCKET}/_fallback/index.html"].decode()
            (deleted,) = function(s3, request("Delete", changed))
            assert (deleted["Status"], s3.objects) == ("SUCCESS", {})
    packaged, inlined = kept
    assert [answer["Status"] for answer in packaged[0]] == ["SUCCESS", "SUCCESS", "FAILED"]
    assert inlined == packaged


def test_certificate_is_made_and_deleted_as_by_the_package(place: Place, tmp_path: Path) -> None:
    kept = []
    for folder in (None, place("Certificate")):
        with FakeAws() as aws, CertificateFunction(tmp_path, aws, folder) as function:
            assert function(certificate_request("Create")) is None
            aws.issue()
            made = function.minute()
            assert made is not None
            names = [sorted(certificate.names) for certificate in aws.certificates.values()]
            arn = made["PhysicalResourceId"]
            aws.granted.add(arn)
            tagged, deleted = (function(owned(kind, arn)) for kind in ("Create", "Delete"))
            assert tagged is not None
            assert deleted is not None
            assert tagged["Status"] == "SUCCESS"
            kept.append((made["Status"], names, deleted["Status"], dict(aws.certificates), aws.records))
    assert kept[0][:4] == ("SUCCESS", [["*.example.com", "example.com", "www.example.com"]], "SUCCESS", {})
    assert kept[1] == kept[0]


@pytest.mark.parametrize(
    ("package", "name", "secret"),
    [("database_secret", "DatabaseSecret", "DatabaseSecret"), ("origin_secret", "OriginSecret", "OriginSecret")],
)
def test_secret_is_rotated_as_by_the_package(
    place: Place, emulator: Emulator, package: str, name: str, secret: str
) -> None:
    stacks = Stacks(emulator, ACCOUNT)
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    stack = stacks.create(package.replace("_", "-"), template(function, function, bystander()))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    known = Secret(emulator, ACCOUNT, stack["Values"][secret])
    operations = []
    for folder in (None, place(name)):
        with FaultyAws(emulator) as aws:
            before = known.value()
            version = known.start()
            rotate = RotationProcess(package, aws, ACCOUNT, known, stack["Values"]["Stack"], inline=folder)
            assert rotate(version), rotate.log
            assert "AWSCURRENT" in known.stages(version)
            assert known.value() != before
            # How often it asks whether the database is ready depends on the time.
            operations.append([operation for operation, _ in groupby(operation for operation, _ in aws.passed)])
    assert operations[1] == operations[0]
    assert stacks.delete(stack["StackName"])["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.parametrize("name", ["FallbackSite", "Certificate", "OriginSecret", "DatabaseSecret"])
def test_sources_can_be_taken_out_again(place: Place, name: str, tmp_path: Path) -> None:
    folder = place(name)
    subprocess.run([sys.executable, "-I", str(folder / "index.py"), str(tmp_path / "out")], check=True)
    taken = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert taken
    for path in taken:
        assert path.read_bytes() == (ROOT / "custom_resources" / path.relative_to(tmp_path / "out")).read_bytes()


def test_libraries_are_those_that_it_brings(place: Place, tmp_path: Path) -> None:
    folder = place("FallbackSite")
    (folder / "index.py").write_text(inline_code("saved_site"), encoding="utf-8")
    program = "import index, sys; print(callable(index.handler), sys.modules['webencodings'].__file__)"
    done = inline.run(program, folder, tmp_path / "tmp")
    assert done.stdout.startswith(f"True {tmp_path / 'tmp'}/"), done.stderr


@pytest.mark.parametrize("kind", FUNCTIONS, ids=lambda kind: kind.name)
def test_every_function_can_be_packed(kind: FunctionKind, tmp_path: Path, place: Place) -> None:
    text = inline_code(kind.package)
    folder = place("FallbackSite")
    (folder / "index.py").write_text(text, encoding="utf-8")
    program = f"import index, sys; print(callable(index.handler), sys.modules['{kind.package}'].__file__)"
    done = inline.run(program, folder, tmp_path / "tmp")
    assert done.stdout.startswith(f"True {tmp_path / 'tmp'}/"), done.stderr


def test_same_sources_give_the_same_text() -> None:
    inline_code.cache_clear()
    first = inline_code("fallback_site")
    inline_code.cache_clear()
    assert inline_code("fallback_site") == first
    assert inline_code("update_protection") != first
