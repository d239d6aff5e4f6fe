"""What a remediation function is told."""

from dataclasses import dataclass

from handlers.common.rule import Document
from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class RemediateEnvironment(Variables):
    """`rule` is the registry's name, `scope` names what may be touched, `parameters` are the remediation's own."""

    account: str
    rule: str
    mode: str
    scope: tuple[str, ...]
    parameters: Document
    report_bucket: str
