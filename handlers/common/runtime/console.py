"""Links to the AWS Management Console, by partition."""

from urllib.parse import quote

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}


def resource_link(partition: str, region: str, resource_type: str, resource_id: str) -> str:
    """Returns the link to a resource's timeline in AWS Config, or a description if the console is unknown."""
    console = CONSOLES.get(partition)
    if console is None:
        return f"AWS Config console of partition {partition}, region {region}"
    query = f"resourceId={quote(resource_id, safe='')}&resourceType={quote(resource_type, safe='')}"
    return f"https://{region}.{console}/config/home?region={region}#/resources/timeline?{query}"


def listings_link(partition: str, region: str, bucket: str, prefix: str) -> str:
    """Returns the link to a prefix of a bucket, or a description if the console is unknown."""
    console = CONSOLES.get(partition)
    if console is None:
        return f"S3 console of partition {partition}, region {region}"
    return f"https://{region}.{console}/s3/buckets/{bucket}?region={region}&prefix={quote(prefix, safe='')}"
