"""Shows the logs of a deployed site's servers, database, load balancer and functions, ordered by time."""
