from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.rule import Managed
from settings.conformance_pack.rules import PackSettings, read_pack
from settings.conformance_pack.template import TemplateError, read
from settings.load import load
from tests.support.example import file, problems

SAMPLE = Path(__file__).parent / "packs" / "sample.yaml"
USUAL = {"template": "sample.yaml", "severity": "MEDIUM", "category": "configuration"}


def settings(**changes: Any) -> PackSettings:
    return PackSettings.model_validate(USUAL | changes)


def test_rules_with_types_are_taken_over() -> None:
    pack = read_pack(SAMPLE, settings(controls=["CIS-AWS-3.0/3.6"], parameters={"ApprovedPorts": "443"}))
    assert sorted(pack.rules) == [
        "access-keys-rotated",
        "ports-approved",
        "root-account-mfa-enabled",
        "s3-bucket-logging-enabled",
    ]
    assert pack.rules["root-account-mfa-enabled"].resource_types == ("AWS::::Account",)
    ports = pack.rules["ports-approved"]
    assert (ports.identifier, ports.severity, ports.category) == (
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "MEDIUM",
        "configuration",
    )
    assert (ports.parameters, ports.resource_types, ports.controls, ports.periodic) == (
        {"authorizedTcpPorts": "443"},
        ("AWS::EC2::SecurityGroup",),
        ("CIS-AWS-3.0/3.6",),
        False,
    )
    assert pack.rules["s3-bucket-logging-enabled"].parameters == {}, "AWS::NoValue leaves nothing"


def test_what_is_not_taken_over_is_reported_with_its_reason() -> None:
    notes = "\n".join(read_pack(SAMPLE, settings()).notes)
    assert "PortsApproved is not taken over: parameter ApprovedPorts has no value: set it under parameters of" in notes
    assert "NamedByCloudFormation is not taken over: Fn::Sub 'AWS::Region' is not a parameter of the template" in notes
    assert "OwnLambda is not taken over: its source is CUSTOM_LAMBDA" in notes
    assert "Remediation is not taken over: its type is AWS::Config::RemediationConfiguration" in notes


def test_every_resource_is_a_rule_or_a_note() -> None:
    pack = read_pack(SAMPLE, settings())
    assert len(read(SAMPLE, {}).resources) == len(pack.rules) + len(
        [note for note in pack.notes if "is not taken over" in note]
    )


def test_overrides_help_what_the_template_leaves_out() -> None:
    override = {
        "access-keys-rotated": {"resource_types": ["AWS::IAM::User"], "severity": "HIGH", "category": "identity"},
        "root-account-mfa-enabled": {"resource_types": ["AWS::::Account"], "severity": "CRITICAL"},
    }
    pack = read_pack(SAMPLE, settings(rules=override))
    keys, root = pack.rules["access-keys-rotated"], pack.rules["root-account-mfa-enabled"]
    assert (keys.severity, keys.category, keys.periodic) == ("HIGH", "identity", True)
    assert keys.parameters == {"maxAccessKeyAge": "90"}
    assert (root.severity, root.category, root.periodic) == ("CRITICAL", "configuration", True)
    assert "access-keys-rotated is evaluated every six hours instead of TwentyFour_Hours" in pack.notes


def test_a_rule_that_config_would_refuse_is_reported(tmp_path: Path) -> None:
    text = SAMPLE.read_text().replace("S3_BUCKET_LOGGING_ENABLED", "s3-bucket-logging")
    (tmp_path / "sample.yaml").write_text(text)
    notes = read_pack(tmp_path / "sample.yaml", settings()).notes
    assert (
        "S3BucketLoggingEnabled is not taken over: identifier = 's3-bucket-logging' is invalid; "
        "allowed: capital letters, digits and _, such as S3_BUCKET_LOGGING_ENABLED" in notes
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is not YAML: while parsing"),
        ("- a", "is not a conformance pack template: it has no Resources"),
        ("Resources: []", "it has no Resources"),
        ("Resources: {}\nParameters: []\nConditions: x", "Conditions is not a mapping"),
        ("Resources:\n  A: {}\n  A: {}", r"duplicate key in the mapping .*pack.yaml., line 2, column 3"),
        ("Resources:\n\tA: {}", r"cannot start any token .*pack.yaml., line 2, column 1"),
        ("Resources: {A: &a [*a]}", r"recursive node .*pack.yaml., line 1"),
    ],
)
def test_a_file_that_is_no_template_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(text)
    with pytest.raises(TemplateError, match=message):
        read_pack(tmp_path / "pack.yaml", settings())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::If", "Fn::Equals", "Condition", "Owner", "a"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(resources=st.dictionaries(st.text(max_size=5), VALUES, max_size=4), properties=VALUES, conditions=VALUES)
