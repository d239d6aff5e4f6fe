"""Events of missed compliance changes, which a report sends to the system's event bus.

AWS Config reports a change once, at best effort. The event of a missed change has the form of AWS Config's event, and
`process` handles it in the same way; late and duplicate events have no effect.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from handlers.common.model import events
from handlers.common.model.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from handlers.common.model.finding import VIOLATED
from handlers.common.runtime.clock import stamp
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.report.environment import ReportEnvironment
from handlers.report.reads import BY_RULE, Kind
from handlers.report.workspace import Workspace, millis, moment

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

Entry = dict[str, Any]

ENTRIES_PER_CALL = 10  # PutEvents' limit

# The event of a change within this time may not be processed yet.
IN_FLIGHT = timedelta(minutes=10)

MISSED = f"""
SELECT v.rule, v.account, v.region, v.type, v.id, v.compliance, v.ordering, v.recorded, f.position, 'opened'
FROM evaluation_results v LEFT JOIN findings f ON f.id = v.finding
WHERE v.compliance = '{NON_COMPLIANT}' AND coalesce(f.status, '') NOT IN {tuple(map(str, VIOLATED))}
UNION ALL
SELECT f.rule, f.account, f.region, f.type, f.resource, r.compliance, r.ordering, r.recorded, f.position, 'resolved'
FROM findings f JOIN scopes s ON s.rule = f.rule AND s.account = f.account AND s.region = f.region
JOIN results r ON r.scope = s.rowid AND r.type = f.type AND r.id = f.resource
WHERE f.status IN {tuple(map(str, VIOLATED))} AND r.compliance IN ('{COMPLIANT}', '{NOT_APPLICABLE}')
"""
WAIVER_CHANGED = f"""
SELECT v.rule, v.account, v.region, v.type, v.id, v.compliance, v.ordering, v.recorded, f.position
FROM evaluation_results v JOIN findings f ON f.id = v.finding
WHERE v.compliance = '{NON_COMPLIANT}' AND f.status IN {tuple(map(str, VIOLATED))}
AND coalesce(v.waiver, '') <> f.waiver
"""
DUE = """
SELECT f.rule, f.account, f.region, f.type, f.resource, f.compliance, f.position
FROM findings f JOIN scopes s ON s.rule = f.rule AND s.account = f.account AND s.region = f.region
WHERE f.due <> '' AND coalesce(f.claimed, 0) < ?
"""
UNCONFIRMED = f"""
SELECT f.rule, f.account, f.region, count(*)
FROM findings f JOIN scopes s ON s.rule = f.rule AND s.account = f.account AND s.region = f.region
WHERE f.status IN {tuple(map(str, VIOLATED))}
AND NOT EXISTS (SELECT 1 FROM results r WHERE r.scope = s.rowid AND r.type = f.type AND r.id = f.resource)
GROUP BY 1, 2, 3
"""
# An expired finding is known only from its evaluation result, and one without a result only from the findings table.
OPEN_CASES = f"""
SELECT o.rule, o.account, o.region, o.type, o.resource, r.compliance, r.ordering, r.recorded, f.compliance, f.position
FROM open_cases o LEFT JOIN findings f ON f.id = o.finding
LEFT JOIN scopes s ON s.rule = o.rule AND s.account = o.account AND s.region = o.region
LEFT JOIN results r ON r.scope = s.rowid AND r.type = o.type AND r.id = o.resource
WHERE coalesce(f.status, '') NOT IN {tuple(map(str, VIOLATED))}
"""


class NotTakenError(ComplianceMonitorError, RuntimeError):
    """EventBridge did not accept some of the events; the report is written, and a retry sends them again."""


class FollowUps:
    """The events for the missed changes in a workspace."""

    def __init__(self, workspace: Workspace, environment: ReportEnvironment) -> None:
        self._workspace = workspace
        self._environment = environment

    def entries(self, now: datetime) -> Iterator[tuple[str, Entry]]:
        """Yields each event with its effect on the finding (`opened`, `resolved`, `waivers`, `alerts`, `cases`).

        An alert or a waiver's record that is missing is due until the change is sent again. A remediation is open until
        the change that closes it is sent again.

        If the findings were not read completely, there are no events. The start or end of a waiver changes a finding
        independently of AWS Config's order, so its event has at least the order of the finding.
        """
        if any(read.kind == Kind.FINDINGS for read, _ in self._workspace.failures()):
            return
        for *result, position, effect in self._workspace.rows(MISSED):
            order = _order(*result[-2:])
            if result[-1] < millis(now - IN_FLIGHT) and order > (position or ""):
                yield effect, self._entry(order, *result[:-2])
        for *result, position in self._workspace.rows(WAIVER_CHANGED):
            order = max(_order(*result[-2:]), position)
            yield "waivers", self._entry(order, *result[:-2])
        for *result, position in self._workspace.rows(DUE, millis(now - IN_FLIGHT)):
            yield "alerts", self._entry(position, *result)
        for *resource, compliance, ordering, recorded, known, position in self._workspace.rows(OPEN_CASES):
            evaluated = (_order(ordering, recorded), compliance) if compliance else ("", "")
            order, last = max(evaluated, (position or "", known or ""))
            result = [*resource, last]
            if last in (COMPLIANT, NOT_APPLICABLE) and order.split("/")[1] < stamp(now - IN_FLIGHT):
                yield "cases", self._entry(order, *result)

    def reconciliation(self, now: datetime) -> dict[str, int]:
        """Returns the numbers of events by effect on findings, and of open findings without an evaluation result."""
        effects = Counter(effect for effect, _ in self.entries(now))
        failed = {read.scope for read, _ in self._workspace.failures() if read.kind in BY_RULE}
        unconfirmed = sum(count for *scope, count in self._workspace.rows(UNCONFIRMED) if tuple(scope) not in failed)
        counted = {effect: effects[effect] for effect in ("opened", "resolved", "waivers")}
        return counted | {"unconfirmed": unconfirmed}

    def put(self, client: "EventBridgeClient", now: datetime) -> Counter[str]:
        """Sends all events to the system's own bus and returns their number by effect; raises NotTakenError."""
        effects, batch = Counter[str](), list[Entry]()
        for effect, entry in self.entries(now):
            effects[effect] += 1
            batch.append(entry)
            if len(batch) == ENTRIES_PER_CALL:
                put_events(client, self._environment.event_bus, batch)
                batch = []
        if batch:
            put_events(client, self._environment.event_bus, batch)
        return effects

    def _entry(
        self, order: str, rule: str, account: str, region: str, kind: str, identity: str, compliance: str
    ) -> Entry:
        """Returns an event in the form of AWS Config's "Config Rules Compliance Change"."""
        ordering, recorded = order.split("/")
        config_rule = self._environment.config_rule(rule)
        qualifier = {"configRuleName": config_rule, "resourceType": kind, "resourceId": identity}
        detail = {
            "messageType": events.CHANGE_MESSAGE,
            "awsAccountId": account,
            "awsRegion": region,
            "configRuleName": config_rule,
            "newEvaluationResult": {
                "evaluationResultIdentifier": {
                    "evaluationResultQualifier": qualifier,
                    "orderingTimestamp": ordering,
                },
                "complianceType": compliance,
                "resultRecordedTime": recorded,
            },
        }
        return {"Source": events.OWN_SOURCE, "DetailType": events.MISSED_CHANGE, "Detail": json.dumps(detail)}


def _order(*times: int) -> str:
    return "/".join(stamp(moment(time)) for time in times)


def put_events(client: "EventBridgeClient", bus: str, entries: list[Entry]) -> None:
    """Sends entries to a bus; raises NotTakenError."""
    batch: Any = [entry | {"EventBusName": bus} for entry in entries]
    answer = client.put_events(Entries=batch)
    if answer["FailedEntryCount"]:
        raise NotTakenError(f"{answer['FailedEntryCount']} of {len(entries)} events were not accepted")
