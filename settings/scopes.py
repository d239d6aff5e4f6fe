"""Scopes of waivers and exclusions: one resource by its id in AWS Config, or tags."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field

from handlers.common.model.rule import ACCOUNT_TYPE, Rule
from handlers.common.model.waiver import ResourceRef
from settings import fields as values
from settings.base import StrictModel
from settings.fields import Problem
from settings.sections import OrganizationSettings


class Monitored(Protocol):
    """The monitored accounts and regions of the settings."""

    @property
    def account_id(self) -> str: ...
    @property
    def monitored_regions(self) -> tuple[str, ...]: ...
    @property
    def organization(self) -> OrganizationSettings | None: ...


IDS = {
    "AWS::EC2::Instance": (r"i-[0-9a-f]+", "the instance's id, i-…"),
    "AWS::RDS::DBCluster": (
        r"cluster-[A-Z0-9]+",
        "cluster-…, the DbClusterResourceId in alerts and in `aws rds describe-db-clusters`",
    ),
    "AWS::RDS::DBInstance": (
        r"db-[A-Z0-9]+",
        "db-…, the DbiResourceId in alerts and in `aws rds describe-db-instances`",
    ),
    "AWS::S3::Bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the bucket's name"),
}
"""Patterns and descriptions of AWS Config's ids, by type of the own rules."""


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(text)
    return text


EMPTY = "empty, too long, or not printable"
Line = Annotated[str, Field(min_length=1), AfterValidator(_line)]
Sentence = Annotated[Line, Field(max_length=1000), values.Allowed("one line of at most 1000 characters", EMPTY)]
Word = Annotated[Line, Field(max_length=200), values.Allowed("one line of at most 200 characters", EMPTY)]
Id = Annotated[Line, Field(max_length=768), values.Allowed("one line of at most 768 characters", EMPTY)]


class Resource(StrictModel):
    """One resource, by its id in AWS Config."""

    region: values.Region
    """region of the resource"""
    type: Word
    """type of the resource, such as AWS::S3::Bucket"""
    id: Id
    """id of the resource in AWS Config, as in alerts and listings"""
    account: values.AccountId = ""
    """account of the resource; default: the environment's account"""

    def exact(self, monitored: Monitored) -> ResourceRef:
        """Returns the resource in the format of the functions."""
        account = self.account or monitored.account_id
        return ResourceRef(account=account, region=self.region, resource_type=self.type, resource_id=self.id)


def problems(
    resource: Resource | None, tags: Mapping[str, str], rule: Rule, regions: Sequence[str], monitored: Monitored
) -> Iterator[Problem]:
    """Yields the problems of a scope, given the regions in which its rule is evaluated."""
    if (resource is None) == (not tags):
        what = "neither a resource nor tags" if resource is None else "a resource and tags"
        yield Problem(("resource",), None, what, "either a resource, or tags")
    if tags and not rule.recorded_types:
        what = f"AWS Config records no tags of {', '.join(rule.resource_types)}"
        yield Problem(("tags",), dict(tags), what, "a resource")
    if resource is not None:
        yield from _place(resource, rule.resource_types, regions, monitored)


def _place(resource: Resource, types: Sequence[str], regions: Sequence[str], monitored: Monitored) -> Iterator[Problem]:
    if resource.type not in types:
        yield Problem(("resource", "type"), resource.type, "not evaluated by the rule", ", ".join(types))
    elif resource.type in IDS and re.fullmatch(IDS[resource.type][0], resource.id) is None:
        what = f"not the id of an {resource.type} in AWS Config"
        yield Problem(("resource", "id"), resource.id, what, IDS[resource.type][1])
    elif resource.type == ACCOUNT_TYPE and resource.id != (resource.account or monitored.account_id):
        yield Problem(("resource", "id"), resource.id, "not the account's id", resource.account or monitored.account_id)
    if resource.region in monitored.monitored_regions and resource.region not in regions:
        what = "the rule is not evaluated there"
        yield Problem(("resource", "region"), resource.region, what, ", ".join(regions))
    if resource.region not in monitored.monitored_regions:
        allowed = ", ".join(monitored.monitored_regions)
        yield Problem(("resource", "region"), resource.region, "not a monitored region", allowed)
    organization = monitored.organization
    if resource.account not in ("", monitored.account_id) and organization is None:
        allowed = f"{monitored.account_id}, the default"
        yield Problem(("resource", "account"), resource.account, "not the monitored account", allowed)
    if organization is not None and resource.account in organization.excluded_accounts:
        what, allowed = "excluded from monitoring", "an account that is not in organization.excluded_accounts"
        yield Problem(("resource", "account"), resource.account, what, allowed)
