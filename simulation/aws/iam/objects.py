"""IAM requests of S3 calls, including those to KMS for an encrypted bucket."""

from simulation.aws.iam.call import Asked, Call
from simulation.aws.iam.conditions import Value
from simulation.aws.iam.policy import Request


def on_bucket(action: str) -> Asked:
    """Returns the function for operations with one request, on the bucket."""
    return lambda call: [call.request(action, _bucket(call))]


def list_objects(call: Call) -> list[Request]:
    """Returns the request of a listing: on the bucket, with the prefix as a condition key."""
    return [call.request("s3:ListBucket", _bucket(call), **{"s3:prefix": call.parameters.get("Prefix", "")})]


def get_object(call: Call) -> list[Request]:
    """Returns the requests of reading an object."""
    key = call.directory.bucket_key(call.parameters["Bucket"])
    return [call.request("s3:GetObject", _object(call)), *call.key_use(key, "s3", "kms:Decrypt")]


def put_object(call: Call) -> list[Request]:
    """Returns the requests of writing an object; the header If-None-Match is a condition key."""
    context: dict[str, Value] = {}
    if "IfNoneMatch" in call.parameters:
        context["s3:if-none-match"] = call.parameters["IfNoneMatch"]
    key = call.directory.bucket_key(call.parameters["Bucket"])
    put = call.request("s3:PutObject", _object(call), **context)
    return [put, *call.key_use(key, "s3", "kms:GenerateDataKey")]


def delete_object(call: Call) -> list[Request]:
    """Returns the request of deleting an object or a version, which is a different action."""
    action = "s3:DeleteObjectVersion" if "VersionId" in call.parameters else "s3:DeleteObject"
    return [call.request(action, _object(call))]


def delete_objects(call: Call) -> list[Request]:
    """Returns a request for each of the deleted objects."""
    return [
        call.request(
            "s3:DeleteObjectVersion" if "VersionId" in each else "s3:DeleteObject", f"{_bucket(call)}/{each['Key']}"
        )
        for each in call.parameters["Delete"]["Objects"]
    ]


WRITES: dict[str, Asked] = {
    "CompleteMultipartUpload": put_object,
    "CopyObject": put_object,
    "CreateMultipartUpload": put_object,
    "DeleteObject": delete_object,
    "DeleteObjects": delete_objects,
    "PutObject": put_object,
    "UploadPart": put_object,
    "UploadPartCopy": put_object,
}
"""Every operation that writes or deletes an object, with its requests on that object."""


def _bucket(call: Call) -> str:
    return f"arn:{call.directory.partition}:s3:::{call.parameters['Bucket']}"


def _object(call: Call) -> str:
    return f"{_bucket(call)}/{call.parameters['Key']}"
