# Downloads RDS's certificate authorities, with which the application verifies its database. A server that can't reach
# them goes on: applications that don't need the file still work.

ca=/etc/resilient-website/rds-ca.pem
curl --silent --fail --retry 3 --max-time 60 --output $ca \
  https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem || echo "can't download $ca" >&2
