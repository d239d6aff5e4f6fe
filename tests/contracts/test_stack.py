"""Properties of the whole synthesized stack."""

import filecmp
import json
import re
from pathlib import Path

from handlers.rules import RULES
from modules.app import synthesize
from settings.model import Settings
from settings.resource_names import FIFO
from tests.support.resources import Document, all_resources, of_type

Environments = dict[str, Settings]

AUDIT_DAYS = {"dev": 30, "prod": 1827}


def kept_in_reports(environment: str) -> dict[str, int]:
    audit = dict.fromkeys(("approvals/", "audit/", "plans/"), AUDIT_DAYS[environment])
    return dict.fromkeys(("reports/", "scores/", "summaries/"), 30) | audit | {"working/": 1}


NAME_ARGUMENTS = ("name", "bucket", "function_name", "alarm_name", "dashboard_name")
NAMED_OTHERWISE = ("aws_iam_role_policy.", "aws_lambda_permission.")


def test_every_bucket_says_what_s3_does_of_itself(document: Document) -> None:
    """S3 blocks SSE-C for new buckets; the provider's argument is no computed one, so every plan would take it away."""
    found = of_type(document, "aws_s3_bucket_server_side_encryption_configuration")
    assert [rule["blocked_encryption_types"] for each in found.values() for rule in each["rule"]] == [["SSE-C"]] * 2


def test_two_syntheses_are_the_same_to_the_byte(environments: Environments, output: Path, tmp_path: Path) -> None:
    synthesize(environments.values(), tmp_path / "again")
    files = sorted(path.relative_to(output) for path in output.rglob("*") if path.is_file())
    assert files
    _, differing, missing = filecmp.cmpfiles(output, tmp_path / "again", files, shallow=False)
    assert (differing, missing) == ([], [])


def test_nothing_of_this_machine_is_in_it(stacks: dict[str, Path], environment: str) -> None:
    text = (stacks[environment] / "cdk.tf.json").read_text()
    assert str(Path(__file__).parent.parent.parent) not in text
    assert str(Path.home()) not in text


def test_every_name_carries_environment_and_suffix(document: Document, environment: str) -> None:
    for address, arguments in all_resources(document):
        for argument in NAME_ARGUMENTS:
            name = arguments.get(argument)
            if name and not name.startswith("${") and not address.startswith(NAMED_OTHERWISE):
                assert name.removesuffix(FIFO).endswith(f"-{environment}-ew1"), f"{address}: {argument} = {name}"


def test_every_resource_gets_the_three_tags(document: Document, environments: Environments, environment: str) -> None:
    settings = environments[environment]
    for provider in document["provider"]["aws"]:
        assert provider["default_tags"][0]["tags"] == {
            "Owner": settings.owner,
            "Environment": environment,
            "ComplianceLevel": settings.compliance_level,
        }
        assert provider["allowed_account_ids"] == [settings.account_id]
    assert list(document["provider"]) == ["aws"]
    elsewhere = [address for address, arguments in all_resources(document) if "provider" in arguments]
    assert all(address.startswith("aws_config_aggregate_authorization.") for address in elsewhere)


def test_terraform_knows_its_account_region_and_state(
    document: Document, environments: Environments, environment: str
) -> None:
    settings = environments[environment]
    (provider,) = [each for each in document["provider"]["aws"] if "alias" not in each]
    assert (provider["region"], provider["allowed_account_ids"]) == ("eu-west-1", [settings.account_id])
    terraform = document["terraform"]
    assert terraform["required_version"] == ">= 1.11.0"
    assert terraform["backend"]["s3"] == {
        "bucket": settings.state.bucket,
        "encrypt": True,
        "key": f"compliance-{environment}-ew1/terraform.tfstate",
        "kms_key_id": settings.state.kms_key,
        "region": "eu-west-1",
        "use_lockfile": True,
    }


def test_everything_can_be_destroyed(document: Document) -> None:
    assert all(found["force_destroy"] for found in of_type(document, "aws_s3_bucket").values())
    assert not [
        found for found in of_type(document, "aws_dynamodb_table").values() if found["deletion_protection_enabled"]
    ]
    (key,) = of_type(document, "aws_kms_key").values()
    assert (key["deletion_window_in_days"], key["enable_key_rotation"]) == (7, True)
    assert "prevent_destroy" not in json.dumps(document)


