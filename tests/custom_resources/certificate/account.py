"""What is in the account that the certificate's function works in."""

from tests.custom_resources.fake_aws import FakeAws, FakeCertificate


def only(aws: FakeAws) -> FakeCertificate:
    (certificate,) = aws.certificates.values()
    return certificate
