"""Read and write actions of the provider, by Terraform resource type.

They are the provider's calls for the arguments that this stack uses. Actions `anywhere` have no resource-level
permissions in the Service Authorization Reference. An ARN ends in * only if AWS generates the ID.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Actions, separated by spaces, without a prefix unless they belong to another service.

    `of` is the type whose ARNs the actions apply to, if different. `arn` has templates of partition, region, account
    and the resource's arguments, separated by spaces; `bus` is a rule's custom event bus and a slash, or empty.
    """

    service: str
    reads: str = ""
    writes: str = ""
    arn: str = ""
    of: str = ""
    anywhere_reads: str = ""
    anywhere_writes: str = ""

    def actions(self, *which: str) -> list[str]:
        """Returns the actions of the given fields, with service prefixes."""
        names = [name for each in which for name in str(getattr(self, each)).split()]
        return [name if ":" in name else f"{self.service}:{name}" for name in names]


S3_BUCKET_READS = (
    "ListBucket GetBucketLocation GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning "
    "GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration "
    "GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration GetBucketTagging "
    "GetBucketPolicy"
)

# Calls that AWS Config makes on behalf of the caller who deploys to an organization (AWS Config API Reference,
# PutOrganizationConfigRule and PutConfigurationAggregator).
ORGANIZATION = (
    "organizations:DescribeOrganization organizations:EnableAWSServiceAccess organizations:ListDelegatedAdministrators"
)

