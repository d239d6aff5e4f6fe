"""Default encryption of buckets; moto has none until one is set, and does not keep the blocked encryption types.

Each bucket encrypts with SSE-S3 unless another default is set, and blocks SSE-C (S3 User Guide, "Setting default
server-side encryption behavior" and "Blocking or unblocking SSE-C"). A write without blocked types keeps the present.
"""

import copy
from contextlib import ExitStack
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.core.utils import ensure_boolean
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

NEW: dict[str, Any] = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
        "BlockedEncryptionTypes": {"EncryptionType": "SSE-C"},
    }
}

_init, _put = FakeBucket.__init__, S3Backend.put_bucket_encryption


def _init_encrypted(self: FakeBucket, *arguments: Any, **named: Any) -> None:
    _init(self, *arguments, **named)
    self.encryption = copy.deepcopy(NEW)


def _put_encryption(self: S3Backend, bucket_name: str, encryption: dict[str, Any]) -> None:
    current = (self.get_bucket(bucket_name).encryption or NEW)["Rule"]
    blocked = {"BlockedEncryptionTypes": current["BlockedEncryptionTypes"]}
    _put(self, bucket_name, {**encryption, "Rule": {**blocked, **encryption["Rule"]}})


def _delete_encryption(self: S3Backend, bucket_name: str) -> None:
    self.get_bucket(bucket_name).encryption = copy.deepcopy(NEW)


def _get_encryption(self: S3Response) -> Any:
    self.data["Action"] = "GetBucketEncryption"
    rule = (self.backend.get_bucket_encryption(self.bucket_name) or NEW)["Rule"]
    blocked = rule["BlockedEncryptionTypes"]["EncryptionType"]
    answer = {
        "ApplyServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
        "BucketKeyEnabled": ensure_boolean(rule.get("BucketKeyEnabled")),
        "BlockedEncryptionTypes": {"EncryptionType": [blocked] if isinstance(blocked, str) else blocked},
    }
    return self.serialized(ActionResult({"ServerSideEncryptionConfiguration": {"Rules": [answer]}}))


def apply(stack: ExitStack) -> None:
    """Patches moto until the stack is closed."""
    stack.enter_context(mock.patch.object(FakeBucket, "__init__", _init_encrypted))
    stack.enter_context(mock.patch.object(S3Backend, "put_bucket_encryption", _put_encryption))
    stack.enter_context(mock.patch.object(S3Backend, "delete_bucket_encryption", _delete_encryption))
    stack.enter_context(mock.patch.object(S3Response, "get_bucket_encryption", _get_encryption))
