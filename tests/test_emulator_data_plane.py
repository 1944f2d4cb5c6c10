"""Requests on their way through the emulator: names, CloudFront, load balancers, instances, and what fails over."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.endpoint import Emulator
from tests.emulator.instances import Instance, deregister, register
from tests.emulator.stacks import Stacks
from tests.emulator.visitor import Response, visit

Json = dict[str, Any]

ACCOUNT = "200000000020"
DOMAIN = "emulated.example"
SITE = f"www.{DOMAIN}"
ORIGIN = f"origin.{SITE}"
HEADER = "X-Origin-Verify"

SECRET = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}}}"}
ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

# A web server that says who it is, and what it was asked.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        name = os.environ["SERVER_NAME"]
        host, proto = self.headers["Host"], self.headers["X-Forwarded-Proto"]
        text = f"{name} {self.command} {self.path} {host} {proto} {body}".encode()
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_POST = do_GET

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def ref(name: str) -> Json:
    return {"Ref": name}


def att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def resource(kind: str, **properties: Any) -> Json:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def fixed(status: str) -> list[Json]:
    config = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "denied"}
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


def alias(name: str, target: str, attribute: str, zone: Any, **more: Any) -> Json:
    to = {"DNSName": att(target, attribute), "HostedZoneId": zone, **more.pop("AliasTarget", {})}
    return resource("Route53::RecordSet", HostedZoneId=ref("Zone"), Name=name, Type="A", AliasTarget=to, **more)


def template() -> Json:
    forward = [{"Type": "forward", "TargetGroupArn": ref("Targets")}]
    page = {"ResponseCode": 503, "ResponsePagePath": "/_fallback/index.html", "ErrorCachingMinTTL": 5}
    s3_path = "arn:aws:apigateway:us-east-1:s3:path/${Bucket}/_fallback/index.html"
    mapped = {"method.response.header.Content-Type": "'text/html'", "method.response.header.Retry-After": "'120'"}
    resources = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
        **{
            f"Subnet{zone}": resource(
                "EC2::Subnet",
                VpcId=ref("Vpc"),
                CidrBlock=f"10.0.{zone}.0/24",
                AvailabilityZone={"Fn::Select": [zone, {"Fn::GetAZs": ""}]},
            )
            for zone in (0, 1)
        },
        "Secret": resource("SecretsManager::Secret", GenerateSecretString={"ExcludePunctuation": True}),
        "Zone": resource("Route53::HostedZone", Name=DOMAIN),
        "Certificate": resource(
            "CertificateManager::Certificate",
            DomainName=SITE,
            SubjectAlternativeNames=[f"*.{SITE}"],
            ValidationMethod="DNS",
            DomainValidationOptions=[{"DomainName": SITE, "HostedZoneId": ref("Zone")}],
        ),
        "Balancer": resource("ElasticLoadBalancingV2::LoadBalancer", Subnets=[ref("Subnet0"), ref("Subnet1")]),
        "Targets": resource("ElasticLoadBalancingV2::TargetGroup", VpcId=ref("Vpc"), Port=8080, Protocol="HTTP"),
        "Https": resource(
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn=ref("Balancer"),
            Port=443,
            Protocol="HTTPS",
            Certificates=[{"CertificateArn": ref("Certificate")}],
            DefaultActions=fixed("403"),
        ),
        "Http": resource(
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn=ref("Balancer"),
            Port=80,
            Protocol="HTTP",
            DefaultActions=[
                {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
            ],
        ),
        "Rule": resource(
            "ElasticLoadBalancingV2::ListenerRule",
            ListenerArn=ref("Https"),
            Priority=1,
            Conditions=[{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": HEADER, "Values": [SECRET]}}],
            Actions=forward,
        ),
        "Direct": resource(
            "ElasticLoadBalancingV2::ListenerRule",
            ListenerArn=ref("Https"),
            Priority=2,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [f"direct.{SITE}"]}}],
            Actions=forward,
        ),
        "Group": resource(
            "AutoScaling::AutoScalingGroup",
            MinSize="2",
            MaxSize="2",
            VPCZoneIdentifier=[ref("Subnet0"), ref("Subnet1")],
            TargetGroupARNs=[ref("Targets")],
            LaunchTemplate={"LaunchTemplateId": ref("Launch"), "Version": att("Launch", "LatestVersionNumber")},
        ),
        "Launch": resource("EC2::LaunchTemplate", LaunchTemplateData={"InstanceType": "t4g.small"}),
        "OriginName": alias(ORIGIN, "Balancer", "DNSName", att("Balancer", "CanonicalHostedZoneID")),
        "DirectName": alias(f"direct.{SITE}", "Balancer", "DNSName", att("Balancer", "CanonicalHostedZoneID")),
        "UncoveredName": alias(f"uncovered.{DOMAIN}", "Balancer", "DNSName", att("Balancer", "CanonicalHostedZoneID")),
        "Check": resource(
            "Route53::HealthCheck",
            HealthCheckConfig={
                "Type": "HTTPS",
                "FullyQualifiedDomainName": att("Distribution", "DomainName"),
                "ResourcePath": "/health",
            },
        ),
        "Primary": alias(
            SITE,
            "Distribution",
            "DomainName",
            "Z2FDTNDATAQYW2",
            SetIdentifier="primary",
            Failover="PRIMARY",
            HealthCheckId=ref("Check"),
        ),
        "Secondary": alias(
            SITE,
            "Name",
            "RegionalDomainName",
            att("Name", "RegionalHostedZoneId"),
            SetIdentifier="secondary",
            Failover="SECONDARY",
        ),
        "Bucket": resource("S3::Bucket"),
        "Access": resource(
            "CloudFront::OriginAccessControl",
            OriginAccessControlConfig={
                "Name": "access",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            },
        ),
        "BucketPolicy": resource(
            "S3::BucketPolicy",
            Bucket=ref("Bucket"),
            PolicyDocument={
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudfront.amazonaws.com"},
                        "Action": "s3:GetObject",
                        "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                    }
                ]
            },
        ),
        "Distribution": resource(
            "CloudFront::Distribution",
            DistributionConfig={
                "Enabled": True,
                "Aliases": [SITE],
                "Origins": [
                    {
                        "Id": identity,
                        "DomainName": name,
                        "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
                        "OriginCustomHeaders": [{"HeaderName": HEADER, "HeaderValue": SECRET}],
                    }
                    for identity, name in (("web", ORIGIN), ("uncovered", f"uncovered.{DOMAIN}"))
                ]
                + [
                    {
                        "Id": "fallback",
                        "DomainName": att("Bucket", "RegionalDomainName"),
                        "OriginAccessControlId": att("Access", "Id"),
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
                "DefaultCacheBehavior": {
                    "TargetOriginId": "web",
                    "ViewerProtocolPolicy": "redirect-to-https",
                    "AllowedMethods": ALL_METHODS,
                    "CachePolicyId": NO_CACHE,
                    "OriginRequestPolicyId": ALL_BUT_HOST,
                },
                "CacheBehaviors": [
                    {
                        "PathPattern": pattern,
                        "TargetOriginId": target,
                        "ViewerProtocolPolicy": "redirect-to-https",
                        "CachePolicyId": NO_CACHE,
                    }
                    for pattern, target in (("/_fallback/*", "fallback"), ("/uncovered/*", "uncovered"))
                ],
                "CustomErrorResponses": [{"ErrorCode": code, **page} for code in (502, 503, 504)],
            },
        ),
        "Api": resource("ApiGateway::RestApi", Name="fallback", EndpointConfiguration={"Types": ["REGIONAL"]}),
        "Any": resource(
            "ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=att("Api", "RootResourceId"),
            HttpMethod="ANY",
            AuthorizationType="NONE",
            Integration={
                "Type": "AWS",
                "IntegrationHttpMethod": "GET",
                "Uri": {"Fn::Sub": s3_path},
                "IntegrationResponses": [{"StatusCode": "503", "ResponseParameters": mapped}],
            },
            MethodResponses=[{"StatusCode": "503", "ResponseParameters": dict.fromkeys(mapped, True)}],
        ),
        "Deployment": {**resource("ApiGateway::Deployment", RestApiId=ref("Api")), "DependsOn": ["Any"]},
        "Stage": resource("ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("Deployment"), StageName="live"),
        "Name": resource(
            "ApiGateway::DomainName",
            DomainName=SITE,
            RegionalCertificateArn=ref("Certificate"),
            EndpointConfiguration={"Types": ["REGIONAL"]},
        ),
        "Mapping": resource(
            "ApiGateway::BasePathMapping", DomainName=ref("Name"), RestApiId=ref("Api"), Stage=ref("Stage")
        ),
    }
    outputs = {
        "Distribution": att("Distribution", "DomainName"),
        "Balancer": att("Balancer", "DNSName"),
        "Targets": ref("Targets"),
        "Bucket": ref("Bucket"),
        "Api": att("Name", "RegionalDomainName"),
    }
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}


@pytest.fixture(scope="module")
def site(emulator: Emulator) -> dict[str, str]:
    stacks = Stacks(emulator, ACCOUNT)
    stack = stacks.create("site", template())
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    values: dict[str, str] = stack["Values"]
    stacks.session.client("s3").put_object(
        Bucket=values["Bucket"], Key="_fallback/index.html", Body=b"friendly", ContentType="text/html"
    )
    return values


@pytest.fixture
def elbv2(emulator: Emulator) -> Any:
    return emulator.client("elbv2", ACCOUNT)


@pytest.fixture
def instances(site: dict[str, str], elbv2: Any, tmp_path: Path) -> Iterator[list[Instance]]:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    command = [sys.executable, str(script), "{port}"]
    with Instance("one", command=command) as one, Instance("two", command=command) as two:
        register(elbv2, site["Targets"], [one, two])
        yield [one, two]
    register(elbv2, site["Targets"], [])


def words(response: Response) -> list[str]:
    assert response.status == 200, response
    return response.body.split()


@pytest.mark.usefixtures("instances")
def test_through_cloudfront_to_an_origin_that_is_a_name_in_route_53(emulator: Emulator, site: dict[str, str]) -> None:
    for host in (SITE, site["Distribution"]):
        name, *asked = words(visit(emulator, host, "/a/b?c=d"))
        assert name in ("one", "two")
        assert asked == ["GET", "/a/b?c=d", ORIGIN, "https"]
    assert words(visit(emulator, SITE, "/form", "POST", body="x=1"))[1:] == ["POST", "/form", ORIGIN, "https", "x=1"]
    assert visit(emulator, SITE, "/none").status == 404


@pytest.mark.usefixtures("instances")
def test_paths_that_the_emulator_has_for_itself_are_the_sites(emulator: Emulator) -> None:
    for path in ("/health", "/_ministack/health", "/latest/meta-data/", "/_localstack/health"):
        assert words(visit(emulator, SITE, path))[2] == path


@pytest.mark.usefixtures("instances")
def test_straight_to_the_load_balancer(emulator: Emulator, site: dict[str, str]) -> None:
    refused = visit(emulator, site["Balancer"])
    assert (refused.status, refused.body) == (403, "denied")
    assert visit(emulator, site["Balancer"], headers={HEADER: "guess"}).status == 403
    assert words(visit(emulator, f"direct.{SITE}", "/x"))[1:] == ["GET", "/x", f"direct.{SITE}", "https"]
    plain = visit(emulator, f"direct.{SITE}:80", "/x?y=z")
    assert (plain.status, plain.headers["location"]) == (301, f"https://direct.{SITE}:443/x?y=z")


@pytest.mark.usefixtures("instances")
def test_plain_http_is_redirected_by_cloudfront(emulator: Emulator) -> None:
    plain = visit(emulator, f"{SITE}:80", "/x")
    assert (plain.status, plain.headers["location"]) == (301, f"https://{SITE}/x")


@pytest.mark.usefixtures("instances")
def test_certificate_of_the_origin_has_to_fit(emulator: Emulator) -> None:
    assert visit(emulator, SITE, "/uncovered/x").status == 503


def test_load_balancer_passes_over_the_dead(
    emulator: Emulator, site: dict[str, str], elbv2: Any, instances: list[Instance]
) -> None:
    assert {words(visit(emulator, SITE))[0] for _ in range(20)} == {"one", "two"}
    one, two = instances
    one.kill()
    assert states(elbv2, site, one, two) == ["unhealthy", "healthy"]
    assert {words(visit(emulator, SITE))[0] for _ in range(8)} == {"two"}
    one.restart()
    deregister(elbv2, site["Targets"], [two])
    assert {words(visit(emulator, SITE))[0] for _ in range(8)} == {"one"}


def states(elbv2: Any, site: dict[str, str], *instances: Instance) -> list[str]:
    described = elbv2.describe_target_health(TargetGroupArn=site["Targets"])["TargetHealthDescriptions"]
    by_port = {entry["Target"]["Port"]: entry["TargetHealth"]["State"] for entry in described}
    return [by_port[instance.port] for instance in instances]


def test_mock_instances_get_no_requests(
    emulator: Emulator, site: dict[str, str], elbv2: Any, instances: list[Instance]
) -> None:
    mocks = [{"Id": "i-0123456789abcdef0"}, {"Id": "i-0123456789abcdef1"}]
    elbv2.register_targets(TargetGroupArn=site["Targets"], Targets=mocks)
    assert {words(visit(emulator, SITE))[0] for _ in range(12)} <= {"one", "two"}
    deregister(elbv2, site["Targets"], instances)
    assert visit(emulator, site["Distribution"]).status == 503


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_dead_origin_gets_the_friendly_page(
    emulator: Emulator, site: dict[str, str], instances: list[Instance], method: str
) -> None:
    for instance in instances:
        instance.kill()
    page = visit(emulator, site["Distribution"], "/any/path", method, body="x=1" if method == "POST" else None)
    assert (page.status, page.body, page.headers["content-type"]) == (503, "friendly", "text/html")


def test_dns_fails_over_while_the_health_check_fails(
    emulator: Emulator, site: dict[str, str], instances: list[Instance]
) -> None:
    assert "retry-after" not in visit(emulator, SITE).headers
    for instance in instances:
        instance.kill()
    page = visit(emulator, SITE)
    assert (page.status, page.body, page.headers["retry-after"]) == (503, "friendly", "120")
    instances[0].start()
    assert words(visit(emulator, SITE))[0] == "one"
    # A visitor that still has the other address.
    assert visit(emulator, SITE, address=site["Api"]).headers["retry-after"] == "120"


def test_unknown_names_are_nobodys(emulator: Emulator, site: dict[str, str]) -> None:
    assert visit(emulator, "www.other.example", address=site["Distribution"]).status == 403
    assert visit(emulator, "www.other.example", address=site["Api"]).status == 403
