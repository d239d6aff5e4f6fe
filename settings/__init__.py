"""Settings of environments and their validation; independent of cdktf and boto3.

The rules in the project's folder `rules/` are added first, because the settings have a table for each rule.
"""

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.rules import RULES as OWN_RULES
from handlers.rules import rules_from
from settings.project import PROJECT, RULES
from settings.rule_declaration import require


def _problem() -> str | None:
    """Adds the project's rules; returns why they, or the rules of this package, cannot be used."""
    try:
        for rule in OWN_RULES.values():
            require(rule)
    except ComplianceMonitorError as error:
        OWN_RULES.clear()  # their settings cannot become tables
        return str(error)
    try:
        rules_from(PROJECT / RULES, require)
    except ComplianceMonitorError as error:
        return f"{PROJECT / RULES}: {error}"
    return None


RULES_PROBLEM = _problem()
"""Why there are no rules, or none of the project's, if so. The first use of an environment raises it: an app that uses
only constructs may have a package `rules` with other content."""
