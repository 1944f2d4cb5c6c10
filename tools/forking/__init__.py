"""Starts Python processes in milliseconds: as forks of a process that has already imported boto3.

Importing it takes most of the time of a short process. A fork has its own environment, folder, standard streams and
exit status, and can be killed, like any other process (`process.py`).
"""
