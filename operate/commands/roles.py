"""Prints trust policies and permissions of the roles with which GitHub workflows plan and deploy, as JSON."""

import argparse
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from modules.resources import iam as policy
from operate.arguments import InputError, add_environment, settings_of
from operate.rights import policies
from settings.model import Settings
from settings.size_limits import MAX_MANAGED

HELP = "print the OIDC roles for diff and deploy"

ISSUER = "token.actions.githubusercontent.com"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment and the repository whose workflows assume the roles."""
    add_environment(parser)
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME", help="GitHub repository")


def run(arguments: argparse.Namespace) -> int:
    """Prints both roles."""
    settings = settings_of(arguments)
    if re.fullmatch(r"[\w.-]+/[\w.-]+", arguments.repository, re.ASCII) is None:
        raise InputError(f"--repository {arguments.repository}: allowed: OWNER/NAME of a GitHub repository")
    print(json.dumps(roles(settings, arguments.repository, synthesized(settings)), indent=2))
    return 0


def roles(settings: Settings, repository: str, document: Any) -> dict[str, Any]:
    """Returns both roles, for a synthesized stack."""
    reads, writes = policies.reading(settings, document), policies.writing(settings, document)
    if len(reads) + len(writes) > MAX_MANAGED:
        raise InputError(f"the deploy role needs {len(reads) + len(writes)} policies; allowed: {MAX_MANAGED}")
    return {
        "diff": {
            "trust": _trust(settings, f"repo:{repository}:pull_request"),
            "policies": [json.loads(each) for each in reads],
        },
        "deploy": {
            "trust": _trust(settings, f"repo:{repository}:environment:{settings.environment}"),
            "policies": [json.loads(each) for each in [*reads, *writes]],
        },
    }


def synthesized(settings: Settings) -> Any:
    """Returns the environment's stack as Terraform JSON."""
    from modules.app import synthesize

    with tempfile.TemporaryDirectory() as folder:
        synthesize([settings], Path(folder))
        return json.loads((Path(folder) / "stacks" / settings.stack_name / "cdk.tf.json").read_text())


def _trust(settings: Settings, subject: str) -> Any:
    provider = f"arn:{settings.deployment.partition}:iam::{settings.account_id}:oidc-provider/{ISSUER}"
    claims = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}
    statement = policy.allow("AssumeByOidc", ["sts:AssumeRoleWithWebIdentity"], conditions={"StringEquals": claims})
    return {"Version": "2012-10-17", "Statement": [statement | {"Principal": {"Federated": provider}}]}
