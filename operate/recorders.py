"""Checks of AWS Config's recorders and delivery channels."""

from collections.abc import Iterable, Iterator
from typing import Any

from handlers.common.model.rule import GLOBAL_TYPES, Rule
from handlers.common.runtime.clients import client
from operate.checks import Check, attention, broken, ok
from settings.model import Settings
from settings.regions import CREATE, EXISTING
from settings.resource_names import NameKind


def before(settings: Settings, region: str) -> Iterator[Check]:
    """Yields checks of a region's recorder before a deployment; a region can have one recorder and one channel."""
    config = client("config", region)
    found = config.describe_configuration_recorders()["ConfigurationRecorders"]
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    own = settings.name("recorder", NameKind.CONFIG_RECORDER)
    if settings.recorder[region] != CREATE:
        yield from existing(settings, region)
        return
    foreign = [each["name"] for each in found if each["name"] != own]
    own_channel = settings.name("delivery-channel", NameKind.CONFIG_RECORDER)
    foreign += [f"channel {each['name']}" for each in channels if each["name"] != own_channel]
    if foreign:
        yield broken(
            f"{region}: AWS Config has a recorder of another owner: {', '.join(foreign)}",
            f"set recorder = {{{_table(settings, region)}}} in the environment's file; it then remains unchanged",
        )
    else:
        yield ok(f"{region}: {'the recorder exists' if found else 'no recorder exists, so one can be created'}")


def existing(settings: Settings, region: str) -> Iterator[Check]:
    """Yields checks of an existing recorder: it must record the types that the rules evaluate."""
    config = client("config", region)
    found = config.describe_configuration_recorders()["ConfigurationRecorders"]
    if not found:
        remedy = 'start AWS Config there, or set recorder = "create" for the region'
        yield broken(f'{region}: no recorder exists, and recorder is "existing"', remedy)
        return
    recorder = found[0]
    needed = _needed(settings.rules_in(region).values())
    missing = sorted(needed - _recorded(recorder, needed))
    if missing:
        remedy = "have the recorder's owner add them: their resources are not evaluated"
        yield broken(f"{region}: recorder {recorder['name']} does not record {', '.join(missing)}", remedy)
    else:
        yield ok(f"{region}: recorder {recorder['name']} records every type that rules evaluate")
    if daily := sorted(kind for kind in needed if _frequency(recorder, kind) == DAILY):
        yield attention(
            f"{region}: recorder {recorder['name']} records {', '.join(daily)} once a day",
            "have its owner record them continuously: otherwise alerts are up to a day late",
        )
    yield from running(region)


def running(region: str) -> Iterator[Check]:
    """Yields checks that the recorder runs and that its last recording succeeded."""
    for status in client("config", region).describe_configuration_recorder_status()["ConfigurationRecordersStatus"]:
        name, last = status["name"], status.get("lastStatus")
        if not status["recording"]:
            remedy = "start it: aws configservice start-configuration-recorder"
            yield broken(f"{region}: recorder {name} is stopped", remedy)
        elif last == "FAILURE":
            error = status.get("lastErrorMessage") or status.get("lastErrorCode")
            yield attention(f"{region}: recorder {name} failed to record: {error}", "check its role's permissions")
        else:
            yield ok(f"{region}: recorder {name} is recording")


def _needed(rules: Iterable[Rule]) -> set[str]:
    return {kind for rule in rules for kind in rule.recorded_types}


def _table(settings: Settings, region: str) -> str:
    """Returns the content of the table `recorder` in which one region has an existing recorder."""
    return ", ".join(f'{each} = "{EXISTING if each == region else value}"' for each, value in settings.recorder.items())


DAILY = "DAILY"


def _frequency(recorder: Any, resource_type: str) -> str:
    """Returns the recording frequency of a type (AWS Config API Reference, RecordingMode)."""
    mode = recorder.get("recordingMode") or {}
    overrides = [each for each in mode.get("recordingModeOverrides", []) if resource_type in each["resourceTypes"]]
    return str((overrides or [mode])[0].get("recordingFrequency", "CONTINUOUS"))


def _recorded(recorder: Any, needed: set[str]) -> set[str]:
    """Returns the types of `needed` that a recorder records."""
    group = recorder.get("recordingGroup", {})
    strategy = group.get("recordingStrategy", {}).get("useOnly")
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        return needed - set(group.get("exclusionByResourceTypes", {}).get("resourceTypes", []))
    if group.get("allSupported"):
        # allSupported includes global types only with includeGlobalResourceTypes (API Reference, RecordingGroup).
        include_global = group.get("includeGlobalResourceTypes", False)
        return {kind for kind in needed if include_global or kind not in GLOBAL_TYPES}
    return set(group.get("resourceTypes", []))
