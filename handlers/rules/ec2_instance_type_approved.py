"""EC2 instances are of a type on the approved list, given by exact types and whole families."""

import re
from collections.abc import Mapping
from pathlib import Path

from handlers.common import guard
from handlers.common.rule import Category, Guard, Need, Rule, RuleSettings, Severity


def policy_values(settings: RuleSettings) -> Mapping[str, str]:
    """An exact type becomes a string, a family such as `m7i.*` a regular expression: m7i-flex is another family."""
    return {"approved": guard.one_of(_literal(approved) for approved in settings.approved_instance_types)}


def _literal(approved: str) -> str:
    family, _, size = approved.partition(".")
    return rf"/^{re.escape(family)}\./" if size == "*" else guard.text(approved)


RULE = Rule(
    name="ec2-instance-type-approved",
    title="EC2 instance type is not approved",
    titles={
        "de": "EC2-Instanztyp ist nicht freigegeben",
        "fr": "Le type d’instance EC2 n’est pas approuvé",
        "nl": "EC2-instancetype is niet goedgekeurd",
    },
    description="EC2 instances are of a type on the approved list.",
    severity=Severity.MEDIUM,
    category=Category.CONFIGURATION,
    controls=("NIST-800-53-r5/CM-2",),
    how_to_fix="Stop the instance, change its instance type to an approved one, and start it again; "
    "or have the type added to approved_instance_types in the environment's file.",
    source=Guard(
        policy=Path(__file__).with_suffix(".guard"),
        values=policy_values,
        needs={"AWS::EC2::Instance": Need("configuration.instanceType", str)},
    ),
)
