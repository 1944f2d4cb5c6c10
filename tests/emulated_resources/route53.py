"""Route 53: health checks and groups of records."""

from typing import Any

from tests.emulated_resources.case import Case, Client, listed, ref

CHECK = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com", "Port": "443", "RequestInterval": 30}


def record_group(client: Client, _name: str) -> Any:
    zones = client("route53").list_hosted_zones()["HostedZones"]
    return [
        record
        for zone in zones
        for record in client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if record["Name"].startswith("www.")
    ]


CASES = [
    Case(
        "AWS::Route53::HealthCheck",
        {"HealthCheckConfig": CHECK, "HealthCheckTags": [{"Key": "Name", "Value": "a"}]},
        listed("route53", "list_health_checks", "HealthChecks", "Id"),
        {"HealthCheckConfig": {**CHECK, "ResourcePath": "/other", "FailureThreshold": 2}},
        {"HealthCheckConfig": {**CHECK, "RequestInterval": 10}},
        attributes=("HealthCheckId",),
    ),
    Case(
        "AWS::Route53::RecordSetGroup",
        {
            "HostedZoneId": ref("Zone"),
            "RecordSets": [{"Name": "www.example.org", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["a.example"]}],
        },
        record_group,
        {
            "RecordSets": [
                {"Name": "www.example.org", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["b.example"]},
                {"Name": "www.a.example.org", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]},
            ]
        },
        around={"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.org"}}},
    ),
]
