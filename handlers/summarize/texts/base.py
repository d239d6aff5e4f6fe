"""The fields of a language, which are the keys of its file: its texts, and its formats of numbers, dates and times.

Placeholders have the same names in all languages. Formats do not depend on the locale of the machine.
"""

from dataclasses import dataclass
from datetime import date

from handlers.common.runtime import clock

MINUS = "\u2212"
NO_VALUE = "–"
HOUR = 3_600
DAY = 24 * HOUR


def printable(name: str) -> str:
    """Returns a name from AWS with control, format and lone surrogate characters escaped."""
    return "".join(character if character.isprintable() else _escaped(character) for character in name)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True)
class Plural:
    """Singular and plural of a text with the placeholder `{count}`."""

    one: str
    other: str


@dataclass(frozen=True, kw_only=True)
class Texts:
    """All texts of the summary in one language. Subjects are ASCII, as SNS requires."""

    language: str
    zero_is_singular: bool
    decimal_mark: str
    group_mark: str
    percent: str
    labelled: str
    months: tuple[str, ...]
    first_of_month: str
    date_long: str
    date_short: str
    date_axis: str
    moment: str
    less_than_an_hour: str
    hours: Plural
    days: Plural
    at_least: str

    title: str
    identity: str
    as_of: str
    subject: str
    subject_without_score: str

    score: str
    of_hundred: str
    coverage: str
    coverage_note: str
    no_score: str
    delta_yesterday: str
    delta_seven_days: str
    delta_thirty_days: str
    nothing_evaluated: str
    all_clear: str
    open_sentence: Plural
    none_overdue: str
    overdue_sentence: Plural
    risen: str
    fallen: str
    unchanged: str

    decisions: str
    no_decision: str
    decide_overdue_uncovered: Plural
    decide_remediation_failed: Plural
    decide_remediation_waiting: Plural
    decide_rule_silent: Plural
    decide_unknown_resources: Plural
    decide_data_incomplete: Plural

    trend: str
    trend_description: str
    trend_empty: str
    incomplete_day: str
    gap: str
    figures: str
    day: str
    data: str
    data_complete: str
    data_incomplete: str
    account: str
    by_account: str
    by_category: str
    category: str
    category_configuration: str
    category_encryption: str
    category_identity: str
    category_logging: str
    category_network: str
    category_resilience: str
    non_compliant: str

    changes: str
    no_changes: str
    moved_without_findings: str
    rule: str
    opened: str
    resolved: str

    worst: str
    none_open: str
    overdue: str
    shown: str
    finding: str
    severity: str
    severity_critical: str
    severity_high: str
    severity_medium: str
    severity_low: str
    open_for: str
    deadline: str
    overdue_by: str
    remediation_none: str
    remediation_off: str
    remediation_plan: str
    remediation_approve: str
    remediation_enforce: str
    remediation_out_of_scope: str

    remediations: str
    no_remediations: str
    fixed: str
    planned: str
    failed: str

    severities: str
    open: str
    late: str
    mean_age: str
    mean_resolution: str

    reliability: str
    complete: str
    incomplete: str
    reports: str
    checks: str
    unused_waivers: str
    problem_read_failed: str
    problem_sum_mismatch: str
    problem_rule_silent: str
    problem_report_missing: str
    problem_report_incomplete: str
    problem_trail_broken: str
    problem_trail_unread: str
    audit_trail: str
    method: str
    cost: str
    sources: str

    def named(self, group: str, name: str) -> str:
        """Returns the text for a name of a group, such as a severity, or the name itself if there is no text."""
        return str(getattr(self, f"{group}_{name.lower()}", None) or printable(name))

    def whole(self, value: int) -> str:
        """Returns an integer, for example 12,345."""
        return f"{value:,}".replace(",", self.group_mark)

    def decimal(self, value: float | None) -> str:
        """Returns a number with one decimal, for example 80.5; a dash for None."""
        return NO_VALUE if value is None else f"{value:.1f}".replace(".", self.decimal_mark)

    def signed(self, value: float | None) -> str:
        """Returns a number with its sign, for example +1.5; a dash for None."""
        if value is None:
            return NO_VALUE
        sign = "+" if value > 0 else MINUS if value < 0 else "±"
        return sign + self.decimal(abs(value))

    def percentage(self, value: float | None) -> str:
        """Returns a percentage, for example 98.0%; a dash for None."""
        return NO_VALUE if value is None else self.percent.format(number=self.decimal(value))

    def counted(self, plural: Plural, count: int, at_least: bool = False) -> str:
        """Returns the singular or plural for a count, with an initial capital."""
        singular = count == 1 or (count == 0 and self.zero_is_singular)
        number = self.at_least.format(count=self.whole(count)) if at_least else self.whole(count)
        text = (plural.one if singular else plural.other).format(count=number)
        return text[0].upper() + text[1:]

    def duration(self, seconds: int | None) -> str:
        """Returns a duration in whole days, or in hours below one day; a dash for None."""
        if seconds is None:
            return NO_VALUE
        if seconds < HOUR:
            return self.less_than_an_hour
        return self.counted(self.hours, seconds // HOUR) if seconds < DAY else self.counted(self.days, seconds // DAY)

    def on(self, form: str, day: str) -> str:
        """Returns an ISO 8601 date in one of this language's formats, for example `date_short`."""
        parsed = date.fromisoformat(day)
        name, ordinal = self.months[parsed.month - 1], self.first_of_month if parsed.day == 1 else str(parsed.day)
        return form.format(day=parsed.day, ordinal=ordinal, month=parsed.month, year=parsed.year, name=name)

    def at(self, stamp: str) -> str:
        """Returns date and time of a stamp, in UTC."""
        time = clock.parse(stamp)
        return self.moment.format(date=self.on(self.date_long, time.date().isoformat()), time=f"{time:%H:%M}")

    def label(self, name: str, value: str) -> str:
        """Returns `Name: value`, with the spacing of this language."""
        return self.labelled.format(name=name, value=value)
