"""The dashboard: the alarms' states, then one row per tier in the order of the request path, from edge to stores."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from troposphere import AWSHelperFn, Ref, Sub

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.monitoring.dashboard_alarms import HERE, ShownAlarm, drawn, states, without_graph
from resilient_website.tiers.monitoring.monitored import Monitored
from resilient_website.tiers.web_servers.role import METRICS_NAMESPACE

# The grid is 24 units wide. Source: "Dashboard body structure and syntax" in the CloudWatch API reference.
GRID_WIDTH = 24
WIDGET_HEIGHT = 6
HEADING_HEIGHT = 1
# Metrics of a graph. Source: "CloudWatch service quotas".
MAX_METRICS = 500
# An alarm widget shows a row of six alarms per two units of height.
ALARMS_PER_LINE = 6
ALARM_LINE_HEIGHT = 2
ALARM_GRAPHS_PER_ROW = 4

# A widget: its title, its metrics in the dashboard body's format, and its Region.
Widget = tuple[str, list[list[Any]], str]


def body(site: Monitored, alarms: Sequence[ShownAlarm]) -> AWSHelperFn:
    """Return the dashboard's body: JSON text, with resource names inserted by Fn::Sub."""
    tiers = list(_rows(site))
    graphed = [metrics for _, row in tiers for _, metrics, _ in row]
    rows = [
        *_states(alarms),
        *((heading, WIDGET_HEIGHT, [_graph(widget, alarms) for widget in row]) for heading, row in tiers),
        *_own_graphs(without_graph(alarms, graphed)),
    ]
    widgets: list[dict[str, Any]] = []
    top = 0
    for heading, height, row in rows:
        widgets.append(_text(f"## {heading}", top))
        width = GRID_WIDTH // len(row)
        for index, widget in enumerate(row):
            place = {"x": index * width, "y": top + HEADING_HEIGHT, "width": width, "height": height}
            widgets.append({"type": widget["type"], **place, "properties": widget["properties"]})
        top += HEADING_HEIGHT + height
    return Sub(json.dumps({"widgets": widgets}, separators=(",", ":")), **_variables(site))


