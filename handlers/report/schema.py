"""The schema of a report's workspace, and the statements that update it."""

from handlers.common.model.events import NON_COMPLIANT
from handlers.common.model.exclusion import PREFIX

VERSION = 1
"""The version of the schema, by which an updated function detects the workspace of its former version."""

SCHEMA = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE reads (
    number INTEGER PRIMARY KEY, kind TEXT, subject TEXT, region TEXT, account TEXT, config_rule TEXT,
    token TEXT, done INTEGER NOT NULL DEFAULT 0, error TEXT, tries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, subject, region, account)
);
CREATE TABLE scopes (
    rule TEXT, account TEXT, region TEXT, prefix TEXT, invoked INTEGER, PRIMARY KEY (rule, account, region)
);
CREATE TABLE rule_types (rule TEXT, type TEXT, recorded INTEGER, PRIMARY KEY (rule, type)) WITHOUT ROWID;
CREATE TABLE counted (region TEXT, type TEXT, total INTEGER, PRIMARY KEY (region, type));
CREATE TABLE discovered (
    region TEXT, account TEXT, type TEXT, id TEXT, name TEXT, PRIMARY KEY (region, account, type, id)
) WITHOUT ROWID;
CREATE TABLE known (scope TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE covered (finding TEXT, scope TEXT, PRIMARY KEY (finding, scope)) WITHOUT ROWID;
CREATE TABLE waived (finding TEXT PRIMARY KEY, waiver TEXT, until TEXT) WITHOUT ROWID;
CREATE TABLE results (
    scope INTEGER, type TEXT, id TEXT, compliance TEXT, ordering INTEGER, recorded INTEGER,
    PRIMARY KEY (scope, type, id)
) WITHOUT ROWID;
CREATE TABLE findings (
    id TEXT PRIMARY KEY, rule TEXT, account TEXT, region TEXT, type TEXT, resource TEXT, severity TEXT, status TEXT,
    waiver TEXT, position TEXT, compliance TEXT, due TEXT, first_seen INTEGER, opened INTEGER, resolved INTEGER,
    claimed INTEGER
) WITHOUT ROWID;
CREATE TABLE open_cases (
    finding TEXT PRIMARY KEY, rule TEXT, account TEXT, region TEXT, type TEXT, resource TEXT
) WITHOUT ROWID;
CREATE VIEW latest_results AS
    SELECT s.rowid AS scope, s.rule, s.account, s.region, s.prefix || d.type || '/' || d.id AS finding, d.type, d.id,
           d.name, r.compliance, r.ordering, r.recorded, 1 AS discovered
    FROM scopes s JOIN rule_types j ON j.rule = s.rule
    JOIN discovered d ON d.region = s.region AND d.account = s.account AND d.type = j.type
    LEFT JOIN results r ON r.scope = s.rowid AND r.type = d.type AND r.id = d.id
    UNION ALL
    SELECT s.rowid, s.rule, s.account, s.region, s.prefix || r.type || '/' || r.id, r.type, r.id,
           NULL, r.compliance, r.ordering, r.recorded,
           -- Resources of types that AWS Config does not record are known only from results.
           EXISTS (SELECT 1 FROM rule_types j WHERE j.rule = s.rule AND j.type = r.type AND NOT j.recorded)
    FROM results r JOIN scopes s ON s.rowid = r.scope
    -- Without deleted resources.
    WHERE r.compliance <> 'NOT_APPLICABLE'
    AND NOT EXISTS (
        SELECT 1 FROM discovered d
        WHERE d.region = s.region AND d.account = s.account AND d.type = r.type AND d.id = r.id
    );
CREATE VIEW evaluation_results AS
    SELECT j.*, iif(j.compliance = '{NON_COMPLIANT}', w.waiver, NULL) AS waiver,
           iif(w.waiver LIKE '{PREFIX}%', w.waiver, NULL) AS exclusion
    FROM latest_results j LEFT JOIN waived w ON w.finding = j.finding;
"""

# The later result is kept, because a result may change between two reads.
TAKE_RESULT = """
INSERT INTO results VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    compliance = excluded.compliance, ordering = excluded.ordering, recorded = excluded.recorded
WHERE excluded.recorded >= results.recorded
"""

# A rule that has never had a result remains silent when an evaluation starts.
TAKE_EVALUATED = """
UPDATE scopes SET invoked = max(invoked, ?) WHERE rule = ? AND account = ? AND region = ? AND invoked IS NOT NULL
"""

TAKE_COUNT = """
INSERT INTO counted VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total
"""

# The scope that is valid longest is kept, as in handlers.common.model.exclusion: an exclusion has the last date.
TAKE_WAIVED = """
INSERT INTO waived VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET waiver = excluded.waiver, until = excluded.until
WHERE (excluded.until, excluded.waiver) > (waived.until, waived.waiver)
"""

READ = "kind, subject, region, account, config_rule"
