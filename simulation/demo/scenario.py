"""The eight days of the demo: the events of each day, and the expected results."""

from collections import Counter
from datetime import timedelta
from typing import Any

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from handlers.score.figures import WEIGHTS
from settings.resource_names import NameKind
from simulation.aws.lambda_runtime import Invocation
from simulation.demo import artefacts, estate, own_rules, remediation_steps
from simulation.demo import settings_changes as changes
from simulation.demo.estate import Estate
from simulation.demo.session import WAIVERS, Demo, expect, synthesized
from simulation.demo.site.words import count as amount

A_DAY = timedelta(days=1)
NEW_BUCKET = "data-science-scratch"

BURST = 400
"""Number of buckets that one changed template creates without KMS encryption."""


def create_estate(demo: Demo) -> Estate:
    """Creates the estate, before the system is deployed."""
    made = estate.seed(demo.cloud, demo.settings)
    made.waived.add((own_rules.S3, changes.waived_bucket(demo.settings)))
    demo.screen.table(["resource", "number"], made.made.items())
    demo.screen.say(made.described())
    return made


def run(demo: Demo, made: Estate) -> None:
    """Runs the days, each from nine in the morning to the next; raises UnexpectedError."""
    screen, settings = demo.screen, demo.settings
    for bucket in demo.cloud.deployment.attributes("aws_s3_bucket"):
        made.expect(own_rules.S3, bucket["bucket"], COMPLIANT)
    with screen.phase("Day 1. AWS Config records and evaluates the resources"):
        _check_evaluation(demo, made, demo.record())
    with screen.phase("Day 1. A report every six hours; remediations in mode plan"):
        pass_a_day(demo, made)
        demo.show_report()
        remediation_steps.planned(demo)
        remediation_steps.waived(demo)
    with screen.phase("Day 2. Nothing changes"):
        before = demo.count_alerts("OPENED")
        pass_a_day(demo, made)
        expect(demo.count_alerts("OPENED"), before, "alerts on a day without changes")
        expect(len(demo.cloud.published(demo.topics[WAIVERS])), 1, "reminders to the waiver's owner")
        screen.say(f"{amount(before, 'open finding')}, 0 new alerts; the waiver's owner is reminded")
        demo.show_latest(WAIVERS)
    with screen.phase("Day 3. A new bucket and a changed database violate rules; the waiver expires"):
        _violate(demo, made)
        demo.record()
        expect(demo.count_alerts("OPENED"), before + 2, "alerts after two new violations")
        _burst(demo)
        made.waived.clear()
        pass_a_day(demo, made)
        expect(demo.count_alerts("REOPENED"), 1, "findings reopened when a waiver expires")
        screen.say("2 alerts for new violations, 1 alert for the finding that was waived")
        demo.show_mails("REOPENED")
    with screen.phase("Day 4. An outage: no schedule runs for a day"):
        _outage(demo)
    with screen.phase("Day 5. Changed settings are deployed: remediations act within their scope"):
        demo.settings = changes.acting(settings, made.instances)
        demo.deploy(synthesized(demo.settings, "act"))
        remediation_steps.enforced(demo, made)
        remediation_steps.approved(demo, made)
        remediation_steps.limited(demo, made)
        pass_a_day(demo, made)
    with screen.phase("Day 6. An operator rolls back an action; the event of another fix is lost"):
        remediation_steps.rolled_back(demo, made)
        before = demo.count_alerts("RESOLVED")
        _fix_without_event(demo, made)
        pass_a_day(demo, made)
        expect(demo.count_alerts("RESOLVED"), before + 1, "findings resolved by reconciliation")
        screen.say("lost event: 1 finding resolved by the next report")
    with screen.phase("Days 7 and 8. Nothing changes"):
        for _ in range(2):
            pass_a_day(demo, made)
    with screen.phase("Scores and executive summary"):
        _show_scores(demo)
        demo.show_summary()


def destroy(demo: Demo) -> None:
    """Destroys the system, and checks that only the estate's buckets remain."""
    ours = {str(each["bucket"]) for each in demo.cloud.deployment.attributes("aws_s3_bucket")}
    before = _buckets(demo)
    count = demo.cloud.destroy()
    expect(_buckets(demo), before - ours, "buckets after the destruction")
    for region in demo.settings.monitored_regions:
        left = demo.cloud.client("config", region).describe_config_rules()["ConfigRules"]
        expect(len(left), 0, f"rules left in {region}")
    demo.screen.say(f"{amount(count, 'resource')} removed; the KMS key is deleted after seven days")


def _buckets(demo: Demo) -> set[str]:
    return {str(each["Name"]) for each in demo.cloud.client("s3").list_buckets()["Buckets"]}


def pass_a_day(demo: Demo, made: Estate) -> None:
    """Runs the deployed schedules until nine the next morning, and checks report and score."""
    demo.without_errors(demo.cloud.run_until(demo.cloud.clock.now() + A_DAY))
    _check_report(demo, made)
    _check_score(demo, made)


def _violate(demo: Demo, made: Estate) -> None:
    name = f"{NEW_BUCKET}-{demo.settings.environment}"
    estate.make_bucket(demo.cloud, name, estate.AES256)
    made.expect(own_rules.S3, name, NON_COMPLIANT)
    days = own_rules.minimum_days(demo.settings)
    made.expect(own_rules.RDS, estate.set_retention(demo.cloud, "core-banking-1", days - 1), NON_COMPLIANT)


