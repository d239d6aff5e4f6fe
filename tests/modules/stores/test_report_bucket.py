from modules.stores.report_bucket import bucket_statements, retention_by_prefix

ARN, WRITER = "arn:aws:s3:::reports", "arn:aws:iam::111122223333:role/audit"


def test_documents_expire_after_thirty_days_and_proof_as_the_settings_say() -> None:
    days = retention_by_prefix(1827)
    assert days == dict.fromkeys(("reports/", "scores/", "summaries/"), 30) | dict.fromkeys(
        ("approvals/", "audit/", "plans/"), 1827
    ) | {"working/": 1}


def test_the_audit_trail_is_written_once_by_one_role_and_never_deleted() -> None:
    found = {each["Sid"]: each for each in bucket_statements(ARN, ["arn:role"], WRITER)}
    assert found["DenyOtherWriters"]["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": WRITER}}
    assert found["DenyRewritingTrail"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert f"{ARN}/audit/*" in found["DenyRemovingTrail"]["Resource"] and "Condition" not in found["DenyRemovingTrail"]
    assert found["DenyOwnApprovals"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ["arn:role"]}}
    assert all(each["Effect"] == "Deny" for each in found.values())
