"""What the two halves of a site with a copy in another Region know about each other.

`handler` is the Lambda entry point, `properties` reads the request, `published` reads the values from Parameter Store,
`replicated` refuses the deletion of a database with replicas in other Regions, and `backups` finds the backups that
were replicated to this one.
"""
