"""Checks whether a deployment works: recorders, rules, subscriptions, reports, waivers, scores, queue and alarms."""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handlers.common.model.cadence import GRACE, SILENT_AFTER
from handlers.common.runtime import clock
from handlers.common.runtime.clients import client
from handlers.common.runtime.naming import OPERATE
from handlers.common.stores.report_bucket import REPORTS, SCORES, report_time
from handlers.rules import RULES
from operate import recorders, subscriptions
from operate.arguments import add_environment, settings_of
from operate.checks import Check, Status, attention, broken, guarded, ok, show
from operate.identity import identified
from settings.model import Settings
from settings.regions import CREATE
from settings.resource_names import FAILURE_QUEUE, REPORT_BUCKET, NameKind

HELP = "check whether a deployment works"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints each check; returns 1 if any needs attention."""
    settings = settings_of(arguments)
    identified(settings)
    checks = show(checked(settings))
    failed = sum(check.status != Status.OK for check in checks)
    print(f"{failed} of {len(checks)} checks need attention" if failed else f"all {len(checks)} checks passed")
    return int(bool(failed))


def checked(settings: Settings) -> Iterator[Check]:
    """Yields all checks."""
    for region in settings.monitored_regions:
        yield from guarded(f"{region}: recorder", lambda region=region: _recorder(settings, region))  # type: ignore[misc]
        yield from guarded(f"{region}: rules", lambda region=region: _rules(settings, region))  # type: ignore[misc]
    yield from guarded("subscriptions", lambda: subscriptions.confirmed(settings))
    yield from guarded("last report", lambda: _report(settings))
    yield from guarded("last score", lambda: _score(settings))
    yield from guarded("dead-letter queue", lambda: _queue(settings))
    yield from guarded("alarms", lambda: _alarms(settings))


def _recorder(settings: Settings, region: str) -> Iterator[Check]:
    if settings.recorder[region] != CREATE:
        yield from recorders.existing(settings, region)
        return
    checks = list(recorders.running(region))
    yield from checks or [broken(f"{region}: no recorder exists", "deploy again")]


def _rules(settings: Settings, region: str) -> Iterator[Check]:
    """Yields one check for each rule, by the time of its last evaluation, with or without results."""
    pages = client("config", region).get_paginator("describe_config_rule_evaluation_status").paginate()
    status = {each["ConfigRuleName"]: each for page in pages for each in page["ConfigRulesEvaluationStatus"]}
    for rule in settings.rules_in(region):
        name = settings.name(rule, NameKind.CONFIG_RULE)
        if name not in status:
            yield broken(f"{region}: rule {rule} is not deployed", "deploy again")
        elif error := _present_error(status[name]):
            message = status[name].get("LastErrorMessage", "")
            yield broken(f"{region}: rule {rule} fails: {error} {message}".rstrip(), _remedy_for(rule))
        else:
            yield _evaluated(f"{region}: rule {rule}", status[name].get("LastSuccessfulEvaluationTime"))


def _present_error(status: Any) -> str | None:
    """Returns the error code of a failure without a later success; AWS Config never removes the last code."""
    failed, succeeded = status.get("LastFailedEvaluationTime"), status.get("LastSuccessfulEvaluationTime")
    if failed and succeeded and succeeded > failed:
        return None
    code: str | None = status.get("LastErrorCode")
    return code


def _remedy_for(rule: str) -> str:
    if rule in RULES:
        return "AWS Config cannot run the Guard policy: report this as a bug"
    return "see the rule's parameters and its page in the AWS Config Developer Guide"


def _evaluated(what: str, last: datetime | None) -> Check:
    remedy = "see the logs of the function evaluate, and check that the recorder runs"
    if last is None:
        return attention(f"{what} has never been evaluated", f"wait for the first evaluation; after that {remedy}")
    age = clock.now() - last
    if age > SILENT_AFTER:
        return attention(f"{what} was last evaluated at {_minute(last)}", remedy)
    return ok(f"{what} was evaluated at {_minute(last)}")


def _report(settings: Settings) -> Iterator[Check]:
    key = _latest(settings, REPORTS, lambda found: report_time(found) is not None)
    if key is None:
        yield attention("no report exists", "wait for the first report, 30 minutes after the first evaluation")
        return
    report, planned = _document(settings, key), report_time(key)
    assert planned is not None
    if clock.now() - planned > SILENT_AFTER:
        yield broken(f"the last report is of {_minute(planned)}", "see the logs of the function report")
    elif not report["complete"]:
        reasons = "; ".join(sorted({f"{each['kind']}: {each['detail']}" for each in report["problems"]})[:3])
        yield attention(f"the last report, of {_minute(planned)}, is incomplete: {reasons}", "see the runbook")
    else:
        yield ok(f"the last report, of {_minute(planned)}, is complete")
    if settings.granted or settings.exclusions:
        yield from _waivers(report)


def _waivers(report: Any) -> Iterator[Check]:
    """Yields checks for waivers and exclusions that apply to no finding or resource."""
    for each in report.get("exclusions", []):
        if each["resources"] == 0:
            what = f"an exclusion from {each['rule']} applies to no resource ({each['reason']})"
            yield attention(what, "compare its resource or tags with the report's listing, or remove it")
    listed = report.get("waivers", [])
    for each in listed:
        if each["findings"] == 0:
            remedy = f"compare waivers/{each['id']}.toml with the finding's alert; remove it if the violation is fixed"
            yield attention(f"waiver {each['id']} is in force and applies to no finding", remedy)
    if listed and all(each["findings"] != 0 for each in listed):
        yield ok(f"every waiver in force applies to findings ({len(listed)})")


def _score(settings: Settings) -> Iterator[Check]:
    key = _latest(settings, SCORES, lambda found: found.endswith(".json"))
    if key is None:
        yield attention("no score exists", "wait for the first daily score")
        return
    score = _document(settings, key)
    age = clock.now() - clock.parse(score["scheduled_at"])
    if age.total_seconds() > 24 * 3600 + GRACE.total_seconds():
        yield broken(f"the last score is of {score['day']}", "see the logs of the function score")
    else:
        yield ok(f"the last score, of {score['day']}, is {score['total']['score']}")


def _queue(settings: Settings) -> Iterator[Check]:
    sqs = client("sqs", settings.home_region)
    try:
        url = sqs.get_queue_url(QueueName=settings.name(FAILURE_QUEUE, NameKind.SQS_QUEUE))["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        yield broken("the dead-letter queue does not exist", "deploy again")
        return
    attribute = "ApproximateNumberOfMessages"
    count = int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"][attribute])
    if count:
        remedy = f"fix the cause, then: {OPERATE} redrive {settings.environment}"
        yield attention(f"the dead-letter queue has {count} events", remedy)
    else:
        yield ok("the dead-letter queue is empty")


def _alarms(settings: Settings) -> Iterator[Check]:
    pages = client("cloudwatch", settings.home_region).get_paginator("describe_alarms").paginate()
    ending = f"-{settings.deployment.label}"
    own = [each for page in pages for each in page["MetricAlarms"] if each["AlarmName"].endswith(ending)]
    in_alarm = [each for each in own if each["StateValue"] == "ALARM"]
    for each in in_alarm:
        yield attention(f"alarm {each['AlarmName']}: {each['AlarmDescription']}", "see its section of the runbook")
    if not own:
        yield broken("no alarms exist", "deploy")
    elif not in_alarm:
        yield ok(f"all {len(own)} alarms are OK")


def _latest(settings: Settings, prefix: str, is_document: Any) -> str | None:
    """Returns the last key under a prefix, by time, for which `is_document` is true."""
    pages = client("s3", settings.home_region).get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=settings.name(REPORT_BUCKET, NameKind.S3_BUCKET), Prefix=prefix)
    keys = [found["Key"] for page in listed for found in page.get("Contents", []) if is_document(found["Key"])]
    return max(keys, default=None)


def _document(settings: Settings, key: str) -> Any:
    bucket = settings.name(REPORT_BUCKET, NameKind.S3_BUCKET)
    return json.loads(client("s3", settings.home_region).get_object(Bucket=bucket, Key=key)["Body"].read())


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
