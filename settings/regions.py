"""Monitored regions and their recorders."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict

from settings import fields as values
from settings.deployment import partition

WITHOUT_GLOBAL_TYPES = {
    *("ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1"),
    *("eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1"),
}
"""Regions of AWS Config since February 2022, in which it records no IAM users, groups, roles and policies (AWS Config
Developer Guide, "Managed rules and global IAM resource types")."""

CREATE, EXISTING = "create", "existing"
RECORDERS = (CREATE, EXISTING)
Recorder = Literal["create", "existing"]
Recorders = Annotated[Mapping[str, str], values.Allowed(f"{', '.join(RECORDERS)}, or a table of these by region")]
GivenRecorders = Recorder | Mapping[values.Region, Recorder]

Regions = Annotated[
    tuple[values.Region, ...],
    Strict(False),
    Field(min_length=1),
    AfterValidator(lambda given: tuple(dict.fromkeys(given))),
]
"""At least one region; duplicates are dropped."""


def monitored(regions: tuple[str, ...], home: str | None, anywhere: bool) -> tuple[str, ...]:
    """Returns the regions; rejects those outside the EU by default, and those of other partitions."""
    found = []
    for index, region in enumerate(regions):
        if values.is_foreign(region, anywhere):
            found.append(values.Problem((index,), region, *values.FOREIGN))
        elif home is not None and partition(region) != partition(home):
            what, allowed = f"not in the partition of home_region {home}", f"a region of {partition(home)}"
            found.append(values.Problem((index,), region, what, allowed))
    if found:
        raise values.refused_all(found)
    return regions


def recorders(given: Any, regions: Sequence[str]) -> dict[str, str]:
    """Returns the recorder setting by region, from one value for all regions or a table by region."""
    if isinstance(given, str) and given in RECORDERS:
        return dict.fromkeys(regions, given)
    if not isinstance(given, Mapping):
        raise values.refused("neither one value for all regions nor a table", f"{', '.join(RECORDERS)}, or by region")
    found = [
        values.Problem((region,), word, "unknown", ", ".join(RECORDERS))
        for region, word in given.items()
        if word not in RECORDERS
    ]
    found += [
        values.Problem((region,), word, "not a monitored region", ", ".join(regions))
        for region, word in given.items()
        if regions and word in RECORDERS and region not in regions
    ]
    found += [
        values.Problem((region,), None, "missing", ", ".join(RECORDERS)) for region in regions if region not in given
    ]
    if found:
        raise values.refused_all(found)
    return {region: given[region] for region in regions}
