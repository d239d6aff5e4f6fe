"""Plans: the remediation of one resource as a document, whose hash is approved."""

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
"""Hex digits of the hash in the id, enough to make accidental collisions improbable."""


class NoSuchPlanError(ComplianceMonitorError, LookupError):
    """The plan does not exist, or has expired."""


class TamperedPlanError(ComplianceMonitorError, RuntimeError):
    """A stored plan does not have the hash in its id."""


@dataclass(frozen=True)
class Plan:
    """One plan. Equal inputs give an identical document."""

    document: Document

    @property
    def sha256(self) -> str:
        """SHA-256 of the document's canonical form, in hex."""
        return digest(canonical(self.document))

    @property
    def plan_id(self) -> str:
        """Deployment and prefix of the hash, `dev-ew1-0123456789abcdef`. Its action has the same id."""
        return f"{self.document['deployment']}-{self.sha256[:ID_DIGITS]}"

    @property
    def undoes(self) -> str:
        """The id of the action that the plan of a rollback undoes; empty for a remediation."""
        return str(self.document.get("undoes", ""))

    @property
    def before(self) -> Document:
        """The state before the calls."""
        state: Document = self.document["before"]
        return state

    @property
    def after(self) -> Document:
        """The state after the calls."""
        state: Document = self.document["after"]
        return state

    @property
    def calls(self) -> list[Call]:
        """The API calls, in order."""
        return [Call(each["service"], each["operation"], each["parameters"]) for each in self.document["calls"]]

    def keep(self, bucket: str) -> None:
        """Writes the plan to the bucket, unless it exists."""
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
        """Returns the plan in an object's content."""
        return cls(json.loads(body))

    @classmethod
    def fetch(cls, bucket: str, plan_id: str) -> Self:
        """Returns the plan with an id; raises NoSuchPlanError or TamperedPlanError."""
        try:
            body = clients.s3().get_object(Bucket=bucket, Key=plan_key(plan_id))["Body"].read()
        except ClientError as error:
            # For a missing object S3 returns AccessDenied, unless the caller has permission to list.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                raise NoSuchPlanError(f"there is no plan {plan_id} in {bucket}") from error
            raise
        plan = cls.from_json(body)
        if plan.plan_id != plan_id:
            raise TamperedPlanError(f"the stored plan {plan_id} has the hash of plan {plan.plan_id}")
        return plan


def planned(
    remediation: Remediation, target: Target, before: Document, after: Document, facts: Mapping[str, Any]
) -> Plan:
    """Returns the plan to bring a target from one state to another; `facts` are deployment, rule, finding, requester,
    and the effect if it differs from the remediation's.
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