def _burst(demo: Demo) -> None:
    """Creates many buckets at once, and deletes them after their mails."""
    counts = {word: demo.count_alerts(word) for word in ("OPENED", "RESOLVED")}
    names = [f"template-{number:03}-{demo.settings.environment}" for number in range(BURST)]
    for name in names:
        estate.make_bucket(demo.cloud, name, estate.AES256)
    before = demo.count_mails()
    processed = [each.at[0] for each in demo.record() if each.function.startswith("process-")]
    expect(processed[-1] - processed[0] < timedelta(minutes=1), True, "all within a minute")
    expect(demo.count_alerts("OPENED"), counts["OPENED"] + BURST, "alerts after a changed template")
    mails = demo.count_mails() - before
    demo.show_mails("OPENED")
    for name in names:
        demo.cloud.client("s3").delete_bucket(Bucket=name)
    demo.record()
    expect(demo.count_alerts("RESOLVED"), counts["RESOLVED"] + BURST, "alerts after the buckets were deleted")
    expect(demo.cloud.mailbox.suspended, {}, "suspended subscriptions")
    demo.screen.say(f"a template creates and deletes {BURST} buckets without KMS: {amount(mails, 'mail')}")


def _outage(demo: Demo) -> None:
    schedules = {demo.schedule(function) for function in ("evaluate", "report", "score", "score-again", "summarize")}
    demo.without_errors(demo.cloud.run_until(demo.cloud.clock.now() + A_DAY, skip=schedules))
    in_alarm = sorted(name for name, state in demo.cloud.alarms().items() if state == "ALARM")
    required = [demo.settings.name(f"{name}-missing", NameKind.ALARM) for name in ("evaluation", "report", "score")]
    expect(in_alarm, required, "alarms in state ALARM")
    names = (name.removesuffix(f"-{demo.settings.deployment.label}") for name in in_alarm)
    demo.screen.say(f"{amount(len(in_alarm), 'alarm')}: {', '.join(names)}")


def _fix_without_event(demo: Demo, made: Estate) -> None:
    days = own_rules.minimum_days(demo.settings)
    made.expect(own_rules.RDS, estate.set_retention(demo.cloud, "core-banking-1", days), COMPLIANT)
    before = demo.count_alerts("RESOLVED")
    with demo.cloud.config.losing_events():
        demo.record()
    expect(demo.count_alerts("RESOLVED"), before, "alerts about a lost event")


def _check_evaluation(demo: Demo, made: Estate, invocations: list[Invocation]) -> None:
    results: Counter[str] = Counter()
    for (rule, identity), expected in made.expected.items():
        result = demo.evaluation_result(rule, identity)
        expect(result, expected, f"{rule} on {identity}")
        results[result] += 1
    violations = results[NON_COMPLIANT] - len(made.waived)
    expect(demo.count_alerts("OPENED"), violations, "alerts for violations")
    ran = Counter(invocation.function for invocation in invocations)
    demo.screen.table(["function", "runs"], sorted(ran.items()))
    demo.screen.say(f"{amount(len(made.expected), 'evaluation result')}, all as expected")
    mails = amount(demo.count_mails(), "mail")
    demo.screen.say(f"{amount(violations, 'violation')} reported in {mails}; {len(made.waived)} waived")
    expect(demo.cloud.mailbox.suspended, {}, "suspended subscriptions")
    demo.show_mails("OPENED")


def _check_report(demo: Demo, made: Estate) -> None:
    report, results = demo.last_report(), made.results()
    totals = report["totals"]
    expect(report["problems"], [], "problems of the report")
    expect(totals["compliant"], results[COMPLIANT], "compliant resources in the report")
    expect(totals["waived"], results[estate.WAIVED], "waived findings in the report")
    expect(totals["discovered"], totals["evaluated"], "resources discovered and evaluated")
    rows = artefacts.listing(demo.cloud, demo.reports_bucket, report)
    listed = {(row["rule"], row["resource_id"]) for row in rows}
    required = {key for key, compliance_type in made.expected.items() if compliance_type == NON_COMPLIANT}
    expect(listed, required, "resources listed with the report")


def _check_score(demo: Demo, made: Estate) -> None:
    """Checks the score against the formula and the estate's expected results."""
    results = Counter(
        (demo.settings.catalogue[rule].severity, result)
        for (rule, identity), result in made.expected.items()
        if (rule, identity) not in made.waived
    )
    passed = sum(WEIGHTS[severity] * results[severity, COMPLIANT] for severity in WEIGHTS)
    failed = sum(WEIGHTS[severity] * results[severity, NON_COMPLIANT] for severity in WEIGHTS)
    score = artefacts.scores(demo.cloud, demo.reports_bucket)[-1]
    expect(score["total"]["score"], 1000 * passed // (passed + failed) / 10, "score")
    expect(score["day"], demo.cloud.clock.now().date().isoformat(), "day of the score")


def _show_scores(demo: Demo) -> None:
    rows: list[list[Any]] = []
    for score in artefacts.scores(demo.cloud, demo.reports_bucket):
        complete = "complete" if score["completeness"]["complete"] else "incomplete"
        change = score["deltas"]["yesterday"]
        changed = "gap before" if rows and change is None else "" if change is None else f"{change:+.1f}"
        week = score["deltas"]["seven_days"]
        findings = sum(each["findings"] for each in score["open"].values())
        rows.append(
            [
                score["day"],
                f"{score['total']['score']:.1f}",
                f"{score['total']['coverage']:.1f} %",
                changed,
                "" if week is None else f"{week:+.1f}",
                findings,
                complete,
            ]
        )
    demo.screen.table(["day", "score", "coverage", "to yesterday", "in 7 days", "open", "data"], rows)
    expect(len(rows), 7, "scores of eight days with a gap")
    first, last = rows[0][1], rows[-1][1]
    demo.screen.say(
        f"{amount(len(rows), 'daily score')}, first {first}, last {last} of 100, each with an executive summary"
    )
