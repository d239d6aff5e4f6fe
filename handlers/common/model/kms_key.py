"""Patterns of KMS keys' ids, aliases and ARNs."""

ARN = "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
KEY = rf"key/({UUID}|mrk-[0-9a-f]{{32}})"
ALIAS = "alias/[0-9A-Za-z_/-]{1,250}"
