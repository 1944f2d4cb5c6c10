"""`check`: what servers need to boot, their image and their secrets."""

import hashlib
import json
from typing import Any

from cli.image_platforms import lacking
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


def platforms(*architectures: str) -> dict[str, Any]:
    """Return the manifest of an image for some platforms."""
    kind = "application/vnd.oci.image.index.v1+json"
    listed = [
        {"mediaType": kind, "size": 1, "digest": "sha256:a", "platform": {"os": "linux", "architecture": each}}
        for each in architectures
    ]
    return {"schemaVersion": 2, "mediaType": kind, "manifests": listed}


def pushed(ecr: Any, manifest: dict[str, Any]) -> str:
    """Put an image into the repository, and return its digest: that of its text, as moto has only 101 of its own."""
    text = json.dumps(manifest)
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    image = {"repositoryName": "shop", "registryId": "123456789012", "imageManifest": text, "imageDigest": digest}
    return str(ecr.put_image(**image, imageTag=str(len(text)))["image"]["imageId"]["imageDigest"])


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


def test_image_of_a_canary(harness: Harness) -> None:
    def reported_of(image: str, **servers: Any) -> dict[str, str]:
        written = {"Container": {"Image": f"public.ecr.aws/shop@sha256:{'0' * 64}"}, "Canary": {"Image": image}}
        return reported(harness.of_site({"WebServers": {**written, **servers}}))

    ecr = harness.aws("ecr")
    ecr.create_repository(repositoryName="shop", registryId="123456789012")
    assert reported_of(f"{HOST}/shop:2") == {
        "WebServers.Canary.Image": f"error: Amazon ECR has no {HOST}/shop:2; push it first"
    }
    digest = pushed(ecr, platforms("amd64"))
    (found,) = reported_of(f"{HOST}/shop@{digest}").values()
    assert "it is built for amd64, but the servers are arm64" in found
    assert reported_of(f"{HOST}/shop@{digest}", InstanceType="m7i.large") == {}


def test_image_for_another_architecture(harness: Harness) -> None:
    ecr = harness.aws("ecr")
    ecr.create_repository(repositoryName="shop", registryId="123456789012")
    digest = pushed(ecr, platforms("amd64"))
    assert of_image(harness, f"{HOST}/shop@{digest}") == {
        "WebServers.Container.Image": f"error: found {HOST}/shop@{digest}: it is built for amd64, but the servers are "
        "arm64; build it with `docker buildx build --platform linux/arm64`, or change InstanceType"
    }
    digest = pushed(ecr, platforms("amd64", "arm64"))
    assert of_image(harness, f"{HOST}/shop@{digest}") == {}


def test_manifest_without_the_names_of_platforms_says_nothing() -> None:
    for manifest in ("", "{}", '{"manifests": null}', '{"manifests": [{}, {"platform": null}]}'):
        assert lacking(manifest, "arm64") is None


def test_archive_of_a_canary(harness: Harness) -> None:
    s3 = harness.aws("s3")
    s3.create_bucket(Bucket="shop-releases")
    s3.put_object(Bucket="shop-releases", Key="1.zip", Body=b"1")
    artifact = {"Bucket": "shop-releases", "Key": "1.zip", "Command": "./start"}
    site = {"WebServers": {"Artifact": artifact, "Canary": {"Key": "2.zip"}}}
    missing = {"WebServers.Canary.Key": "error: the bucket shop-releases has no 2.zip; upload it first"}
    assert reported(harness.of_site(site)) == missing
    s3.put_object(Bucket="shop-releases", Key="2.zip", Body=b"2")
    assert reported(harness.of_site(site)) == {}


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
