"""The availability analysis knows the code in every released version: by the same bytes, whatever came later."""

import json

import pytest

from cli.analysis.availability import graph
from resilient_website.expand import expand_template
from tests.released.frozen import FOLDER, REGIONS, digest_of, folder

VERSIONS = sorted(int(path.name) for path in FOLDER.iterdir())


@pytest.mark.parametrize("version", VERSIONS)
def test_code_of_a_released_version_stays_known(version: int) -> None:
    frozen = json.loads((folder(version) / "saved-copy.json").read_text())
    released = expand_template(frozen["written"], frozen["parameters"], REGIONS[0])
    assert digest_of(released) == frozen["sha256"], "the code is not the released one"
    known = graph.read(released, REGIONS[0], {})
    associated = [
        association.function
        for distribution in known.distributions.values()
        for behavior in (*distribution.behaviors, distribution.default)
        for association in behavior.functions
        if association.event == "viewer-request"
    ]
    assert associated
    assert set(associated) <= known.request_origin_groups.keys()
    served = [function.serving for function in known.lambda_functions.values() if function.is_for_pages]
    assert served
    assert None not in served


@pytest.mark.parametrize("version", VERSIONS)
def test_sample_application_of_a_released_version_stays_known(version: int) -> None:
    frozen = json.loads((folder(version) / "minimal.json").read_text())
    released = expand_template(frozen["written"], frozen["parameters"], REGIONS[0])
    assert digest_of(released) == frozen["sha256"], "the script is not the released one"
    launched = list(graph.read(released, REGIONS[0], {}).launch_templates.values())
    assert [template.sample_application for template in launched] == [True]
