"""Custom resources under fault: their functions as real processes, behind a proxy that refuses, resets, delays, cuts,
spoils and kills (`python -m tests.faults` prints the table).

A function asks the emulator's S3 and CloudFormation, or fakes of ACM, Route 53, EventBridge, Lambda and of its own
stack, through `proxy.py`; its answer goes through another one to a response URL with HTTPS. `trial.py` sends what
CloudFormation and Lambda would send: the same event again after a run that was ended, Delete with the id of a creation
that failed, the old properties after an update that failed. `promises.py` says what every answer has to be. After each
request that was passed on, visitors get what they got before, or what they get in the end.

A new row is a `Case` in one of the `*_cases.py`: steps, the fault that each meets, its answer, and what is left.

Inside a process, time goes faster (`lambda_process.py`), so that the time-outs in force are the production ones.

What is weaker than on AWS:
- Lambda's retries of an asynchronous invocation come at once, not after a minute or two;
- the functions' permissions and the signatures of requests are not checked;
- processor time counts as much more than it is, as it is scaled too: the seconds of quick answers are too long;
- the emulator's stacks take no time to speak of, so that little comes between a call and its end.
"""
