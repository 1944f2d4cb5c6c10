"""Every pair of neighbouring configurations of sites with a domain name: updated there and back (see `updates.py`)."""

import pytest

from tests.deployment.updated_site import UpdatedSite
from tests.deployment.updates import OF_NAMES, there_and_back
from tools.emulator.instances import Instance


@pytest.mark.parametrize("name", OF_NAMES)
def test_there_and_back(updated_site: UpdatedSite, instance: Instance, name: str) -> None:
    there_and_back(updated_site, instance, name)
