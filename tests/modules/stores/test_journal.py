from modules.stores.journal import Journal
from tests.support.workbench import Workbench


def test_every_permission_ends_at_its_keys(workbench: Workbench) -> None:
    journal, function = (
        Journal(workbench.stack, "journal", deployment=workbench.deployment, key=workbench.key),
        workbench.function,
    )
    journal.grant_note(function, "notes/*")
    journal.grant_keep(function, "a/*", "b", count=True)
    journal.grant_head(function)
    journal.grant_marks(function, "sent/*")
    journal.grant_read_evaluations(function)
    journal.grant_read_head(function)
    journal.grant_open_cases(function, "s3-rule")
    journal.grant_read_open_cases(function, ["s3-rule"])
    found = {sid: each for sid, each in workbench.granted().items() if str(each["Action"]).startswith("['dynamodb")}
    assert len(found) == 9
    for statement in found.values():
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert keys and "*" not in keys
    keep = found["KeepJournal"]
    assert keep["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["a/*", "b"]
    assert "dynamodb:UpdateItem" in keep["Action"]
