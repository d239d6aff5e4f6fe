"""A plan: what would be done to one resource, in a form whose hash is what someone approves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from handlers.common.model.remediation import Call, Document, Remediation, Target
from handlers.common.runtime import clients
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.audit_chain import canonical, digest
from handlers.common.stores.report_bucket import plan_key

SCHEMA_VERSION = 1
ID_DIGITS = 16
"""Of the hash, in hex: enough that nobody finds a second plan of the same id by chance."""


class NoSuchPlanError(ComplianceMonitorError, LookupError):
    """No plan has this id, or it has expired."""


class TamperedPlanError(ComplianceMonitorError, RuntimeError):
    """A plan is not what its id says."""


@dataclass(frozen=True)
class Plan:
    """One plan; the same situation gives the same plan, to the letter."""

    document: Document

    @property
    def sha256(self) -> str:
        """Of the document's canonical form, in hex."""
        return digest(canonical(self.document))

    @property
    def plan_id(self) -> str:
        """`dev-ew1-0123456789abcdef`: the deployment and the beginning of the hash. Its action has the same id."""
        return f"{self.document['deployment']}-{self.sha256[:ID_DIGITS]}"

    @property
    def before(self) -> Document:
        """The state that the plan was made for."""
        state: Document = self.document["before"]
        return state

    @property
    def after(self) -> Document:
        """The state that it leads to."""
        state: Document = self.document["after"]
        return state

    @property
    def calls(self) -> list[Call]:
        """What is called, in order."""
        return [Call(each["service"], each["operation"], each["parameters"]) for each in self.document["calls"]]

    def keep(self, bucket: str) -> None:
        """Puts it into the bucket, unless it is there."""
        try:
            clients.s3().put_object(
                Bucket=bucket,
                Key=plan_key(self.plan_id),
                Body=canonical(self.document),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """From an object's content."""
        return cls(json.loads(body))

    @classmethod
    def fetch(cls, bucket: str, plan_id: str) -> Self:
        """Returns the plan of an id; raises NoSuchPlanError or TamperedPlanError."""
        try:
            body = clients.s3().get_object(Bucket=bucket, Key=plan_key(plan_id))["Body"].read()
        except ClientError as error:
            # S3 says AccessDenied to who may not list: what is not there, or what may not be read.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                raise NoSuchPlanError(f"there is no plan {plan_id} in {bucket}") from error
            raise
        plan = cls.from_json(body)
        if plan.plan_id != plan_id:
            raise TamperedPlanError(f"what is kept as plan {plan_id} has the id {plan.plan_id}")
        return plan


def planned(
    remediation: Remediation, target: Target, before: Document, after: Document, facts: Mapping[str, Any]
) -> Plan:
    """Returns the plan that leads a target from one state to another; `facts` are deployment, rule, finding, requester,
    and the effect where it is another than the remediation's.
    """
    return Plan(
        {
            "schema_version": SCHEMA_VERSION,
            "effect": remediation.effect,
            **facts,
            "account": target.account,
            "region": target.region,
            "resource_type": target.resource_type,
            "resource_id": target.resource_id,
            "name": target.name,
            "risk": remediation.risk(before, after),
            "calls": [call.document() for call in remediation.calls(before, after, target)],
            "before": before,
            "after": after,
        }
    )
