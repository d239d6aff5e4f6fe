import json
from pathlib import Path

from tests.support.resources import Document, of_type
from tests.support.variants import stack

KEY = "arn:aws:kms:eu-west-1:111122223333:key/3f1c9a52-7d4e-4b8a-9c55-0a1b2c3d4e5f"


def backend(folder: Path, *changes: tuple[str, str]) -> Document:
    stack(folder, *changes)
    document: Document = json.loads((folder / "out" / "stacks" / "state-backend-test" / "cdk.tf.json").read_text())
    return document


def test_it_makes_what_the_other_stack_s_backend_names(tmp_path: Path) -> None:
    compliance, state = stack(tmp_path / "a"), backend(tmp_path / "b")
    (bucket,) = of_type(state, "aws_s3_bucket").values()
    (alias,) = of_type(state, "aws_kms_alias").values()
    used = compliance["terraform"]["backend"]["s3"]
    assert (bucket["bucket"], alias["name"]) == (used["bucket"], used["kms_key_id"])


def test_its_own_state_is_a_file_outside_of_what_synthesis_writes(tmp_path: Path) -> None:
    state = backend(tmp_path)
    assert state["terraform"]["backend"] == {"local": {"path": "../../../state-backend-test.tfstate"}}
    assert "*.tfstate" in (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()


def test_states_are_kept_and_their_noncurrent_versions_for_a_quarter(tmp_path: Path) -> None:
    (lifecycle,) = of_type(backend(tmp_path), "aws_s3_bucket_lifecycle_configuration").values()
    rule, uploads = lifecycle["rule"]
    assert "abort_incomplete_multipart_upload" in uploads
    assert "expiration" not in rule
    assert rule["noncurrent_version_expiration"][0]["noncurrent_days"] == 90


def test_a_key_that_is_there_already_is_only_used(tmp_path: Path) -> None:
    state = backend(tmp_path, ('"alias/terraform-state"', f'"{KEY}"'))
    assert not of_type(state, "aws_kms_key")
    (encrypted,) = of_type(state, "aws_s3_bucket_server_side_encryption_configuration").values()
    assert encrypted["rule"][0]["apply_server_side_encryption_by_default"]["kms_master_key_id"] == KEY


def test_it_carries_the_tags_and_knows_its_account(tmp_path: Path) -> None:
    (provider,) = backend(tmp_path)["provider"]["aws"]
    assert provider["allowed_account_ids"] == ["111122223333"]
    assert set(provider["default_tags"][0]["tags"]) == {"Owner", "Environment", "ComplianceLevel"}
