"""Load balancers, their listeners and rules, and target groups."""

from dataclasses import dataclass

from cli.analysis.availability import documented_timings
from cli.analysis.availability.references import reference
from cli.analysis.availability.resources import Properties, Resource, Resources


@dataclass(frozen=True)
class Action:
    """What a listener or rule does with a request."""

    type: str
    target_groups: tuple[str, ...]
    status: int
    content_type: str


@dataclass(frozen=True)
class Condition:
    """A condition of a rule: a field (and a header's name) and the allowed values."""

    field: str
    header: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ListenerRule:
    """A listener rule; a request must match all of its conditions."""

    logical_id: str
    listener: str
    priority: int
    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True)
class Listener:
    """A port of a load balancer."""

    logical_id: str
    load_balancer: str
    port: int
    protocol: str
    certificates: tuple[str, ...]
    action: Action


@dataclass(frozen=True)
class LoadBalancer:
    """A load balancer; `type` is application or network. `keep_alive`: client keepalive in seconds."""

    logical_id: str
    type: str
    internal: bool
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    keep_alive: int


@dataclass(frozen=True)
class TargetGroup:
    """A target group with its health-check settings. `targets` are registered in the template.

    `seconds`: the maximum time until a server that does not respond is unhealthy, including the last check's timeout.
    `deregistration_seconds`: the time that a server which is removed has for requests in progress.
    """

    logical_id: str
    port: int
    targets: tuple[str, ...]
    health_check_path: str
    seconds: int
    deregistration_seconds: int


@dataclass(frozen=True)
class Balancing:
    """All load-balancing resources by logical id; rules in order of evaluation."""

    load_balancers: dict[str, LoadBalancer]
    listeners: dict[str, Listener]
    rules: tuple[ListenerRule, ...]
    target_groups: dict[str, TargetGroup]


PREFIX = "AWS::ElasticLoadBalancingV2::"


def read(resources: Resources) -> Balancing:
    """Return the template's load balancers, listeners, rules and target groups."""
    certificates = _more_certificates(resources)
    rules = [_rule(rule) for rule in resources.of_type(f"{PREFIX}ListenerRule")]
    return Balancing(
        {made.logical_id: _load_balancer(made) for made in resources.of_type(f"{PREFIX}LoadBalancer")},
        {made.logical_id: _listener(made, certificates) for made in resources.of_type(f"{PREFIX}Listener")},
        tuple(sorted(rules, key=lambda rule: rule.priority)),
        {made.logical_id: _target_group(made) for made in resources.of_type(f"{PREFIX}TargetGroup")},
    )


def _more_certificates(resources: Resources) -> dict[str, tuple[str, ...]]:
    """Return the certificates added by ListenerCertificate resources, by the listener's reference."""
    added: dict[str, tuple[str, ...]] = {}
    for made in resources.of_type(f"{PREFIX}ListenerCertificate"):
        listener = made.properties.text("ListenerArn")
        arns = tuple(item.text("CertificateArn") for item in made.properties.each("Certificates"))
        added[listener] = (*added.get(listener, ()), *arns)
    return added


def _load_balancer(made: Resource) -> LoadBalancer:
    held = made.properties
    mapped = tuple(mapping.text("SubnetId") for mapping in held.each("SubnetMappings"))
    return LoadBalancer(
        made.logical_id,
        held.text("Type", "application"),
        held.text("Scheme") == "internal",
        held.texts("Subnets") or mapped,
        held.texts("SecurityGroups"),
        _attribute(
            held.each("LoadBalancerAttributes"),
            "client_keep_alive.seconds",
            documented_timings.CLIENT_KEEP_ALIVE.seconds.high,
        ),
    )


def _attribute(attributes: tuple[Properties, ...], key: str, default: int) -> int:
    """Return the number that an attribute of a load balancer or a target group has."""
    values = [attribute.number("Value", default) for attribute in attributes if attribute.text("Key") == key]
    return values[-1] if values else default


def _listener(made: Resource, more: dict[str, tuple[str, ...]]) -> Listener:
    held = made.properties
    own = tuple(item.text("CertificateArn") for item in held.each("Certificates"))
    return Listener(
        made.logical_id,
        held.text("LoadBalancerArn"),
        held.number("Port", 0),
        held.text("Protocol"),
        (*own, *more.get(reference(made.logical_id), ())),
        _action(held.each("DefaultActions")),
    )


def _rule(made: Resource) -> ListenerRule:
    held = made.properties
    return ListenerRule(
        made.logical_id,
        held.text("ListenerArn"),
        held.number("Priority", 0),
        tuple(_condition(condition) for condition in held.each("Conditions")),
        _action(held.each("Actions")),
    )


def _condition(condition: Properties) -> Condition:
    configs = ("HttpHeaderConfig", "HostHeaderConfig", "PathPatternConfig", "HttpRequestMethodConfig", "SourceIpConfig")
    config = next((condition.inner(name) for name in configs if condition.any(name)), condition)
    return Condition(condition.text("Field"), config.text("HttpHeaderName"), config.texts("Values"))


def _action(actions: tuple[Properties, ...]) -> Action:
    """Return the last action, which responds: earlier ones only authenticate the visitor.

    A target group with the weight 0 gets no requests.
    """
    last = actions[-1] if actions else Properties({})
    groups = last.inner("ForwardConfig").each("TargetGroups")
    weighted = tuple(group.text("TargetGroupArn") for group in groups if group.number("Weight", 1))
    fixed = last.inner("FixedResponseConfig")
    single = (last.text("TargetGroupArn"),) if last.text("TargetGroupArn") else ()
    return Action(last.text("Type"), single or weighted, fixed.number("StatusCode", 0), fixed.text("ContentType"))


def _target_group(made: Resource) -> TargetGroup:
    held = made.properties
    interval = held.number("HealthCheckIntervalSeconds", documented_timings.TARGET_CHECK_INTERVAL.seconds.high)
    threshold = held.number("UnhealthyThresholdCount", documented_timings.TARGET_CHECK_THRESHOLD)
    last = held.number("HealthCheckTimeoutSeconds", documented_timings.TARGET_CHECK_TIMEOUT.seconds.high)
    targets = tuple(target.text("Id") for target in held.each("Targets"))
    return TargetGroup(
        made.logical_id,
        held.number("Port", 80),
        targets,
        held.text("HealthCheckPath", "/"),
        interval * threshold + last,
        _attribute(
            held.each("TargetGroupAttributes"),
            "deregistration_delay.timeout_seconds",
            documented_timings.DEREGISTRATION_DELAY.seconds.high,
        ),
    )
