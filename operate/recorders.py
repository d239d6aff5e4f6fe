"""AWS Config's recorders as they are: ours, someone else's, none."""

from collections.abc import Iterable, Iterator
from typing import Any

from handlers.common.model.rule import GLOBAL_TYPES, Rule
from handlers.common.runtime.clients import client
from operate.checks import Check, attention, broken, ok
from settings.model import Settings
from settings.regions import CREATE, EXISTING
from settings.resource_names import NameKind


def before(settings: Settings, region: str) -> Iterator[Check]:
    """Yields whether a region's recorder is as the settings say; a region takes one recorder and one channel."""
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
            f"{region}: AWS Config has a recorder that is not ours: {', '.join(foreign)}",
            f"set recorder = {{{_table(settings, region)}}} in the environment's file; it is then left alone",
        )
    else:
        yield ok(f"{region}: {'our recorder is there' if found else 'no recorder is there yet, ours can be made'}")


def existing(settings: Settings, region: str) -> Iterator[Check]:
    """Yields whether the recorder that is there records what the rules evaluate."""
    config = client("config", region)
    found = config.describe_configuration_recorders()["ConfigurationRecorders"]
    if not found:
        remedy = 'start AWS Config there, or set recorder = "create" for the region'
        yield broken(f"{region}: the settings say that a recorder exists, and there is none", remedy)
        return
    recorder = found[0]
    needed = _needed(settings.rules_in(region).values())
    lacking = sorted(needed - _recorded(recorder, needed))
    if lacking:
        remedy = "have the recorder's owner add them: their resources are never evaluated"
        yield broken(f"{region}: recorder {recorder['name']} does not record {', '.join(lacking)}", remedy)
    else:
        yield ok(f"{region}: recorder {recorder['name']} records every type that rules evaluate")
    if daily := sorted(kind for kind in needed if _frequency(recorder, kind) == DAILY):
        yield attention(
            f"{region}: recorder {recorder['name']} records {', '.join(daily)} once a day",
            "have its owner record them continuously: until then alerts are up to a day late",
        )
    yield from running(region)


def running(region: str) -> Iterator[Check]:
    """Yields whether the recorder runs, and what became of its last delivery."""
    for status in client("config", region).describe_configuration_recorder_status()["ConfigurationRecordersStatus"]:
        name, last = status["name"], status.get("lastStatus")
        if not status["recording"]:
            remedy = "start it: aws configservice start-configuration-recorder"
            yield broken(f"{region}: recorder {name} is stopped", remedy)
        elif last == "FAILURE":
            why = status.get("lastErrorMessage") or status.get("lastErrorCode")
            yield attention(f"{region}: recorder {name} could not record lately: {why}", "see its role's rights")
        else:
            yield ok(f"{region}: recorder {name} is recording")


def _needed(rules: Iterable[Rule]) -> set[str]:
    return {kind for rule in rules for kind in rule.recorded_types}


def _table(settings: Settings, region: str) -> str:
    """Returns the words of the settings' table with which one region's recorder is left alone."""
    return ", ".join(f'{each} = "{EXISTING if each == region else word}"' for each, word in settings.recorder.items())


DAILY = "DAILY"


def _frequency(recorder: Any, resource_type: str) -> str:
    """Returns how often changes of a type are recorded (AWS Config API Reference, RecordingMode)."""
    mode = recorder.get("recordingMode") or {}
    overrides = [each for each in mode.get("recordingModeOverrides", []) if resource_type in each["resourceTypes"]]
    return str((overrides or [mode])[0].get("recordingFrequency", "CONTINUOUS"))


def _recorded(recorder: Any, needed: set[str]) -> set[str]:
    """Returns the types that a recorder follows, of those that are needed."""
    group = recorder.get("recordingGroup", {})
    strategy = group.get("recordingStrategy", {}).get("useOnly")
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        return needed - set(group.get("exclusionByResourceTypes", {}).get("resourceTypes", []))
    if group.get("allSupported"):
        # Without the global ones all means all regional types (AWS Config API Reference, RecordingGroup).
        everywhere = group.get("includeGlobalResourceTypes", False)
        return {kind for kind in needed if everywhere or kind not in GLOBAL_TYPES}
    return set(group.get("resourceTypes", []))
