"""Generator of the sections of docs/rules.md and of README's table: every own rule, from its folder."""

from collections.abc import Iterator, Sequence

from handlers.common.model.rule import Guard, Rule
from handlers.rules import RULES
from settings.rule_cases import cases_of

NOTES = "notes.md"
"""What a rule's author adds, in the rule's folder; links are those of docs/."""

BEGIN, END = "<!-- `make docs` writes this table -->", "<!-- end of the table -->"

FOLLOWING = "<!-- `make docs` writes what follows -->"


def with_sections(page: str) -> str:
    """Returns docs/rules.md with the present section of each rule."""
    head, marker, _ = page.partition(FOLLOWING)
    sections = ("\n".join(_section(rule)) for rule in RULES.values())
    return f"{head}{marker}\n\n" + "\n\n".join(sections) + "\n"


def with_table(readme: str) -> str:
    """Returns README with the present table of rules."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [
        [
            f"`{rule.name}`",
            str(rule.severity),
            rule.description,
            rule.remediation.effect if rule.remediation else "none",
        ]
        for rule in RULES.values()
    ]
    table = "\n".join(_table(["rule", "severity", "compliant if", "remediation"], rows))
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.name}\n"
    yield f"{rule.description}\n"
    yield f"- severity {rule.severity}, category {rule.category}"
    yield f"- resource types: {', '.join(f'`{kind}`' for kind in rule.resource_types)}"
    yield f"- controls: {', '.join(rule.controls)}"
    source = rule.source
    settings = source.settings if isinstance(source, Guard) else ()
    for each in settings:
        yield f"- setting `{each.name}`: {each.description}"
    if rule.remediation:
        yield f"- remediation `remediate-{rule.remediation.name}`: {rule.remediation.effect}"
    yield ""
    if isinstance(source, Guard) and (notes := source.policy.with_name(NOTES)).exists():
        yield notes.read_text(encoding="utf-8")
    rows = [[case.why, _result(case.expected), _given(case.settings)] for case in cases_of(rule)]
    yield from _table(["case", "result", "with the settings"], rows)


def _result(expected: str) -> str:
    return expected.lower().replace("non_compliant", "non-compliant").replace("_", " ")


def _given(settings: dict[str, object]) -> str:
    return "; ".join(f"`{name} = {_toml(value)}`" for name, value in settings.items())


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    yield from (f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows)
