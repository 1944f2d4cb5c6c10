"""How gunicorn runs the application. On SIGTERM, it takes no new requests, and ends after the open ones."""

import os

bind = f"0.0.0.0:{os.environ['WEB_PORT']}"
# Processes, and the requests that each answers at the same time.
workers = 2
threads = 8
worker_class = "gthread"
# Longer than the load balancer keeps idle connections (60 seconds): it must be the one that closes them.
keepalive = 75
# For open requests, after SIGTERM. A container has 30 seconds in all.
graceful_timeout = 25
# To the standard output.
accesslog = "-"
# It would be in the home folder, which the service's user does not have.
control_socket_disable = True
