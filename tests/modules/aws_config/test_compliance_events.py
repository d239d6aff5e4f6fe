"""Event patterns of many rules fit into what EventBridge takes, with the longest names that there may be."""

import pytest

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from modules.aws_config import compliance_events as changes
from modules.resources.eventbridge import MAX_PATTERN_LENGTH, PatternTooLongError, checked
from settings.deployment import Deployment

DEPLOYMENT = Deployment("production", "ew1", "111122223333", "eu-west-1")
LONGEST_NAME = 64 - len("-production-ew1")
KINDS = (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE)


def rules(count: int) -> list[str]:
    return [f"{number:03}-{'r' * (LONGEST_NAME - 4)}" for number in range(count)]


@pytest.mark.parametrize("members", [False, True])
def test_every_portion_fits(members: bool) -> None:
    found = list(changes.batches(rules(60), members))
    assert [rule for _, some in found for rule in some] == rules(60)
    for _, some in found:
        assert len(checked(changes.pattern_for(DEPLOYMENT, some, KINDS, members))) <= MAX_PATTERN_LENGTH == 2_048


@pytest.mark.parametrize(("members", "count"), [(False, 30), (True, 13)])
def test_what_is_too_long_is_refused(members: bool, count: int) -> None:
    with pytest.raises(PatternTooLongError, match="the quota is 2048"):
        checked(changes.pattern_for(DEPLOYMENT, rules(count), KINDS, members))
