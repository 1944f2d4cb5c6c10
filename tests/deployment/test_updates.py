"""Every pair of neighbouring configurations of all else: updated there and back (see `updates.py`)."""

import pytest

from tests.deployment.updated_site import UpdatedSite
from tests.deployment.updates import OTHERS, there_and_back
from tools.emulator.instances import Instance


@pytest.mark.parametrize("name", OTHERS)
def test_there_and_back(updated_site: UpdatedSite, instance: Instance, name: str) -> None:
    there_and_back(updated_site, instance, name)
