"""The charges of databases: instances with their standbys, replicas and disks, and paid support of old versions."""

from collections.abc import Iterator

from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.resources import Properties, Resource, Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier
from cli.analysis.costs.price_list import PriceList
from resilient_website.facts.rds import EXTENDED_SUPPORT, MIN_STORAGE_GIB, STANDARD_SUPPORT_ENDED


def charges(resources: Resources, prices: PriceList) -> Iterator[Charge]:
    """Yield the charges of every database instance."""
    for database in resources.of_type("AWS::RDS::DBInstance"):
        name = database.properties.text("DBInstanceClass")
        copies = 2 if database.properties.flag("MultiAZ") else 1
        kind = "replica" if _source(resources, database) else "database"
        price = prices.of_class("database", name)
        where = " with a standby" if copies == 2 else ""
        yield Charge(
            Tier.DATABASE,
            database.logical_id,
            f"{kind} {name}{where}",
            Amounts.same(1),
            None if price is None else price * copies,
        )
        if _is_on_extended_support(database.properties):
            cores = Amounts.same(copies * _cores(name))
            price = prices.of_hours("extended_support")
            yield Charge(Tier.DATABASE, database.logical_id, "vCPU on Extended Support", cores, price)
        disk = _disk(resources, database)
        each = prices.monthly["database_disk"]
        yield Charge(Tier.DATABASE, database.logical_id, f"GiB of {kind} disk, gp3", disk.times(copies), each)


def _is_on_extended_support(database: Properties) -> bool:
    """Tell whether RDS charges for an old version. Source: "Supported MySQL major versions on Amazon RDS"."""
    allowed = database.text("EngineLifecycleSupport", EXTENDED_SUPPORT) == EXTENDED_SUPPORT
    return allowed and database.text("EngineVersion").startswith(tuple(STANDARD_SUPPORT_ENDED))


def _cores(name: str) -> int:
    """Return the vCPUs of an instance class. Source: "Hardware specifications for DB instance classes"."""
    size = name.rpartition(".")[2]
    times = size.removesuffix("xlarge")
    return 4 * int(times) if times.isdecimal() else 4 if size == "xlarge" else 2


def _source(resources: Resources, database: Resource) -> Properties | None:
    """Return the database that one replicates, if it is in the template."""
    source = referenced_id(database.properties.any("SourceDBInstanceIdentifier"))
    found = resources.held.get(source or "")
    return found.properties if found else None


def _disk(resources: Resources, database: Resource) -> Amounts:
    """Return a disk's size: as allocated, and grown to its limit. A replica has its source's."""
    source = _source(resources, database) or database.properties
    least = source.number("AllocatedStorage", MIN_STORAGE_GIB)
    return Amounts(least, least, max(least, database.properties.number("MaxAllocatedStorage", least)))
