"""The sites that a mechanism is taken out of: with a domain, without one, and behind the load balancer alone."""

from tests.availability.templates import example, site

DOMAIN = site(DomainName="www.example.com", HostedZoneId="Z0123456789ABCDEFGHIJ")
BARE = site()
BEHIND_BALANCER = example("load-balancer")
