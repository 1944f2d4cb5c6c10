"""`check`: what servers need to boot, their image and their secrets."""

import json
from typing import Any

from tests.cli.checking_harness import Harness, reported

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SECRETS = "Resources.Site.Properties.WebServers.Environment.Secrets"
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:a"},
    "layers": [],
}


def of_image(harness: Harness, image: Any) -> dict[str, str]:
    return reported(harness.of_site({"WebServers": {"Container": {"Image": image}}}))


def of_secrets(harness: Harness, **secrets: Any) -> dict[str, str]:
    servers = {"UserData": "true", "Environment": {"Secrets": secrets}}
    return reported(
        harness.of_site({"WebServers": servers}), "Resources.Site.Properties.WebServers.Environment.Secrets."
    )


def test_image(harness: Harness) -> None:
    ecr = harness.aws("ecr")
    missing = {"WebServers.Container.Image": f"error: Amazon ECR has no {HOST}/shop:1; push it first"}
    assert of_image(harness, f"{HOST}/shop:1") == missing
    ecr.create_repository(repositoryName="shop", registryId="123456789012")
    assert of_image(harness, f"{HOST}/shop:1") == missing
    put = {
        "repositoryName": "shop",
        "registryId": "123456789012",
        "imageTag": "1",
        "imageManifest": json.dumps(MANIFEST),
    }
    digest = ecr.put_image(**put)["image"]["imageId"]["imageDigest"]
    (found,) = of_image(harness, f"{HOST}/shop:1").values()
    assert found.startswith(f"warning: found {HOST}/shop:1, whose tag can move")
    assert of_image(harness, f"{HOST}/shop@{digest}") == {}
    assert of_image(harness, f"{HOST}/shop:1@{digest}") == {}
    (found,) = of_image(harness, f"{HOST}/shop@sha256:{'0' * 64}").values()
    assert found.startswith("error: Amazon ECR has no ")


def test_image_of_a_public_registry_has_only_its_tag_looked_at(harness: Harness) -> None:
    (found,) = of_image(harness, "public.ecr.aws/nginx/nginx:1.29").values()
    assert found.startswith("warning: ")
    assert of_image(harness, f"public.ecr.aws/nginx/nginx@sha256:{'0' * 64}") == {}


def test_secrets(harness: Harness) -> None:
    manager = harness.aws("secretsmanager")
    missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf"
    parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/license"
    assert of_secrets(harness, A=f"{missing}:key::", B=parameter) == {
        "A": f"error: there is no secret {missing}; create it first",
        "B": f"error: there is no parameter {parameter}; create it first",
    }
    arn = manager.create_secret(Name="shop", SecretString="{}")["ARN"]
    harness.aws("ssm").put_parameter(Name="/shop/license", Value="x", Type="SecureString")
    assert of_secrets(harness, A=arn, B=parameter, C=f"{arn}:key") == {}
    manager.delete_secret(SecretId="shop")
    assert of_secrets(harness, A=arn) == {
        "A": f"error: the secret {arn} is scheduled for deletion; restore it, or use another"
    }


def test_secret_that_is_not_known_yet_is_said_and_keeps_no_other_from_being_checked(harness: Harness) -> None:
    missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf"
    servers = {"UserData": "true", "Environment": {"Secrets": {"A": {"Fn::ImportValue": "secret"}, "B": missing}}}
    report = harness.of_site({"WebServers": servers})
    assert f"{SECRETS}.A" in [skipped.path for skipped in report.not_checked]
    assert f"{SECRETS}.B" in [finding.path for finding in report.findings]
