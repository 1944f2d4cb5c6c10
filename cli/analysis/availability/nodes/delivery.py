"""CloudFront: distributions with their cache behaviors, origins and error responses, and VPC origins."""

import re
from dataclasses import dataclass
from functools import lru_cache

from cli.analysis.availability import documented_timings
from cli.analysis.availability.nodes.names import host_name
from cli.analysis.availability.references import reference
from cli.analysis.availability.resources import Properties, Resource, Resources
from resilient_website.facts.cloudfront import CACHING_DISABLED, HOST_FORWARDING

# Source: "AllowedMethods" in the Amazon CloudFront API reference.
DEFAULT_METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class Origin:
    """An origin of a distribution."""

    id: str
    domain_name: str
    path: str
    is_bucket: bool
    protocol: str
    http_port: int
    https_port: int
    headers: tuple[tuple[str, str], ...]
    attempts: int
    connection_timeout: int
    access_control: str
    access_identity: str
    vpc_origin: str


@dataclass(frozen=True)
class OriginGroup:
    """Two origins: CloudFront tries the second if the first returns one of the statuses."""

    id: str
    members: tuple[str, ...]
    statuses: tuple[int, ...]


@dataclass(frozen=True)
class Association:
    """A function of a cache behavior, and its event."""

    event: str
    function: str


@dataclass(frozen=True)
class Behavior:
    """A cache behavior: a path pattern and its origin or origin group."""

    pattern: str
    target: str
    methods: tuple[str, ...]
    forwards_host: bool
    cache_policy: str
    viewer_protocol: str
    functions: tuple[Association, ...]

    def matches(self, path: str) -> bool:
        """Return whether the pattern matches this path: `*` any characters, `?` one, case-sensitive."""
        return _pattern(self.pattern).fullmatch(path.lstrip("/")) is not None


@dataclass(frozen=True)
class ErrorResponse:
    """A custom error response: what the visitor gets instead of an origin's error."""

    code: int
    page_path: str
    response_code: int


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution. `default` is its default cache behavior, which applies after the others.

    It equals itself only, so that answers can be kept by it.
    """

    logical_id: str
    enabled: bool
    aliases: tuple[str, ...]
    certificate: str
    origins: dict[str, Origin]
    groups: dict[str, OriginGroup]
    behaviors: tuple[Behavior, ...]
    default: Behavior
    error_responses: dict[int, ErrorResponse]

    def behavior(self, path: str) -> Behavior:
        """Return the cache behavior for a path."""
        return next((behavior for behavior in self.behaviors if behavior.matches(path)), self.default)

    def origins_of(self, behavior: Behavior) -> tuple[Origin, ...]:
        """Return the origins of a cache behavior."""
        group = self.groups.get(behavior.target)
        names = group.members if group else (behavior.target,)
        return tuple(self.origins[name] for name in names if name in self.origins)


@dataclass(frozen=True)
class VpcOrigin:
    """CloudFront's connection to a load balancer without a public address."""

    logical_id: str
    target: str
    protocol: str
    http_port: int
    https_port: int


@lru_cache
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern.lstrip("/")]
    return re.compile("".join(parts), re.DOTALL)


def distributions(resources: Resources) -> dict[str, Distribution]:
    """Return the distributions by logical id."""
    return {made.logical_id: _distribution(made) for made in resources.of_type("AWS::CloudFront::Distribution")}


def vpc_origins(resources: Resources) -> dict[str, VpcOrigin]:
    """Return the VPC origins by logical id."""
    made = {}
    for resource in resources.of_type("AWS::CloudFront::VpcOrigin"):
        endpoint = resource.properties.inner("VpcOriginEndpointConfig")
        made[resource.logical_id] = VpcOrigin(
            resource.logical_id,
            endpoint.text("Arn"),
            endpoint.text("OriginProtocolPolicy", "match-viewer"),
            endpoint.number("HTTPPort", 80),
            endpoint.number("HTTPSPort", 443),
        )
    return made


