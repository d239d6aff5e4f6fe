"""What a language must say, a typed field for each text, and how it writes numbers, dates and times.

Places in braces are named alike in all languages. Digits, names and dates never depend on the machine's locale.
"""

from dataclasses import dataclass
from datetime import date

from handlers.common.runtime import clock

MINUS = "\u2212"
NO_VALUE = "–"
HOUR = 3_600
DAY = 24 * HOUR


def printable(name: str) -> str:
    """Returns a name from AWS with every control, format or lone surrogate character as its escape."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in name)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True)
class Plural:
    """A text about a number of things, which stands at `{count}`."""

    one: str
    other: str


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Everything the summary says in one language. The subject of a mail is ASCII, for SNS takes nothing else."""

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
        """Returns the text for a name of a group, such as a severity; a name that has none stands for itself."""
        return str(getattr(self, f"{group}_{name.lower()}", None) or printable(name))

    def whole(self, value: int) -> str:
        """12,345 in this language."""
        return f"{value:,}".replace(",", self.group_mark)

    def decimal(self, value: float | None) -> str:
        """80.5 in this language; a dash for nothing."""
        return NO_VALUE if value is None else f"{value:.1f}".replace(".", self.decimal_mark)

    def signed(self, value: float | None) -> str:
        """+1.5 in this language, with a true minus sign; a dash for nothing."""
        if value is None:
            return NO_VALUE
        sign = "+" if value > 0 else MINUS if value < 0 else "±"
        return sign + self.decimal(abs(value))

    def percentage(self, value: float | None) -> str:
        """98.0% in this language; a dash for nothing."""
        return NO_VALUE if value is None else self.percent.format(number=self.decimal(value))

    def counted(self, plural: Plural, count: int, at_least: bool = False) -> str:
        """Returns a text about so many, as the beginning of a sentence."""
        singular = count == 1 or (count == 0 and self.zero_is_singular)
        number = self.at_least.format(count=self.whole(count)) if at_least else self.whole(count)
        said = (plural.one if singular else plural.other).format(count=number)
        return said[0].upper() + said[1:]

    def duration(self, seconds: int | None) -> str:
        """Returns a time in whole days, or in hours below one day; a dash for nothing."""
        if seconds is None:
            return NO_VALUE
        if seconds < HOUR:
            return self.less_than_an_hour
        return self.counted(self.hours, seconds // HOUR) if seconds < DAY else self.counted(self.days, seconds // DAY)

    def on(self, form: str, day: str) -> str:
        """Returns an ISO 8601 day in one of this language's forms, for example `date_short`."""
        found = date.fromisoformat(day)
        name, ordinal = self.months[found.month - 1], self.first_of_month if found.day == 1 else str(found.day)
        return form.format(day=found.day, ordinal=ordinal, month=found.month, year=found.year, name=name)

    def at(self, stamp: str) -> str:
        """Returns a moment with its day, in UTC."""
        found = clock.parse(stamp)
        return self.moment.format(date=self.on(self.date_long, found.date().isoformat()), time=f"{found:%H:%M}")

    def label(self, name: str, value: str) -> str:
        """`Name: value`, with the spacing of this language."""
        return self.labelled.format(name=name, value=value)