def _states(alarms: Sequence[ShownAlarm]) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Yield the rows of the alarms' states: heading, height, and one widget."""
    for title, arns in states(alarms):
        lines = -(-len(arns) // ALARMS_PER_LINE)
        yield title, ALARM_LINE_HEIGHT * lines, [{"type": "alarm", "properties": {"title": title, "alarms": arns}}]


def _own_graphs(alarms: Sequence[ShownAlarm]) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Yield rows of graphs of one alarm each, for which CloudWatch finds metric and threshold."""
    graphs = [
        {
            "type": "metric",
            "properties": {
                "title": alarm.title,
                "annotations": {"alarms": [alarm.arn]},
                "region": alarm.region,
                "view": "timeSeries",
            },
        }
        for alarm in alarms
    ]
    for start in range(0, len(graphs), ALARM_GRAPHS_PER_ROW):
        heading = "Other alarms" if start == 0 else "Other alarms, continued"
        yield heading, WIDGET_HEIGHT, graphs[start : start + ALARM_GRAPHS_PER_ROW]


def _rows(site: Monitored) -> Iterator[tuple[str, list[Widget]]]:
    """Yield each tier's heading and widgets."""
    if site.distribution_id is not None:
        yield "Edge", _edge(site)
    yield "Load balancer", _load_balancer()
    yield "Web servers", _web_servers(agent=site.web_servers.log_group is not None)
    if site.database:
        yield "Database", _database(len(site.database.replicas))
    if site.cache:
        yield "Cache", _cache(site.cache.engine, list(site.cache.nodes))
    if site.files:
        yield "Shared files", _files(bursting=site.files.bursting)


def _variables(site: Monitored) -> Mapping[str, Any]:
    """Return the values of the variables in the widgets' metrics."""
    values: dict[str, Any] = {} if site.distribution_id is None else {"Distribution": site.distribution_id}
    values |= {
        "Balancer": site.load_balancer.full_name,
        "Targets": site.load_balancer.target_group_full_name,
        "Group": Ref(site.web_servers.group),
    }
    if site.health_check_id is not None:
        values["Check"] = site.health_check_id
    if site.database:
        values["Database"] = Ref(site.database.primary)
        values |= {f"Replica{n}": Ref(name) for n, name in enumerate(site.database.replicas, start=1)}
    if site.cache:
        for number, node in enumerate(site.cache.nodes, start=1):
            values[f"CacheNode{number}"] = node["CacheClusterId"]
    if site.files:
        values["Files"] = site.files.file_system_id
    return values


def _edge(site: Monitored) -> list[Widget]:
    edge = ["DistributionId", "${Distribution}", "Region", "Global"]
    row: list[Widget] = [
        ("Requests", [["AWS/CloudFront", "Requests", *edge, {"stat": "Sum"}]], CLOUDFRONT_REGION),
        (
            "Errors, % of requests",
            [["AWS/CloudFront", "5xxErrorRate", *edge], ["AWS/CloudFront", "4xxErrorRate", *edge]],
            CLOUDFRONT_REGION,
        ),
    ]
    if site.health_check_id is not None:
        check = ["AWS/Route53", "HealthCheckStatus", "HealthCheckId", "${Check}", {"stat": "Minimum"}]
        row.append(("Health check (1 = healthy)", [check], CLOUDFRONT_REGION))
    return row


def _load_balancer() -> list[Widget]:
    whole = ["LoadBalancer", "${Balancer}"]
    namespace = "AWS/ApplicationELB"
    return [
        (
            "Requests and errors",
            [
                [namespace, "RequestCount", *whole, {"stat": "Sum"}],
                [namespace, "HTTPCode_ELB_5XX_Count", *whole, {"stat": "Sum"}],
                [namespace, "HTTPCode_Target_5XX_Count", *whole, {"stat": "Sum"}],
            ],
            HERE,
        ),
        (
            "Response time, seconds",
            [[namespace, "TargetResponseTime", *whole, {"stat": stat}] for stat in ("p50", "p90", "p99")],
            HERE,
        ),
        (
            "Servers",
            [
                [namespace, f"{state}HostCount", "TargetGroup", "${Targets}", *whole]
                for state in ("Healthy", "UnHealthy")
            ],
            HERE,
        ),
    ]


def _web_servers(*, agent: bool) -> list[Widget]:
    group = ["AutoScalingGroupName", "${Group}"]
    sizes = ("GroupMinSize", "GroupInServiceInstances", "GroupMaxSize")
    row: list[Widget] = [
        ("CPU, %", [["AWS/EC2", "CPUUtilization", *group, {"stat": stat}] for stat in ("Average", "Maximum")], HERE),
        ("Servers in service, minimum and maximum", [["AWS/AutoScaling", name, *group] for name in sizes], HERE),
    ]
    used = [[METRICS_NAMESPACE, f"{what}_used_percent", *group, {"stat": "Maximum"}] for what in ("mem", "disk")]
    return [*row, ("Highest memory and disk use, %", used, HERE)] if agent else row


def _database(replicas: int) -> list[Widget]:
    instances = ["${Database}", *(f"${{Replica{number}}}" for number in range(1, replicas + 1))]

    def each(name: str) -> list[list[Any]]:
        return [["AWS/RDS", name, "DBInstanceIdentifier", instance] for instance in instances]

    row: list[Widget] = [
        ("CPU, %", each("CPUUtilization"), HERE),
        ("Connections", each("DatabaseConnections"), HERE),
        ("Free storage, bytes", each("FreeStorageSpace"), HERE),
    ]
    return [*row, ("Replica lag, seconds", each("ReplicaLag")[1:], HERE)] if replicas else row


def _cache(engine: str, nodes: list[dict[str, Value]]) -> list[Widget]:
    def each(name: str) -> list[list[Any]]:
        return [["AWS/ElastiCache", name, *_dimensions(number, node)] for number, node in enumerate(nodes, start=1)]

    names = ("GetHits", "GetMisses") if engine == "memcached" else ("CacheHits", "CacheMisses")
    hits, misses = (each(name) for name in names)
    whole = len(nodes) * len(names) <= MAX_METRICS
    return [
        *([("Hits and misses", hits + misses, HERE)] if whole else [("Hits", hits, HERE), ("Misses", misses, HERE)]),
        ("CPU, %", each("CPUUtilization"), HERE),
        *([] if engine == "memcached" else [("Memory, %", each("DatabaseMemoryUsagePercentage"), HERE)]),
        ("Evictions", each("Evictions"), HERE),
    ]


def _files(*, bursting: bool) -> list[Widget]:
    system = ["FileSystemId", "${Files}"]
    moved = [["AWS/EFS", f"Data{way}IOBytes", *system, {"stat": "Sum"}] for way in ("Read", "Write")]
    credits_left = [["AWS/EFS", "BurstCreditBalance", *system, {"stat": "Minimum"}]]
    return [
        ("Connections", [["AWS/EFS", "ClientConnections", *system, {"stat": "Sum"}]], HERE),
        ("Read and written, bytes", moved, HERE),
        ("Operations, % of the limit", [["AWS/EFS", "PercentIOLimit", *system]], HERE),
        *([("Burst credits, bytes", credits_left, HERE)] if bursting else []),
    ]


def _dimensions(number: int, node: dict[str, Value]) -> Iterator[Value]:
    for name, value in node.items():
        yield name
        yield f"${{CacheNode{number}}}" if name == "CacheClusterId" else value


def _text(markdown: str, top: int) -> dict[str, Any]:
    place = {"x": 0, "y": top, "width": GRID_WIDTH, "height": HEADING_HEIGHT}
    return {"type": "text", **place, "properties": {"markdown": markdown, "background": "transparent"}}


def _graph(widget: Widget, alarms: Sequence[ShownAlarm]) -> dict[str, Any]:
    """Return a graph with the thresholds of the alarms on its metrics."""
    title, metrics, region = widget
    lines = drawn(alarms, metrics)
    thresholds = {"annotations": {"horizontal": lines}} if lines else {}
    properties = {"title": title, "metrics": metrics, "region": region, "view": "timeSeries", "period": 60}
    return {"type": "metric", "properties": properties | thresholds}
