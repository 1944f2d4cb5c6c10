"""What `status` reports about a site in memory."""

from cli.aws_findings.aws import Aws
from cli.status.permissions import action
from cli.status.rows import Row
from cli.status.survey import survey
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.fake_site import NOW, REGION, FakeSite


def rows(fake: FakeSite) -> dict[str, Row]:
    """Return the rows of `status` by their part."""
    site = fake.found()
    with in_place(fake):
        return {row.part: row for row in survey(site, Aws(real_client, REGION, NOW, action), fake)}