def policies_without_cache(resources: Resources) -> frozenset[str]:
    """Return the cache policies that disable caching: the managed one, and those in the template with MaxTTL 0."""
    own = (
        reference(made.logical_id)
        for made in resources.of_type("AWS::CloudFront::CachePolicy")
        if made.properties.inner("CachePolicyConfig").number("MaxTTL", 1) == 0
    )
    return frozenset((CACHING_DISABLED, *own))


def access_controls(resources: Resources) -> frozenset[str]:
    """Return the logical ids of the origin access controls that sign requests."""
    return frozenset(
        made.logical_id
        for made in resources.of_type("AWS::CloudFront::OriginAccessControl")
        if made.properties.inner("OriginAccessControlConfig").text("SigningBehavior") != "never"
    )


def _distribution(made: Resource) -> Distribution:
    config = made.properties.inner("DistributionConfig")
    viewer = config.inner("ViewerCertificate")
    origins = [_origin(origin) for origin in config.each("Origins")]
    groups = [_group(group) for group in config.inner("OriginGroups").each("Items")]
    responses = [_error_response(response) for response in config.each("CustomErrorResponses")]
    return Distribution(
        logical_id=made.logical_id,
        enabled=config.flag("Enabled"),
        aliases=tuple(map(host_name, config.texts("Aliases"))),
        certificate=viewer.text("AcmCertificateArn") or viewer.text("IamCertificateId"),
        origins={origin.id: origin for origin in origins},
        groups={group.id: group for group in groups},
        behaviors=tuple(_behavior(behavior) for behavior in config.each("CacheBehaviors")),
        default=_behavior(config.inner("DefaultCacheBehavior")),
        error_responses={response.code: response for response in responses},
    )


def _origin(origin: Properties) -> Origin:
    custom, bucket = origin.inner("CustomOriginConfig"), origin.inner("S3OriginConfig")
    headers = [(header.text("HeaderName"), header.text("HeaderValue")) for header in origin.each("OriginCustomHeaders")]
    return Origin(
        id=origin.text("Id"),
        domain_name=host_name(origin.text("DomainName")),
        path=origin.text("OriginPath"),
        is_bucket=origin.any("S3OriginConfig") is not None,
        protocol=custom.text("OriginProtocolPolicy"),
        http_port=custom.number("HTTPPort", 80),
        https_port=custom.number("HTTPSPort", 443),
        headers=tuple(headers),
        attempts=origin.number("ConnectionAttempts", documented_timings.CONNECTION_ATTEMPTS),
        connection_timeout=origin.number("ConnectionTimeout", documented_timings.CONNECTION_TIMEOUT.seconds.high),
        access_control=origin.text("OriginAccessControlId"),
        access_identity=bucket.text("OriginAccessIdentity"),
        vpc_origin=origin.inner("VpcOriginConfig").text("VpcOriginId"),
    )


def _group(group: Properties) -> OriginGroup:
    members = tuple(member.text("OriginId") for member in group.inner("Members").each("Items"))
    statuses = group.inner("FailoverCriteria").inner("StatusCodes").texts("Items")
    return OriginGroup(group.text("Id"), members, tuple(int(status) for status in statuses if status.isdigit()))


def _behavior(behavior: Properties) -> Behavior:
    forwarded = behavior.inner("ForwardedValues").texts("Headers")
    return Behavior(
        pattern=behavior.text("PathPattern", "*"),
        target=behavior.text("TargetOriginId"),
        methods=behavior.texts("AllowedMethods") or DEFAULT_METHODS,
        forwards_host=behavior.text("OriginRequestPolicyId") in HOST_FORWARDING
        or any(header in ("Host", "*") for header in forwarded),
        cache_policy=behavior.text("CachePolicyId"),
        viewer_protocol=behavior.text("ViewerProtocolPolicy", "allow-all"),
        functions=tuple(
            Association(
                association.text("EventType"), association.text("FunctionARN") or association.text("LambdaFunctionARN")
            )
            for name in ("FunctionAssociations", "LambdaFunctionAssociations")
            for association in behavior.each(name)
        ),
    )


def _error_response(response: Properties) -> ErrorResponse:
    code = response.number("ErrorCode", 0)
    return ErrorResponse(code, response.text("ResponsePagePath"), response.number("ResponseCode", code))
