import json

from modules.resources import iam


def test_a_document_is_compact_and_sorted() -> None:
    statement = iam.allow("Read", ["s3:GetObject"], ["arn:aws:s3:::a/*"], conditions={"Bool": {"x": "true"}})
    text = iam.document([statement])
    assert " " not in text and text.startswith('{"Statement":')
    assert json.loads(text)["Statement"] == [statement]


def test_statements_of_resource_policies_name_their_principals() -> None:
    assert iam.allow("Let", ["sns:Publish"], service="x.amazonaws.com")["Principal"] == {"Service": "x.amazonaws.com"}
    deny = iam.deny_without_tls(["s3:*"], ["arn:aws:s3:::a"])
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_service_assumes_a_role_for_this_account() -> None:
    [statement] = json.loads(iam.trust("config.amazonaws.com", iam.of_account("111122223333")))["Statement"]
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
