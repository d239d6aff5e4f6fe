"""Settings of environments and their validation; independent of cdktf and boto3.

The rules in the project's folder `rules/` are added first, because the settings have a table for each rule.
"""

from handlers.rules import rules_from
from settings.project import PROJECT, RULES

rules_from(PROJECT / RULES)
