"""What no longer works while the copy's Region is lost, although visitors get the site."""

from collections.abc import Iterator

from cli.analysis.availability.copies import Copy


def degraded(copy: Copy) -> tuple[str, ...]:
    """Return what does not work, each as a sentence, from what both halves have in the copy's Region."""
    return tuple(_degraded(copy))


def _degraded(copy: Copy) -> Iterator[str]:
    made, there = copy.before, copy.region
    if any(made.region_of(item.bucket) == there for item in made.publications):
        yield f"The friendly page is not available: its bucket is in {there}. Another failure then shows an error."
    if any(database.source and made.region_of(name) == there for name, database in made.databases.items()):
        yield (
            f"Nothing is replicated to {there}: until it is back, a loss of {copy.primary_region} loses the data since "
            "then. RDS terminates a replication that is stopped for more than 30 days."
        )
    if there in made.replication.backups.values():
        yield f"Backups are not replicated to {there}: until then, a loss of {copy.primary_region} loses the data."
    if any(made.region_of(target) == there for target in made.replication.buckets.values()):
        yield "New assets are not replicated. Look at their replication status when the Region is back."
    rotated = [name for name, regions in made.replication.rotated_secrets.items() if there in regions]
    if rotated:
        yield f"The rotation of {', '.join(rotated)} fails and keeps the current value. Secrets Manager tries again."
    if any(region == there for region in made.other_regions.values()):
        yield "Updates of the primary half's stack that change its resources there fail and are rolled back."
