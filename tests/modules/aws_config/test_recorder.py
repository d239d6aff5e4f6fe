from modules.aws_config.recorder import ConfigRecorder, RecorderDelivery
from tests.support.workbench import Workbench, statements


def test_a_recorder_records_the_named_types_and_delivers_to_the_bucket(workbench: Workbench) -> None:
    recording = RecorderDelivery(
        workbench.stack, "recording", deployment=workbench.deployment, key=workbench.key, bucket=workbench.bucket
    )
    types = ["AWS::S3::Bucket", "AWS::EC2::Instance"]
    ConfigRecorder(workbench.stack, "recorder", region="eu-west-1", recording=recording, types=types)
    group = workbench.one("aws_config_configuration_recorder")["recording_group"]
    assert (group["all_supported"], sorted(group["resource_types"])) == (False, sorted(types))
    channel = workbench.one("aws_config_delivery_channel")
    assert channel["s3_kms_key_arn"] and channel["s3_bucket_name"]
    assert workbench.one("aws_config_configuration_recorder_status")["is_enabled"] is True
    found = statements(workbench.one("aws_s3_bucket_policy")["policy"])
    services = {each["Principal"]["Service"] for sid, each in found.items() if sid != "DenyWithoutTls"}
    assert services == {"config.amazonaws.com"}
