"""Rejects a stack update that would replace or delete a data store, before CloudFormation changes the store.

`handler` is the Lambda entry point, `properties` reads the request, `replaced_stores` compares the stores before and
after the update, and `dropped_copy` refuses an update that drops a copy in another Region while the halves replicate.
"""
