"""EC2 instances have an approved type; the list has exact types and families."""

import re
from collections.abc import Mapping
from pathlib import Path

from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.model.setting import Setting, Texts
from handlers.rules.ec2_instance_type_approved.remediation import StopInstance


def policy_values(criteria: Criteria) -> Mapping[str, str]:
    """Returns exact types as strings and families such as `m7i.*` as regular expressions, which exclude m7i-flex."""
    return {"approved": guard.one_of(_literal(approved) for approved in criteria["approved_instance_types"])}


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
        policy=Path(__file__).with_name("policy.guard"),
        needs={"AWS::EC2::Instance": RequiredField("configuration.instanceType", str)},
        settings=(
            Setting(
                name="approved_instance_types",
                description="approved EC2 instance types; required if the rule is enabled",
                form=Texts(
                    r"^[a-z][a-z0-9-]*\.(\*|[a-z0-9-]+)$",
                    "a type such as m7i.large, or a family such as m7i.*",
                    "neither an instance type nor a family",
                ),
                missing="no instance type is approved",
            ),
        ),
        values=policy_values,
    ),
    remediation=StopInstance(),
)
