"""The charges of the network and the load balancer."""

from collections.abc import Iterator

from cli.analysis.availability.resources import Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier, Traffic
from cli.analysis.costs.price_list import PriceList
from cli.analysis.month import HOURS

# Requests in a month for which one capacity unit of a load balancer is enough: 25 new connections a second, if each
# request opens one, is the dimension that is used up first. Source: "Elastic Load Balancing pricing".
REQUESTS_PER_CAPACITY_UNIT = 25 * 3600 * HOURS


def charges(resources: Resources, prices: PriceList, traffic: Traffic) -> Iterator[Charge]:
    """Yield the charges of NAT gateways, endpoints, load balancers and their addresses."""
    for gateway in resources.of_type("AWS::EC2::NatGateway"):
        yield Charge(Tier.NETWORK, gateway.logical_id, "NAT gateway", Amounts.same(1), prices.of_hours("nat_gateway"))
        address = prices.of_hours("public_address")
        yield Charge(Tier.NETWORK, gateway.logical_id, "public IPv4 address", Amounts.same(1), address)
    for endpoint in resources.of_type("AWS::EC2::VPCEndpoint"):
        if endpoint.properties.text("VpcEndpointType") == "Interface":
            zones = Amounts.same(len(endpoint.properties.texts("SubnetIds")))
            price = prices.of_hours("interface_endpoint")
            yield Charge(Tier.NETWORK, endpoint.logical_id, "interface endpoint in a zone", zones, price)
    for balancer in resources.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        yield from _of_balancer(balancer.logical_id, prices, traffic)
        if balancer.properties.text("Scheme") == "internet-facing":
            addresses = Amounts.same(len(balancer.properties.texts("Subnets")))
            price = prices.of_hours("public_address")
            yield Charge(Tier.LOAD_BALANCER, balancer.logical_id, "public IPv4 address", addresses, price)


def _of_balancer(name: str, prices: PriceList, traffic: Traffic) -> Iterator[Charge]:
    yield Charge(Tier.LOAD_BALANCER, name, "load balancer", Amounts.same(1), prices.of_hours("load_balancer"))
    units = traffic.amounts_of_requests.times(1 / REQUESTS_PER_CAPACITY_UNIT)
    yield Charge(Tier.LOAD_BALANCER, name, "capacity unit (LCU)", units, prices.of_hours("load_balancer_capacity"))
