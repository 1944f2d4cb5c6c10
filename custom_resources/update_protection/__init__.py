"""Rejects a stack update that would replace or delete a data store, before CloudFormation changes the store.

`handler` is the Lambda entry point, `properties` reads the request, and `replaced_stores` compares the stores before
and after the update.
"""
