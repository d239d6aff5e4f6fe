"""Checks of the criteria that an app passes for rules."""

from collections.abc import Mapping

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from modules.resources.arguments import require
from settings.own_rules import value_problems


def require_criteria(construct: str, rules: Mapping[str, Rule], criteria: Mapping[str, Criteria]) -> None:
    """Raises ArgumentError for criteria that are missing, or that an environment's settings would not allow."""
    for name, rule in rules.items():
        if not isinstance(rule.source, Guard):
            continue
        argument, given = f"{construct}: criteria[{name!r}]", criteria.get(name)
        names = [each.name for each in rule.source.settings]
        values = given.values if isinstance(given, Criteria) else {}
        is_complete = isinstance(given, Criteria) and all(each in values for each in names)
        require(is_complete, argument, given, f"Criteria with {', '.join(names) or 'no values'}")
        for problem in value_problems(name, values):
            require(False, f"{argument}: {problem.at[0]}", problem.value, problem.allowed)
