"""A night on call that runs: things break at a deployed site while clients keep asking, its alarms fire, and what the
on-call runbook says is run, as it is written there (`python -m tests.night` prints the table).

The commands are cut out of docs/on-call.md and run by a shell, with the AWS CLI and this project's command line; only
what the page shows as an example is replaced (the stack's name, an instance, a zone, a time). The section comes from
the text of the alarm that fired. A request takes its way through the emulator's CloudFront and load balancer to a
process of a small shop, which writes an order for each page into a real MariaDB.

A second of AWS lasts `scale.SECOND` (tests/failover) of a second here: alarms' periods, waits of commands, and the
detection of a failed database. A minute is about 0.75 seconds, so that what this machine needs for itself counts eighty
times: the minutes from an alarm until pages are back are for comparison, and no promise.

What is weaker than on AWS:
- metrics are what the clients and the load balancer see here, and alarms are evaluated by `alarms.py` from their
  deployed properties; delays of CloudWatch's metrics are left out, and the periods of a minimum or a maximum are three
  times shorter;
- servers boot at once, and RDS restores, renames and modifies at once: on AWS these take minutes to hours;
- MariaDB's own binary log restores the data to a point in time, in place of RDS's backups;
- a zone is lost for the servers in it and for the primary database, not for the load balancer's own nodes. Both the
  primary and its standby are real, and replication is semisynchronous, so that a commit is acknowledged only after the
  standby has it (`multi_az.py`); RDS copies blocks instead. RDS's detection is the time that a failover takes at least;
- a disk is a file system of limited size in memory: 32 MiB on a server, 5 MiB for a GiB of the database. RDS stops a
  database that is full, MariaDB goes on and refuses what needs room. Its binary log is not on that disk, and RDS's
  storage autoscaling does not happen: the scene is about the case that it did not help.
"""
