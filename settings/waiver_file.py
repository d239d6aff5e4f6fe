"""Model of a waiver's file."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from settings import fields as values
from settings.base import StrictModel
from settings.scopes import Resource, Sentence, Word


class WaiverFile(StrictModel):
    """One waiver."""

    environment: Word
    """environment in which the waiver applies"""
    rule: Word
    """rule that is waived"""
    resource: Resource | None = None
    """resource to which the waiver applies"""
    tags: Mapping[values.ScopeTag, values.ScopeTag] = Field(default_factory=dict)
    """alternative to a resource: all resources that carry all of these tags"""
    owner: values.Address
    """e-mail address of the owner, who accepts the risk and receives reminders before the end"""
    approver: values.Address
    """e-mail address of the approver; must differ from the owner"""
    reason: Sentence
    """reason for the waiver"""
    ticket: Word
    """ticket with the decision"""
    compensating_measure: Sentence
    """measure that reduces the risk while the waiver is in force"""
    start: date
    """first day (UTC)"""
    end: date
    """last day (UTC)"""
