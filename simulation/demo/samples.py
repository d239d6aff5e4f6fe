"""Sample resources and results for rules that the simulation does not support."""

import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from handlers.common.model.rule import ACCOUNT_TYPE, GLOBAL_TYPES, Guard, Managed
from settings import recording
from settings.model import Settings
from settings.regions import EXISTING
from simulation.aws import managed_rules as managed
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.inventory import LIVE_TYPES, item
from simulation.aws.config.item import Item
from simulation.aws.organization import Member, Organization, everything, nothing
from simulation.demo.case_items import inventory

VIOLATING = "violating"
"""Part of the name of a sample resource that violates every rule without a stand-in."""

SHARE = 5
"""One of this number of other resources violates such a rule."""

FORWARDING, SILENT = "222233334444", "333344445555"
"""Two members of the organization: one forwards events, for the other only the report finds changes."""

BRIEF = 1  # day for which the members' databases retain backups

Made = Mapping[str, Any]


def result(identifier: str, resource: Item, parameters: Mapping[str, str]) -> str:
    """Returns the result of an AWS managed rule: of its stand-in, or a deterministic sample result."""
    try:
        return managed.evaluate(identifier, resource, parameters)
    except managed.UnknownManagedRuleError:
        name = resource.resource_id
        violates = VIOLATING in name or resource.resource_type == ACCOUNT_TYPE or zlib.crc32(name.encode()) % SHARE == 0
        return NON_COMPLIANT if violates else COMPLIANT


def without_stand_in(settings: Settings) -> list[str]:
    """Returns the rules in force with sample results."""
    sources = {name: rule.source for name, rule in settings.catalogue.items()}
    return [
        name
        for name, source in sources.items()
        if not isinstance(source, Guard) and source.identifier not in managed.EVALUATIONS
    ]


def unchecked(settings: Settings) -> list[Managed]:
    """Returns the managed rules that the settings declare as unchecked."""
    declared = settings.managed_rules
    sources = ((name, rule.source) for name, rule in settings.catalogue.items())
    return [source for name, source in sources if isinstance(source, Managed) and declared[name].unchecked]


def own(settings: Settings, region: str) -> Iterator[Item]:
    """Yields the items of the environment's own account: simulated resources, cases, and two of every other type."""
    account, live = settings.account_id, list(inventory(settings, region))
    yield from live
    yield from _of_rules(settings, account, region, {each.resource_type for each in live})


def organization(settings: Settings) -> Organization | None:
    """Returns the organization of the settings with two members, and the excluded accounts."""
    if settings.organization is None:
        return None
    every = (FORWARDING, SILENT, *settings.organization.excluded_accounts)
    names = [name for name in every if name != settings.account_id]
    members = {
        name: Member(partial(_members, settings, name), nothing if name == SILENT else everything) for name in names
    }
    return Organization(settings.organization.id, members)


def record_where_existing(cloud: SimulatedAccount, settings: Settings) -> list[str]:
    """Creates the recorders that the settings declare as existing; returns their regions."""
    regions = [region for region, recorder in settings.recorder.items() if recorder == EXISTING]
    role = recording.role_arn(settings.deployment)
    for region in regions:
        config = cloud.client("config", region)
        group = {"allSupported": True, "includeGlobalResourceTypes": region == settings.home_region}
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "log-archive"})
        config.start_configuration_recorder(ConfigurationRecorderName="default")
    return regions


def _members(settings: Settings, account: str, region: str) -> Iterator[Item]:
    """Yields a few resources of another account, some of which violate rules under any settings."""
    make = partial(_item, account, region)
    for name, algorithm in (("statements", "aws:kms"), ("exports", "AES256")):
        default = {"sseAlgorithm": algorithm, "kmsMasterKeyID": "alias/bank" if algorithm == "aws:kms" else None}
        rules = [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]
        encryption = {"ServerSideEncryptionConfiguration": {"rules": rules}}
        yield make("AWS::S3::Bucket", f"{name}-{account}-{region}", {"name": name}, encryption)
    database = {"dBInstanceIdentifier": "ledger", "backupRetentionPeriod": BRIEF, "storageEncrypted": True}
    yield make("AWS::RDS::DBInstance", f"db-{zlib.crc32(f'{account}{region}'.encode()):026X}", database)
    yield from _of_rules(settings, account, region, set(LIVE_TYPES))


def _of_rules(settings: Settings, account: str, region: str, covered: set[str]) -> Iterator[Item]:
    """Yields two resources of each other type that a managed rule evaluates in a region, and the account."""
    sources = [rule.source for rule in settings.rules_in(region).values() if not isinstance(rule.source, Guard)]
    for kind in sorted({kind for source in sources for kind in source.resource_types} - covered):
        if kind == ACCOUNT_TYPE:
            yield _item(account, region, kind, account, {})
        elif kind not in GLOBAL_TYPES or region == settings.home_region:
            service, _, name = kind.removeprefix("AWS::").lower().partition("::")
            yield _item(account, region, kind, f"{service}-{name}-1", {})
            yield _item(account, region, kind, f"{service}-{name}-2-{VIOLATING}", {})


def _item(
    account: str, region: str, kind: str, name: str, configuration: Made, supplementary: Made | None = None
) -> Item:
    arn = f"arn:aws:{kind.split('::')[1].lower()}:{region}:{account}:{name}"
    return item(account, region, arn, kind, name, name, dict(configuration), {}, dict(supplementary or {}))
