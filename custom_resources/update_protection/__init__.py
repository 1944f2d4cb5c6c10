"""Refuses an update of a stack that would replace or delete a store, before CloudFormation comes to the store.

`handler` is CloudFormation's door, `properties` reads the request, and `losses` compares the stores as they were with
what they would become.
"""
