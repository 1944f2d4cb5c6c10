"""Creates an ACM certificate in a Region other than the stack's: CloudFront only accepts certificates from us-east-1.

Two custom resources share the function, so that IAM can name the one certificate that the function may delete:

- `Custom::CertificateRequest` (`request_handler`) requests the certificate and waits until it is issued. Its Ref is the
  certificate's ARN. The function has no permission to tag or delete a certificate at that time.
- A policy in the stack then allows the function to tag and delete the certificate that this Ref names.
- `Custom::Certificate` (`certificate_handler`) tags the certificate and deletes it. Resources that use the certificate
  refer to this one, so CloudFormation deletes in this order: those resources, the certificate, the policy, the request.

`handler` dispatches between the two. `properties` and `arns` read the request, `issuance` requests and validates a
certificate, `tags` replaces its tags, `removal` deletes it, `waiting` schedules the next call of the function,
`clients` creates the boto3 clients, and `failures` words the error messages.
"""
