"""The identifiers of KMS keys, as RDS, ElastiCache and EFS accept them: the ARN or id of a key, or an alias.

Sources: "CreateFileSystem" in the Amazon EFS API Reference, KmsKeyId; "CreateDBInstance" in the Amazon RDS API
Reference, KmsKeyId; "CreateAlias" in the AWS KMS API Reference, AliasName.
"""

from resilient_website.reading.property_types import Text

_KEY_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"
_ALIAS = r"alias/[a-zA-Z0-9/_-]+"
_PATTERN = rf"{_KEY_ID}|{_ALIAS}|arn:aws[-a-z]*:kms:[a-z0-9-]+:[0-9]{{12}}:(key/({_KEY_ID})|{_ALIAS})"

KMS_KEY = Text("the ARN, id or alias of a KMS key", _PATTERN, longest=2048)