def test_whatever_stands_in_it_there_is_a_pack_or_a_named_error(
    resources: dict[str, Any], properties: Any, conditions: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rule = {"Type": "AWS::Config::ConfigRule", "Properties": properties}
    document = {"Resources": resources | {"Rule": rule}, "Conditions": conditions}
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(yaml.safe_dump(document))
    try:
        pack = read_pack(path, settings())
    except TemplateError:
        return
    assert len(pack.rules) + len(pack.notes) >= len(document["Resources"])


@given(
    text=st.text(max_size=60)
    | st.lists(st.sampled_from(["!!bool ", "!!timestamp ", "!!int ", "!Ref ", "&a ", "*a", "''", "[", "]", "x"])).map(
        lambda pieces: "Resources: {a: " + "".join(pieces) + "}"
    )
)
def test_any_text_is_read_or_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        read_pack(path, settings())
    except TemplateError as error:
        assert str(error)


PACK = """
[conformance_packs.sample]
template = "packs/sample.yaml"
severity = "MEDIUM"
category = "logging"
"""


TAKEN = """
[managed_rules.s3-bucket-logging-enabled]
identifier = "S3_BUCKET_LOGGING_ENABLED"
parameters = {targetPrefix = "logs/"}
controls = ["CIS-1"]
severity = "LOW"
category = "logging"
resource_types = ["AWS::S3::Bucket"]
"""


def environment(folder: Path, more: str = "") -> Path:
    (folder / "packs").mkdir()
    (folder / "packs" / "sample.yaml").write_text(SAMPLE.read_text())
    return file(folder, ("[state]", PACK + more + "[state]"))


def test_an_environment_has_the_pack_s_rules_and_its_notes(tmp_path: Path) -> None:
    loaded = load(environment(tmp_path))
    rule = loaded.catalogue["s3-bucket-logging-enabled"]
    assert isinstance(rule.source, Managed)
    assert (rule.category, rule.resource_types) == ("logging", ("AWS::S3::Bucket",))
    assert any(note.startswith("sample: PortsApproved is not taken over") for note in loaded.notes)


def test_the_digest_follows_the_template(tmp_path: Path) -> None:
    path = environment(tmp_path)
    before = load(path).digest
    template = tmp_path / "packs" / "sample.yaml"
    template.write_text(template.read_text().replace("s3-bucket-logging-enabled", "s3-logging"))
    assert load(path).digest != before


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("packs/sample.yaml", "packs/nowhere.yaml"), 'template = "packs/nowhere.yaml": cannot be read: No such file'),
        (('category = "logging"', 'category = "logs"'), 'category = "logs": unknown; allowed: configuration'),
        (("severity =", "severty ="), "conformance_packs.sample.severty"),
        (
            ('category = "logging"', 'category = "logging"\nparameters = {Colour = "red"}'),
            'parameters.Colour = "red": no such parameter; allowed: AccessKeysRotatedParamMaxAccessKeyAge',
        ),
        (
            ('category = "logging"', 'category = "logging"\nrules = {acces-keys = {skip = true}}'),
            'rules.acces-keys = "acces-keys": the template has no such rule; allowed: access-keys-rotated',
        ),
        (("[conformance_packs.sample]", f"{TAKEN}[conformance_packs.sample]"), "rules.s3-bucket-logging-enabled"),
    ],
)
def test_what_is_wrong_with_a_pack_names_the_key(change: tuple[str, str], line: str, tmp_path: Path) -> None:
    path = environment(tmp_path)
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    assert any(line in each and each.startswith(f"{path}: conformance_packs.sample") for each in problems(path))


SAME = TAKEN.replace('parameters = {targetPrefix = "logs/"}\n', "")
SECOND = PACK.replace("sample]", "second]").replace("MEDIUM", 'HIGH"\ncontrols = ["CIS-2"]\n#"')


def test_a_rule_that_is_there_already_counts_once_with_the_controls_of_both(tmp_path: Path) -> None:
    named = SAME.replace("s3-bucket-logging-enabled", "logging")
    loaded = load(environment(tmp_path, named + SECOND))
    logging = [each for each in loaded.catalogue.values() if "logging" in each.name]
    assert [(each.name, each.severity, each.controls) for each in logging] == [("logging", "LOW", ("CIS-1", "CIS-2"))]
    words = "s3-bucket-logging-enabled is the same as the rule logging, counted once with the controls of both"
    assert [note for note in loaded.notes if words in note] == [f"sample: {words}", f"second: {words}"]


def test_the_same_pack_twice_adds_nothing(tmp_path: Path) -> None:
    assert set(load(environment(tmp_path, SECOND)).catalogue) == set(load(tmp_path / "test.toml").catalogue)


LOGGING = "s3-bucket-logging-enabled"


@pytest.mark.parametrize(
    ("change", "names"),
    [("skip = true", {LOGGING}), ('rename = "logs-of-buckets"', {LOGGING, "logs-of-buckets"})],
)
def test_another_rule_of_the_same_name_is_left_out_or_renamed(change: str, names: set[str], tmp_path: Path) -> None:
    override = f"[conformance_packs.sample.rules.s3-bucket-logging-enabled]\n{change}\n"
    path = environment(tmp_path, override + TAKEN)
    assert {each for each in load(path).catalogue if "log" in each} == names
    path.write_text(path.read_text().replace(override, ""))
    [line] = problems(path)
    assert "rules.s3-bucket-logging-enabled" in line and 'allowed: rename = "…" or skip = true' in line
