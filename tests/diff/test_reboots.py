"""Static parameters: `diff` says when they are in effect, and that a reboot comes with a later change."""

from typing import Any

import pytest

from cli.analysis.updates.reboots import is_static, reboots
from tests.diff.stacks import changes, site

Json = dict[str, Any]

STATIC = {"innodb_buffer_pool_instances": "4", "performance_schema": "1"}


def reported(old: Json, new: Json) -> list[str]:
    return reboots(changes(site({"Database": old}), site({"Database": new})).values())


def test_static_parameters_wait_for_the_next_change() -> None:
    before = {"Parameters": {"max_connections": "500"}}
    (words,) = reported(before, {"Parameters": {"max_connections": "500", **STATIC}})
    assert words.startswith("innodb_buffer_pool_instances, performance_schema of SiteDatabase")
    assert "The next update that changes the database reboots it" in words


def test_static_parameters_that_come_with_a_change_of_the_database_reboot_it_at_once() -> None:
    before = {"Parameters": {"max_connections": "500"}}
    (words,) = reported(before, {"Parameters": {"max_connections": "500", **STATIC}, "MaxAllocatedStorage": 200})
    assert "This update reboots SiteDatabase, since it changes it" in words


def test_dynamic_parameters_need_no_word() -> None:
    assert reported({"Parameters": {"max_connections": "500"}}, {"Parameters": {"max_connections": "600"}}) == []
    assert reported({}, {"MaxAllocatedStorage": 200}) == []


@pytest.mark.parametrize(
    ("family", "name", "expected"),
    [
        ("mysql8.4", "skip-name-resolve", True),
        ("mysql8.0", "performance_schema_max_table_handles", True),
        ("mysql8.0", "performance_schema_show_processlist", False),
        ("mysql8.4", "max_connections", False),
        ("postgres16", "performance_schema", False),
    ],
)
def test_which_are_static(family: str, name: str, expected: bool) -> None:
    assert is_static(family, name) is expected
