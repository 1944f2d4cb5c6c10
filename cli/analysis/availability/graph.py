"""The template as a frozen graph: every resource on the path of a request, read once."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple, cast

from cli.analysis.availability import resources
from cli.analysis.availability.nodes import (
    apis,
    balancing,
    compute,
    delivery,
    edge_functions,
    lambda_functions,
    names,
    network,
    replication,
    stores,
)
from resilient_website.inline.prefer_saved_page import RequestOriginGroup
from resilient_website.inline.select_origin import SelectedOrigins

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Graph:
    """All nodes, by logical id where they have one. References between them are placeholders (see references.py).

    Nothing in a graph changes, so that it can keep what functions found in it (`answered_once`).
    """

    region: str
    other_regions: Mapping[str, str]
    network: network.Network
    records: tuple[names.Record, ...]
    health_checks: dict[str, names.HealthCheck]
    certificates: dict[str, names.Certificate]
    distributions: dict[str, delivery.Distribution]
    vpc_origins: dict[str, delivery.VpcOrigin]
    access_controls: frozenset[str]
    request_origin_groups: dict[str, RequestOriginGroup]
    selected_origins: dict[str, SelectedOrigins]
    policies_without_cache: frozenset[str]
    balancing: balancing.Balancing
    launch_templates: dict[str, compute.LaunchTemplate]
    server_groups: dict[str, compute.ServerGroup]
    databases: dict[str, stores.Database]
    caches: dict[str, stores.Cache]
    file_systems: dict[str, stores.FileSystem]
    unfollowed: frozenset[str]
    buckets: Mapping[str, str]
    bucket_policies: dict[str, tuple[stores.Statement, ...]]
    publications: tuple[stores.Publication, ...]
    apis: apis.Apis
    lambda_functions: dict[str, lambda_functions.LambdaFunction]
    replication: replication.Replication
    # Whether the switch signal leads visitors to the site's copy in another Region.
    switched: bool = False
    # Whether DNS has followed the signal.
    settled: bool = False
    # The results of functions, by function and arguments.
    _answers: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def region_of(self, logical_id: str) -> str:
        """Return a resource's Region."""
        return self.other_regions.get(logical_id, self.region)

    def records_of(self, name: str, *types: str) -> tuple[names.Record, ...]:
        """Return the records of a name with one of these types."""
        return tuple(record for record in self.records if record.name == name and record.type in types)

    def is_beside(self, record: names.Record, logical_id: str) -> bool:
        """Return whether a record, which may be one of a RecordSetGroup, is in the same Region's half as a resource."""
        return self.region_of(record.logical_id.partition("[")[0]) == self.region_of(logical_id)


def answered_once(function: Callable[[Graph, *Arguments], Result]) -> Callable[[Graph, *Arguments], Result]:
    """Return a function that is called once for each graph and the same further arguments, which must be hashable.

    The graph keeps the results, and they are freed with it. Several records, failures and kinds of requests lead to the
    same hop: without this, a survey takes twice as long.
    """

    @wraps(function)
    def answered(graph: Graph, *arguments: *Arguments) -> Result:
        question = (function, *arguments)
        if question not in graph._answers:
            graph._answers[question] = function(graph, *arguments)
        return cast(Result, graph._answers[question])

    return answered


def read(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> Graph:
    """Return the graph of an expanded template with these parameter values."""
    return of(resources.read(template, region, parameters))


def of(made: resources.Resources, *, switched: bool = False) -> Graph:
    """Return the graph of these resources."""
    return Graph(
        region=made.region,
        other_regions=made.other_regions,
        network=network.read(made),
        records=names.records(made),
        health_checks=names.health_checks(made),
        certificates=names.certificates(made),
        distributions=delivery.distributions(made),
        vpc_origins=delivery.vpc_origins(made),
        access_controls=delivery.access_controls(made),
        request_origin_groups=edge_functions.request_origin_groups(made),
        selected_origins=edge_functions.selected_origins(made),
        policies_without_cache=delivery.policies_without_cache(made),
        balancing=balancing.read(made),
        launch_templates=compute.launch_templates(made),
        server_groups=compute.server_groups(made),
        databases=stores.databases(made),
        caches=stores.caches(made),
        file_systems=stores.file_systems(made),
        unfollowed=stores.unfollowed(made),
        buckets=stores.buckets(made),
        bucket_policies=stores.bucket_policies(made),
        publications=stores.publications(made),
        apis=apis.read(made),
        lambda_functions=lambda_functions.lambda_functions(made),
        replication=replication.read(made),
        switched=switched,
    )
