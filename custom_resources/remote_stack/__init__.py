"""Keeps a small stack in another Region than the stack's own, since CloudFormation makes nothing outside its Region.

`handler` is CloudFormation's door; `properties` reads the request, `stack` names and describes stacks, `deploy` creates
and updates them, `removal` deletes them with what is in their buckets, `waiting` is the patience, and `failures` says
what to do when it fails.
"""