TABLE: dict[str, Entry] = {
    "aws_cloudwatch_dashboard": Entry(
        "cloudwatch",
        "GetDashboard",
        "PutDashboard DeleteDashboards",
        "arn:{partition}:cloudwatch::{account}:dashboard/{dashboard_name}",
    ),
    "aws_cloudwatch_event_bus": Entry(
        "events",
        "DescribeEventBus ListTagsForResource",
        "CreateEventBus DeleteEventBus UpdateEventBus TagResource UntagResource",
        "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    ),
    "aws_cloudwatch_event_bus_policy": Entry(
        "events", "DescribeEventBus", of="aws_cloudwatch_event_bus", anywhere_writes="PutPermission RemovePermission"
    ),
    "aws_cloudwatch_event_permission": Entry(
        "events",
        "DescribeEventBus",
        arn="arn:{partition}:events:{region}:{account}:event-bus/default",
        anywhere_writes="PutPermission RemovePermission",
    ),
    "aws_cloudwatch_event_rule": Entry(
        "events",
        "DescribeRule ListTagsForResource",
        "PutRule DeleteRule EnableRule DisableRule TagResource UntagResource",
        "arn:{partition}:events:{region}:{account}:rule/{bus}{name}",
    ),
    "aws_cloudwatch_event_target": Entry(
        "events", "ListTargetsByRule", "PutTargets RemoveTargets", of="aws_cloudwatch_event_rule"
    ),
    "aws_cloudwatch_log_group": Entry(
        "logs",
        "ListTagsForResource",
        "CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey TagResource UntagResource",
        # Actions other than those on tags apply to the second form (CloudWatch Logs API Reference, LogGroup).
        "arn:{partition}:logs:{region}:{account}:log-group:{name} "
        "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
        anywhere_reads="DescribeLogGroups",
    ),
    "aws_cloudwatch_metric_alarm": Entry(
        "cloudwatch",
        "DescribeAlarms ListTagsForResource",
        "PutMetricAlarm DeleteAlarms TagResource UntagResource",
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}",
    ),
    "aws_config_aggregate_authorization": Entry(
        "config",
        "ListTagsForResource",
        "PutAggregationAuthorization DeleteAggregationAuthorization TagResource UntagResource",
        "arn:{partition}:config:{region}:{account}:aggregation-authorization/{account_id}/{authorized_aws_region}",
        anywhere_reads="DescribeAggregationAuthorizations",
    ),
    "aws_config_config_rule": Entry(
        "config",
        "ListTagsForResource",
        "PutConfigRule DeleteConfigRule TagResource UntagResource",
        "arn:{partition}:config:{region}:{account}:config-rule/*",
        anywhere_reads="DescribeConfigRules",
    ),
    "aws_config_configuration_aggregator": Entry(
        "config",
        "ListTagsForResource",
        "PutConfigurationAggregator DeleteConfigurationAggregator TagResource UntagResource",
        "arn:{partition}:config:{region}:{account}:config-aggregator/*",
        anywhere_reads="DescribeConfigurationAggregators",
    ),
    "aws_config_configuration_recorder": Entry(
        "config",
        "DescribeConfigurationRecorders",
        "PutConfigurationRecorder DeleteConfigurationRecorder",
        "arn:{partition}:config:{region}:{account}:configuration-recorder/{name}/*",
    ),
    "aws_config_configuration_recorder_status": Entry(
        "config",
        "DescribeConfigurationRecorderStatus",
        "StartConfigurationRecorder StopConfigurationRecorder",
        of="aws_config_configuration_recorder",
    ),
    "aws_config_delivery_channel": Entry(
        "config",
        anywhere_reads="DescribeDeliveryChannels",
        anywhere_writes="PutDeliveryChannel DeleteDeliveryChannel",
    ),
    "aws_config_organization_custom_policy_rule": Entry(
        "config",
        "GetOrganizationConfigRuleDetailedStatus GetOrganizationCustomRulePolicy",
        "PutOrganizationConfigRule DeleteOrganizationConfigRule",
        "arn:{partition}:config:{region}:{account}:organization-config-rule/*",
        anywhere_reads="DescribeOrganizationConfigRules DescribeOrganizationConfigRuleStatuses",
        anywhere_writes=ORGANIZATION,
    ),
    "aws_config_organization_managed_rule": Entry(
        "config",
        "GetOrganizationConfigRuleDetailedStatus",
        "PutOrganizationConfigRule DeleteOrganizationConfigRule",
        "arn:{partition}:config:{region}:{account}:organization-config-rule/*",
        anywhere_reads="DescribeOrganizationConfigRules DescribeOrganizationConfigRuleStatuses",
        anywhere_writes=ORGANIZATION,
    ),
    "aws_dynamodb_table": Entry(
        "dynamodb",
        "DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource",
        "CreateTable DeleteTable UpdateTable UpdateContinuousBackups UpdateTimeToLive TagResource UntagResource",
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    ),
    "aws_iam_policy": Entry(
        "iam",
        "GetPolicy GetPolicyVersion ListPolicyVersions ListPolicyTags",
        "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion TagPolicy UntagPolicy",
        "arn:{partition}:iam::{account}:policy/{name}",
    ),
    "aws_iam_role": Entry(
        "iam",
        "GetRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole",
        "CreateRole DeleteRole UpdateAssumeRolePolicy UpdateRole TagRole UntagRole",
        "arn:{partition}:iam::{account}:role/{name}",
    ),
    "aws_iam_role_policy": Entry("iam", "GetRolePolicy", "PutRolePolicy DeleteRolePolicy", of="aws_iam_role"),
    "aws_iam_role_policy_attachment": Entry(
        "iam", "ListAttachedRolePolicies", "AttachRolePolicy DetachRolePolicy", of="aws_iam_role"
    ),
    "aws_kms_alias": Entry(
        "kms",
        "",
        "CreateAlias DeleteAlias UpdateAlias",
        "arn:{partition}:kms:{region}:{account}:{name}",
        anywhere_reads="ListAliases",
    ),
    "aws_kms_key": Entry(
        "kms",
        "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
        "PutKeyPolicy EnableKeyRotation UpdateKeyDescription ScheduleKeyDeletion TagResource UntagResource CreateAlias "
        "DeleteAlias UpdateAlias CreateGrant Encrypt Decrypt GenerateDataKey GenerateDataKeyWithoutPlaintext "
        "ReEncryptFrom ReEncryptTo",
        "arn:{partition}:kms:{region}:{account}:key/*",
        anywhere_writes="CreateKey",
    ),
    "aws_lambda_event_source_mapping": Entry(
        "lambda",
        "GetEventSourceMapping ListTags",
        "UpdateEventSourceMapping DeleteEventSourceMapping TagResource UntagResource",
        "arn:{partition}:lambda:{region}:{account}:event-source-mapping:*",
        anywhere_writes="CreateEventSourceMapping",
    ),
    "aws_lambda_function": Entry(
        "lambda",
        "GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction ListTags",
        "CreateFunction DeleteFunction UpdateFunctionCode UpdateFunctionConfiguration TagResource UntagResource",
        "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
    ),
    "aws_lambda_function_event_invoke_config": Entry(
        "lambda",
        "GetFunctionEventInvokeConfig",
        "PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig",
        of="aws_lambda_function",
    ),
    "aws_lambda_permission": Entry("lambda", "GetPolicy", "AddPermission RemovePermission", of="aws_lambda_function"),
    "aws_s3_bucket": Entry(
        "s3",
        S3_BUCKET_READS,
        "CreateBucket DeleteBucket PutBucketTagging ListBucketVersions",
        "arn:{partition}:s3:::{bucket}",
    ),
    "aws_s3_bucket_lifecycle_configuration": Entry("s3", "", "PutLifecycleConfiguration", of="aws_s3_bucket"),
    "aws_s3_bucket_notification": Entry("s3", "GetBucketNotification", "PutBucketNotification", of="aws_s3_bucket"),
    "aws_s3_bucket_ownership_controls": Entry(
        "s3", "GetBucketOwnershipControls", "PutBucketOwnershipControls", of="aws_s3_bucket"
    ),
    "aws_s3_bucket_policy": Entry("s3", "", "PutBucketPolicy DeleteBucketPolicy", of="aws_s3_bucket"),
    "aws_s3_bucket_public_access_block": Entry(
        "s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock", of="aws_s3_bucket"
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Entry(
        "s3", "", "PutEncryptionConfiguration", of="aws_s3_bucket"
    ),
    "aws_s3_bucket_versioning": Entry("s3", "", "PutBucketVersioning", of="aws_s3_bucket"),
    "aws_sns_topic": Entry(
        "sns",
        "GetTopicAttributes ListTagsForResource",
        "CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource",
        "arn:{partition}:sns:{region}:{account}:{name}",
    ),
    "aws_sns_topic_policy": Entry("sns", "GetTopicAttributes", "SetTopicAttributes", of="aws_sns_topic"),
    "aws_sns_topic_subscription": Entry(
        "sns",
        "GetSubscriptionAttributes ListSubscriptionsByTopic",
        "Subscribe Unsubscribe SetSubscriptionAttributes",
        of="aws_sns_topic",
    ),
    "aws_sqs_queue": Entry(
        "sqs",
        "GetQueueUrl GetQueueAttributes ListQueueTags",
        "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
        "arn:{partition}:sqs:{region}:{account}:{name}",
    ),
    "aws_sqs_queue_policy": Entry("sqs", "GetQueueAttributes", "SetQueueAttributes", of="aws_sqs_queue"),
    "aws_ssm_parameter": Entry(
        "ssm",
        "GetParameter ListTagsForResource",
        "PutParameter DeleteParameter AddTagsToResource RemoveTagsFromResource",
        "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
        anywhere_reads="DescribeParameters",
    ),
}
