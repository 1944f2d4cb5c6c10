"""Subnets and their zones, routes to the internet, and security groups."""

from collections.abc import Iterable
from dataclasses import dataclass

from cli.analysis.availability.references import referenced_id, unknown
from cli.analysis.availability.resources import Properties, Resource, Resources

ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Rule:
    """A rule of a security group: its peer (a group, a CIDR range or a prefix list), and its ports."""

    peer: str
    protocol: str
    first_port: int
    last_port: int

    def covers(self, port: int) -> bool:
        """Return whether the rule covers this TCP port."""
        return self.protocol == "-1" or (self.protocol in ("tcp", "6") and self.first_port <= port <= self.last_port)


@dataclass(frozen=True)
class SecurityGroup:
    """A security group with all of its rules, including those in separate resources."""

    logical_id: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class Network:
    """The zone of each subnet, the subnets with a route to the internet, and the security groups."""

    zones: dict[str, str]
    public: frozenset[str]
    groups: dict[str, SecurityGroup]

    def zone(self, subnet: str) -> str:
        """Return the zone of a subnet, given by reference or by id.

        Each subnet outside of the template counts as a separate zone: a load balancer allows only one per zone.
        """
        name = referenced_id(subnet)
        if name in self.zones:
            return self.zones[name]
        return f"the zone of {subnet}"

    def zones_of(self, subnets: Iterable[str]) -> tuple[str, ...]:
        """Return the distinct zones of subnets, in order."""
        return tuple(dict.fromkeys(self.zone(subnet) for subnet in subnets))


def read(resources: Resources) -> Network:
    """Return the template's network."""
    subnets = {
        subnet.logical_id: subnet.properties.text("AvailabilityZone", unknown(f"zone of {subnet.logical_id}"))
        for subnet in resources.of_type("AWS::EC2::Subnet")
    }
    open_tables = {
        route.properties.text("RouteTableId")
        for route in resources.of_type("AWS::EC2::Route")
        if route.properties.text("DestinationCidrBlock") == ANYWHERE[0] and route.properties.text("GatewayId")
    }
    public = {
        referenced_id(association.properties.text("SubnetId"))
        for association in resources.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if association.properties.text("RouteTableId") in open_tables
    }
    groups = {group.logical_id: _group(group, resources) for group in resources.of_type("AWS::EC2::SecurityGroup")}
    return Network(subnets, frozenset(name for name in public if name), groups)


def _group(group: Resource, resources: Resources) -> SecurityGroup:
    return SecurityGroup(
        group.logical_id,
        (
            *(_rule(rule, "Source") for rule in group.properties.each("SecurityGroupIngress")),
            *_own(resources, "AWS::EC2::SecurityGroupIngress", group.logical_id, "Source"),
        ),
        (
            *(_rule(rule, "Destination") for rule in group.properties.each("SecurityGroupEgress")),
            *_own(resources, "AWS::EC2::SecurityGroupEgress", group.logical_id, "Destination"),
        ),
    )


def _own(resources: Resources, kind: str, group: str, side: str) -> tuple[Rule, ...]:
    """Return the rules of a group that are separate resources."""
    return tuple(
        _rule(rule.properties, side)
        for rule in resources.of_type(kind)
        if referenced_id(rule.properties.text("GroupId")) == group
    )


def _rule(rule: Properties, side: str) -> Rule:
    peers = (f"{side}SecurityGroupId", f"{side}PrefixListId", "CidrIp", "CidrIpv6")
    peer = next((rule.text(name) for name in peers if rule.text(name)), "")
    return Rule(peer, rule.text("IpProtocol"), rule.number("FromPort", 0), rule.number("ToPort", 65535))


def allows_traffic(network: Network, sources: tuple[str, ...], targets: tuple[str, ...], port: int) -> bool:
    """Return whether members of the source groups can connect to a port of the target groups' members.

    A group outside of the template counts as open, since its rules are unknown.
    """
    return _allows(network, sources, targets, port, "egress") and _allows(network, targets, sources, port, "ingress")


def allows_from_outside(network: Network, targets: tuple[str, ...], port: int, *, prefix_lists: bool) -> bool:
    """Return whether the internet, or with `prefix_lists` also a prefix list, can connect to the port.

    `prefix_lists`: for CloudFront, whose addresses are in one. A source group outside of the template counts too, such
    as CloudFront's own for VPC origins.
    """
    known = [network.groups[name] for name in map(referenced_id, targets) if name in network.groups]
    if len(known) < len(targets) or not targets:
        return True
    for rule in (rule for group in known for rule in group.ingress if rule.covers(port)):
        ours = referenced_id(rule.peer) in network.groups
        if rule.peer in ANYWHERE or (prefix_lists and rule.peer and not ours and not rule.peer[0].isdigit()):
            return True
    return False


def _allows(network: Network, owners: tuple[str, ...], peers: tuple[str, ...], port: int, direction: str) -> bool:
    known = [network.groups[name] for name in map(referenced_id, owners) if name in network.groups]
    if len(known) < len(owners) or not owners:
        return True
    rules = [rule for group in known for rule in getattr(group, direction)]
    if direction == "egress" and not any(group.egress for group in known):
        return True  # EC2 adds an egress rule for all destinations to a group without egress rules.
    # Any other CIDR range is assumed to be the VPC's, unless it is the loopback network.
    return any(
        rule.covers(port)
        and (rule.peer in peers or rule.peer in ANYWHERE or ("/" in rule.peer and not rule.peer.startswith("127.")))
        for rule in rules
    )
