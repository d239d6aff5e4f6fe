"""scripts/packs.py says what becomes of a folder of conformance pack templates."""

import runpy
import subprocess
import sys
from pathlib import Path

from modules.resources.lambda_archive import ROOT
from settings.conformance_pack.rules import PackSettings, read_pack
from settings.conformance_pack.template import read

PACK = """
Resources:
  Logging:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: logging
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}
  Elsewhere:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: elsewhere
      Source: {Owner: AWS, SourceIdentifier: CLOUDFRONT_VIEWER_POLICY_HTTPS}
  Asked:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: asked
      Source: {Owner: AWS, SourceIdentifier: AWS_CONFIG_PROCESS_CHECK}
"""
LONG = PACK.replace("ConfigRuleName: logging", f"ConfigRuleName: {'a' * 90}")


def run(folder: Path) -> tuple[int, list[str]]:
    script = [sys.executable, str(ROOT / "scripts" / "packs.py"), str(folder)]
    done = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, done.stdout.splitlines() or done.stderr.splitlines()


def test_each_template_is_counted_with_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PACK)
    code, (line, total) = run(tmp_path)
    assert code == 0
    assert line.startswith(
        "a: 1 of 2; 1 left out: AWS does not have it in the regions; 1 left out: it is a process check"
    )
    assert total == "1 of 1 deploy; 1 of 2 of AWS's rules are taken over"


def test_a_template_that_is_refused_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    code, lines = run(tmp_path)
    assert code == 1
    assert "too long: 90 characters" in lines[0]
    assert lines[-1].startswith("0 of 1 deploy")


def test_a_rule_that_differs_from_its_template_is_named(tmp_path: Path) -> None:
    template = tmp_path / "a.yaml"
    template.write_text(PACK)
    script = runpy.run_path(str(ROOT / "scripts" / "packs.py"))
    rules = read_pack(template, PackSettings(template="a.yaml", severity="LOW", category="logging")).rules
    other = {name: rule.model_copy(update={"parameters": {"targetBucket": "logs"}}) for name, rule in rules.items()}
    assert list(script["_differences"](read(template, {}), "Logging", rules)) == []
    assert list(script["_differences"](read(template, {}), "Logging", other)) == [
        "Logging has different parameters: {}"
    ]
