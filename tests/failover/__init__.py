"""Failover that runs: clients keep asking for a deployed site while parts of it fail, and what they get is compared
with what the availability model says (`python -m tests.failover` prints the table).

A request takes its whole way: a DNS query over UDP to `name_server.py`, which answers from the deployed Route 53
records and its own health checks; a TLS handshake, which the client validates, with the front door that the address
belongs to (`front_addresses.py`); the emulator's CloudFront, load balancer, S3 or API Gateway; a process as the web
server, with a real MariaDB and Redis behind it.

A second of AWS lasts `scale.SECOND` of a second here: intervals, time to live, the time until CloudFront gives up on
an origin, and the time that a failover of RDS or ElastiCache takes.

What is weaker than on AWS:
- one health checker asks in place of some fifteen all over the world, and a check's own time-outs are not scaled;
- nothing is cached by CloudFront, so that an answer that AWS would give from its cache is not seen;
- the load balancer stops sending requests to a dead server at once, without its own health checks: the model's
  time for these is checked as an upper bound only;
- the certificates are for the names that the deployed ones are for, but of an authority of the test's own;
- IPv6 addresses are IPv4 ones mapped (::ffff:127.0.0.2), and clients connect by IPv4;
- the load balancer can lose a zone's address for visitors, not for CloudFront;
- the standby of a Multi-AZ database is the same MariaDB, started again after the time that RDS takes;
- in the story of a lost Region, CloudFront sees the failover name turn at once, and a replica that is behind applies
  nothing, but receives everything;
- servers get the addresses of MariaDB and Redis, not the endpoints of the emulator's RDS and ElastiCache; a group's
  servers are started and stopped by the test, since the emulator's Auto Scaling does neither.
"""
