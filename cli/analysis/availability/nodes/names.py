"""Names: DNS records, health checks and certificates."""

from dataclasses import dataclass
from math import prod

from cli.analysis.availability import documented_timings
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.resources import Properties, Resource, Resources

CERTIFICATES = ("AWS::CertificateManager::Certificate", "Custom::Certificate")


@dataclass(frozen=True)
class Record:
    """A DNS record: an alias of `alias`, or `values` for `ttl` seconds."""

    logical_id: str
    name: str
    type: str
    failover: str
    weight: int | None
    health_check: str
    alias: str
    evaluate_target_health: bool
    values: tuple[str, ...]
    ttl: int


@dataclass(frozen=True)
class HealthCheck:
    """A health check: its request and interval, or the period and number of periods of its alarm."""

    logical_id: str
    type: str
    host: str
    port: int
    path: str
    search_string: str
    interval: int
    threshold: int
    of_alarm: bool
    inverted: bool = False

    @property
    def seconds(self) -> int:
        """The time until a failure is detected; for a check based on an alarm, the minimum."""
        return self.interval * self.threshold


@dataclass(frozen=True)
class Certificate:
    """A certificate in the template, and the names that it covers. `region` is empty if unknown."""

    logical_id: str
    names: tuple[str, ...]
    region: str

    def covers(self, host: str) -> bool:
        """Return whether the certificate covers a host; a wildcard matches one label."""
        return any(
            name == host or (name.startswith("*.") and name[2:] == host.partition(".")[2]) for name in self.names
        )


def host_name(text: str) -> str:
    """Return a normalized name: in lower case, without the trailing dot."""
    return text if "⟨" in text else text.lower().removesuffix(".")


def records(resources: Resources) -> tuple[Record, ...]:
    """Return all records, including those of record set groups."""
    single = [_record(record.logical_id, record.properties) for record in resources.of_type("AWS::Route53::RecordSet")]
    grouped = [
        _record(f"{group.logical_id}[{index}]", record)
        for group in resources.of_type("AWS::Route53::RecordSetGroup")
        for index, record in enumerate(group.properties.each("RecordSets"))
    ]
    return (*single, *grouped)


def _record(logical_id: str, properties: Properties) -> Record:
    alias = properties.inner("AliasTarget")
    return Record(
        logical_id=logical_id,
        name=host_name(properties.text("Name")),
        type=properties.text("Type"),
        failover=properties.text("Failover"),
        weight=properties.number("Weight", 0) if properties.text("Weight") else None,
        health_check=properties.text("HealthCheckId"),
        alias=host_name(alias.text("DNSName")),
        evaluate_target_health=alias.flag("EvaluateTargetHealth"),
        values=properties.texts("ResourceRecords"),
        ttl=properties.number("TTL", documented_timings.ALIAS_TTL.seconds.high),
    )


def health_checks(resources: Resources) -> dict[str, HealthCheck]:
    """Return the health checks by logical id."""
    return {
        check.logical_id: _health_check(check, resources) for check in resources.of_type("AWS::Route53::HealthCheck")
    }


def _health_check(check: Resource, resources: Resources) -> HealthCheck:
    config = check.properties.inner("HealthCheckConfig")
    kind = config.text("Type")
    named = [resources.held.get(referenced_id(child) or "") for child in config.texts("ChildHealthChecks")]
    children = [child.properties.inner("HealthCheckConfig") for child in named if child]
    # A calculated check is as slow as its slowest child: it is unknown which children detect a failure.
    pace = max((_pace(properties, resources) for properties in children or [config]), key=prod)
    return HealthCheck(
        logical_id=check.logical_id,
        type=kind,
        host=host_name(config.text("FullyQualifiedDomainName") or config.text("IPAddress")),
        port=config.number("Port", 443 if kind.startswith("HTTPS") else 80),
        path=config.text("ResourcePath", "/"),
        search_string=config.text("SearchString"),
        interval=pace[0],
        threshold=pace[1],
        of_alarm=any(_watches_alarm(properties) for properties in (config, *children)),
        inverted=config.text("Inverted").lower() == "true",
    )


def _watches_alarm(config: Properties) -> bool:
    return config.text("Type") == "CLOUDWATCH_METRIC"


def _pace(config: Properties, resources: Resources) -> tuple[int, int]:
    """Return a check's interval in seconds, and the number of consecutive failures until it is unhealthy."""
    alarm = resources.held.get(referenced_id(config.inner("AlarmIdentifier").text("Name")) or "")
    if alarm:
        return alarm.properties.number("Period", 60), alarm.properties.number("EvaluationPeriods", 1)
    return (
        config.number("RequestInterval", documented_timings.HEALTH_CHECK_INTERVAL.seconds.high),
        config.number("FailureThreshold", documented_timings.HEALTH_CHECK_THRESHOLD),
    )


def certificates(resources: Resources) -> dict[str, Certificate]:
    """Return the certificates by logical id; those of a custom resource may be in any Region."""
    return {made.logical_id: _certificate(made, resources) for made in resources.of_type(*CERTIFICATES)}


def _certificate(made: Resource, resources: Resources) -> Certificate:
    """Return a certificate; a custom resource's has the names and Region of its request."""
    requested = resources.held.get(referenced_id(made.properties.text("CertificateArn")) or "", made).properties
    names = (requested.text("DomainName"), *requested.texts("SubjectAlternativeNames"))
    own = resources.other_regions.get(made.logical_id, resources.region)
    region = own if made.type == CERTIFICATES[0] else requested.text("Region")
    return Certificate(made.logical_id, tuple(map(host_name, names)), region)
