"""Makes an ACM certificate in another Region than the stack's, since CloudFront takes its own from us-east-1 only.

Two custom resources share the function, so that IAM can name the one certificate that the function may delete:

- `Custom::CertificateRequest` (`request_handler`) requests the certificate and waits until it is issued. Its Ref is the
  certificate's ARN. The function has no right to tag or delete a certificate at that time.
- A policy of the stack then allows the function to tag and delete what that Ref names.
- `Custom::Certificate` (`certificate_handler`) tags the certificate, and deletes it. What uses the certificate refers
  to this resource, so that CloudFormation deletes in the order: the users, the certificate, the policy, the request.

`handler` chooses between the two. `properties` and `arns` read what is asked for, `issuance` requests and validates,
`tags` and `removal` do what their names say, `waiting` has the function called again, `clients` makes the clients, and
`failures` says what to do when something fails.
"""
