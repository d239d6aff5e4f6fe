import pytest

from modules.resources.dynamodb import EncryptedTable
from tests.support.workbench import Workbench


@pytest.mark.parametrize("expires", [None, "expires"])
def test_it_is_encrypted_restorable_and_destroyable(workbench: Workbench, expires: str | None) -> None:
    given = {"deployment": workbench.deployment, "key": workbench.key, "resource_type": "notes", "hash_key": "id"}
    EncryptedTable(workbench.stack, "notes", expires=expires, **given)  # type: ignore[arg-type]
    table = workbench.one("aws_dynamodb_table")
    assert (table["name"], table["billing_mode"], table["hash_key"]) == ("notes-dev-ew1", "PAY_PER_REQUEST", "id")
    assert table["server_side_encryption"]["enabled"] and table["server_side_encryption"]["kms_key_arn"]
    assert table["point_in_time_recovery"] == {"enabled": True}
    assert table["deletion_protection_enabled"] is False
    assert table.get("ttl") == ({"attribute_name": "expires", "enabled": True} if expires else None)


def test_a_permission_includes_the_key_by_way_of_dynamodb(workbench: Workbench) -> None:
    given = {"deployment": workbench.deployment, "key": workbench.key, "resource_type": "notes", "hash_key": "id"}
    table = EncryptedTable(workbench.stack, "notes", **given)  # type: ignore[arg-type]
    table.grant(workbench.function, "Keep", ["dynamodb:PutItem"], why="keeps notes")
    found = workbench.granted()
    assert found["Keep"]["Action"] == ["dynamodb:PutItem"] and "Condition" not in found["Keep"]
    assert found["KeepKey"]["Condition"]["StringEquals"] == {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}
