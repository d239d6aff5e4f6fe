from tests.support.workbench import Workbench, statements


def test_the_key_rotates_and_is_deleted_after_a_week(workbench: Workbench) -> None:
    assert workbench.key.arn
    key = workbench.one("aws_kms_key")
    assert (key["enable_key_rotation"], key["deletion_window_in_days"]) == (True, 7)
    assert workbench.one("aws_kms_alias")["name"] == "alias/compliance-dev-ew1"


def test_services_use_it_for_this_account_alone(workbench: Workbench) -> None:
    assert workbench.key.arn
    found = statements(workbench.one("aws_kms_key")["policy"])
    assert found["AdministerByIam"]["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    logs = found["EncryptLogs"]["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert logs == "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/*-dev-ew1"
    for sid in ("EncryptConfigDelivery", "EncryptAlarmMessages"):
        assert found[sid]["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