def test_every_bucket_is_encrypted_private_versioned_and_expires(document: Document, environment: str) -> None:
    for address in of_type(document, "aws_s3_bucket"):
        own = {
            other.partition(".")[0].removeprefix("aws_s3_bucket_"): arguments
            for other, arguments in all_resources(document)
            if arguments.get("bucket") == f"${{{address}.bucket}}"
        }
        rule = own["server_side_encryption_configuration"]["rule"][0]
        assert rule["apply_server_side_encryption_by_default"]["sse_algorithm"] == "aws:kms"
        assert rule["bucket_key_enabled"] is True
        assert own["versioning"]["versioning_configuration"]["status"] == "Enabled"
        assert own["ownership_controls"]["rule"]["object_ownership"] == "BucketOwnerEnforced"
        block = own["public_access_block"]
        names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
        assert [block[name] for name in names] == [True] * 4
        *expiries, uploads = own["lifecycle_configuration"]["rule"]
        kept = {expiry["filter"][0]["prefix"]: expiry["expiration"][0]["days"] for expiry in expiries}
        assert kept == (kept_in_reports(environment) if "reports" in address else {"": 30})
        for expiry in expiries:
            assert expiry["noncurrent_version_expiration"][0]["noncurrent_days"] == 1
        assert uploads["filter"] == [{"prefix": ""}]
        assert uploads["abort_incomplete_multipart_upload"][0]["days_after_initiation"] == 7
        assert '"aws:SecureTransport":"false"' in own["policy"]["policy"]


def test_every_topic_is_encrypted_and_retried(document: Document, environments: Environments, environment: str) -> None:
    topics = of_type(document, "aws_sns_topic")
    assert len(topics) == 6
    for found in topics.values():
        assert found["kms_master_key_id"].startswith("${aws_kms_key.")
        policy = json.loads(found["delivery_policy"])["http"]["defaultHealthyRetryPolicy"]
        assert policy["numRetries"] >= policy["numMinDelayRetries"] + policy["numMaxDelayRetries"]
    alerts, readers = environments[environment].alerts, environments[environment].summary.readers
    addresses = [*alerts.critical, *alerts.high, *alerts.medium, *alerts.low, *alerts.operations, *readers]
    endpoints = [found["endpoint"] for found in of_type(document, "aws_sns_topic_subscription").values()]
    assert sorted(endpoints) == sorted(addresses)


def in_regions(document: Document, resource_type: str) -> dict[str, dict[str, Document]]:
    """Returns the resources of a type, by region and address."""
    found: dict[str, dict[str, Document]] = {}
    for address, arguments in of_type(document, resource_type).items():
        found.setdefault(arguments["region"], {})[address] = arguments
    return found


def test_recorder_channel_status_and_rules_come_in_their_order(
    document: Document, environments: Environments, environment: str
) -> None:
    monitored = set(environments[environment].monitored_regions)
    recorders = in_regions(document, "aws_config_configuration_recorder")
    channels = in_regions(document, "aws_config_delivery_channel")
    statuses = in_regions(document, "aws_config_configuration_recorder_status")
    rules = in_regions(document, "aws_config_config_rule")
    assert set(recorders) == set(channels) == set(statuses) == set(rules) == monitored
    for region in monitored:
        (recorder,), ((channel, delivery),) = recorders[region], channels[region].items()
        ((status, recording),) = statuses[region].items()
        assert recorder in delivery["depends_on"]
        assert recording["depends_on"] == [channel]
        assert all(rule["depends_on"] == [status] for rule in rules[region].values())


def test_one_role_records_in_all_regions(document: Document) -> None:
    roles = {found["role_arn"] for found in of_type(document, "aws_config_configuration_recorder").values()}
    assert len(roles) == 1


def test_rules_are_change_triggered_guard_policies(document: Document) -> None:
    recorded = next(iter(of_type(document, "aws_config_configuration_recorder").values()))["recording_group"]
    rules = [found for found in of_type(document, "aws_config_config_rule").values() if is_ours(found)]
    assert {rule["name"].removesuffix("-ew1").rpartition("-")[0] for rule in rules} == set(RULES)
    for rule in rules:
        assert rule["source"]["owner"] == "CUSTOM_POLICY"
        assert rule["source"]["custom_policy_details"]["policy_runtime"] == "guard-2.x.x"
        assert {detail["message_type"] for detail in rule["source"]["source_detail"]} == {
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
        }
        assert set(rule["scope"]["compliance_resource_types"]) <= set(recorded["resource_types"])


def is_ours(rule: Document) -> bool:
    return "custom_policy_details" in rule["source"]


def test_outputs_name_the_resources(document: Document) -> None:
    assert set(document["output"]) == {
        "aggregator_name",
        "alert_topic_arns",
        "failure_queue_url",
        "findings_table_name",
        "operations_topic_arn",
        "report_bucket_name",
        "version",
    }


def test_no_secret_is_in_the_open(document: Document) -> None:
    assert not re.search(r"AKIA[0-9A-Z]{16}|secret|password", json.dumps(document), re.IGNORECASE)
