"""REST APIs: paths, methods, integrations, gateway responses, domain names and roles."""

import re
from dataclasses import dataclass

from cli.analysis.availability.nodes.names import host_name
from cli.analysis.availability.nodes.stores import Statement, statements
from cli.analysis.availability.references import attribute_of, reference, referenced_id
from cli.analysis.availability.resources import Properties, Resource, Resources

PREFIX = "AWS::ApiGateway::"

# Source: "Override your API's request and response parameters and status codes for REST APIs in API Gateway".
_STATUS_OVERRIDE = re.compile(r"#set\(\s*\$context\.responseOverride\.status\s*=\s*(\d{3})\s*\)")


@dataclass(frozen=True)
class IntegrationResponse:
    """A method's response for a backend status that matches the pattern; without a pattern, for all other statuses.

    `declared` is the status for which the method needs a response, `status` the one after the template's override.
    """

    pattern: str
    declared: int
    status: int
    has_body: bool


@dataclass(frozen=True)
class Method:
    """A method of a path, and its integration."""

    logical_id: str
    api: str
    path: str
    http_method: str
    type: str
    uri: str
    role: str
    responses: tuple[IntegrationResponse, ...]
    statuses: tuple[int, ...]


@dataclass(frozen=True)
class GatewayResponse:
    """An API's own response for a type of error."""

    api: str
    type: str
    status: int
    has_body: bool


@dataclass(frozen=True)
class DomainName:
    """An API's custom domain name, and the APIs that are mapped to it, by base path."""

    logical_id: str
    host: str
    certificate: str
    edge: bool
    mappings: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Role:
    """A role: the services that may assume it, and its permissions."""

    logical_id: str
    services: tuple[str, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Apis:
    """All REST API resources. `stages` maps a stage to its API if the template has its deployment."""

    methods: tuple[Method, ...]
    gateway_responses: tuple[GatewayResponse, ...]
    domain_names: dict[str, DomainName]
    stages: dict[str, str]
    roles: dict[str, Role]


def read(resources: Resources) -> Apis:
    """Return the template's REST APIs."""
    deployments = {
        made.logical_id: referenced_id(made.properties.text("RestApiId")) or ""
        for made in resources.of_type(f"{PREFIX}Deployment")
    }
    stages = {
        made.logical_id: referenced_id(made.properties.text("RestApiId")) or ""
        for made in resources.of_type(f"{PREFIX}Stage")
        if referenced_id(made.properties.text("DeploymentId")) in deployments
    }
    paths = _paths(resources)
    return Apis(
        tuple(_method(made, paths) for made in resources.of_type(f"{PREFIX}Method")),
        tuple(_gateway_response(made.properties) for made in resources.of_type(f"{PREFIX}GatewayResponse")),
        {made.logical_id: _domain_name(made, resources) for made in resources.of_type(f"{PREFIX}DomainName")},
        stages,
        {made.logical_id: _role(made, resources) for made in resources.of_type("AWS::IAM::Role")},
    )


def _paths(resources: Resources) -> dict[str, str]:
    """Return the full path of each Resource."""
    made = {resource.logical_id: resource.properties for resource in resources.of_type(f"{PREFIX}Resource")}

    def path(logical_id: str, depth: int = 0) -> str:
        held = made[logical_id]
        parent = referenced_id(held.text("ParentId"))
        above = path(parent, depth + 1) if parent in made and depth < len(made) else ""
        return f"{above}/{held.text('PathPart')}"

    return {logical_id: path(logical_id) for logical_id in made}


def _method(made: Resource, paths: dict[str, str]) -> Method:
    held = made.properties
    integration = held.inner("Integration")
    place = held.text("ResourceId")
    root = attribute_of(place) == "RootResourceId"
    return Method(
        logical_id=made.logical_id,
        api=referenced_id(held.text("RestApiId")) or "",
        path="/" if root else paths.get(referenced_id(place) or "", ""),
        http_method=held.text("HttpMethod"),
        type=integration.text("Type"),
        uri=integration.text("Uri"),
        role=integration.text("Credentials"),
        responses=tuple(_integration_response(response) for response in integration.each("IntegrationResponses")),
        statuses=tuple(response.number("StatusCode", 0) for response in held.each("MethodResponses")),
    )


def _integration_response(held: Properties) -> IntegrationResponse:
    templates = [str(template) for template in held.inner("ResponseTemplates").held.values() if template]
    override = next((found[1] for found in map(_STATUS_OVERRIDE.search, templates) if found), None)
    status = int(override) if override else held.number("StatusCode", 0)
    return IntegrationResponse(held.text("SelectionPattern"), held.number("StatusCode", 0), status, bool(templates))


def _gateway_response(held: Properties) -> GatewayResponse:
    return GatewayResponse(
        referenced_id(held.text("RestApiId")) or "",
        held.text("ResponseType"),
        held.number("StatusCode", 0),
        any(held.inner("ResponseTemplates").held.values()),
    )


def _domain_name(made: Resource, resources: Resources) -> DomainName:
    held = made.properties
    mappings = [
        (mapping.properties.text("BasePath"), mapping.properties.text("RestApiId"), mapping.properties.text("Stage"))
        for mapping in resources.of_type(f"{PREFIX}BasePathMapping")
        if mapping.properties.text("DomainName") in (reference(made.logical_id), held.text("DomainName"))
    ]
    return DomainName(
        made.logical_id,
        host_name(held.text("DomainName")),
        held.text("RegionalCertificateArn") or held.text("CertificateArn"),
        "EDGE" in held.inner("EndpointConfiguration").texts("Types"),
        tuple(mappings),
    )


def _role(made: Resource, resources: Resources) -> Role:
    held = made.properties
    trust = statements(held.inner("AssumeRolePolicyDocument"))
    documents = [policy.inner("PolicyDocument") for policy in held.each("Policies")]
    documents += [
        policy.properties.inner("PolicyDocument")
        for policy in resources.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        if reference(made.logical_id) in policy.properties.texts("Roles")
    ]
    return Role(
        made.logical_id,
        tuple(name for statement in trust if statement.allows for _, name in statement.principals),
        tuple(statement for document in documents for statement in statements(document)),
    )
