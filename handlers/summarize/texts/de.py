"""The summary in German."""

from handlers.summarize.texts.base import Plural, Texts

TEXTS = Texts(
    language="de",
    zero_is_singular=False,
    decimal_mark=",",
    group_mark=".",
    percent="{number}\u00a0%",
    labelled="{name}: {value}",
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    first_of_month="1",
    date_long="{ordinal}. {name} {year}",
    date_short="{day:02}.{month:02}.{year}",
    date_axis="{day:02}.{month:02}.",
    moment="{date}, {time} Uhr UTC",
    less_than_an_hour="weniger als eine Stunde",
    hours=Plural("{count} Stunde", "{count} Stunden"),
    days=Plural("{count} Tag", "{count} Tage"),
    at_least="mindestens {count}",
    title="Compliance-Statusbericht",
    identity="Umgebung {deployment}, Konto {account}",
    as_of="Stand: {moment}",
    subject="Compliance {deployment} {date}: {score} von 100, Frist verstrichen: {overdue}, Entscheidungen: "
    "{decisions}",
    subject_without_score="Compliance {deployment} {date}: kein Score, Frist verstrichen: {overdue}, "
    "Entscheidungen: {decisions}",
    score="Score",
    of_hundred="von 100",
    coverage="Abdeckung",
    coverage_note="aller Prüfungen haben ein Ergebnis",
    no_score="kein Score",
    delta_yesterday="seit dem Vortag",
    delta_seven_days="in 7 Tagen",
    delta_thirty_days="in 30 Tagen",
    nothing_evaluated="Es konnte nichts beurteilt werden, daher hat der Tag keinen Score.",
    all_clear="Alles, was beurteilt wurde, entspricht den Regeln.",
    open_sentence=Plural("{count} Befund ist offen.", "{count} Befunde sind offen."),
    none_overdue="Keine Frist ist verstrichen.",
    overdue_sentence=Plural(
        "Bei {count} davon ist die Frist verstrichen.", "Bei {count} davon ist die Frist verstrichen."
    ),
    risen="Der Score ist seit dem Vortag um {points} gestiegen.",
    fallen="Der Score ist seit dem Vortag um {points} gesunken.",
    unchanged="Der Score ist so hoch wie am Vortag.",
    decisions="Erforderliche Entscheidungen",
    no_decision="Heute ist keine Entscheidung erforderlich.",
    decide_overdue_uncovered=Plural(
        "{count} überfälliger Befund wird von keiner automatischen Korrektur erfasst. Behebung beauftragen oder Risiko "
        "akzeptieren.",
        "{count} überfällige Befunde werden von keiner automatischen Korrektur erfasst. Behebung beauftragen oder "
        "Risiko akzeptieren.",
    ),
    decide_remediation_failed=Plural(
        "{count} Versuch einer automatischen Korrektur ist gescheitert. Ursache klären und von Hand korrigieren "
        "lassen.",
        "{count} Versuche einer automatischen Korrektur sind gescheitert. Ursachen klären und von Hand korrigieren "
        "lassen.",
    ),
    decide_remediation_waiting=Plural(
        "{count} offener Befund ließe sich automatisch beheben, doch Korrekturen werden bisher nur geplant. Korrektur "
        "freigeben oder Behebung beauftragen.",
        "{count} offene Befunde ließen sich automatisch beheben, doch Korrekturen werden bisher nur geplant. "
        "Korrekturen freigeben oder Behebung beauftragen.",
    ),
    decide_rule_silent=Plural(
        "{count} Regel wird nicht ausgewertet. Auswertung wiederherstellen lassen.",
        "{count} Regeln werden nicht ausgewertet. Auswertung wiederherstellen lassen.",
    ),
    decide_unknown_resources=Plural(
        "{count} Prüfung hat kein Ergebnis. Klären lassen; bis dahin ist unbekannt, ob die Regel eingehalten ist.",
        "{count} Prüfungen haben kein Ergebnis. Klären lassen; bis dahin ist unbekannt, ob die Regeln eingehalten "
        "sind.",
    ),
    decide_data_incomplete=Plural(
        "Die Daten des Tages sind aus {count} Grund unvollständig. Die Zahlen sind mit Vorsicht zu verwenden.",
        "Die Daten des Tages sind aus {count} Gründen unvollständig. Die Zahlen sind mit Vorsicht zu verwenden.",
    ),
    trend="Verlauf des Scores",
    trend_description="Score je Tag vom {first} bis zum {last}: niedrigster {lowest}, höchster {highest}, "
    "letzter {latest}.",
    trend_empty="Noch hat kein Tag einen Score.",
    incomplete_day="unvollständige Daten",
    gap="unterbrochene Linie: kein Score",
    figures="Zahlen anzeigen",
    day="Tag",
    data="Daten",
    data_complete="vollständig",
    data_incomplete="unvollständig",
    account="Konto",
    by_account="Score nach Konto",
    by_category="Score nach Kategorie",
    category="Kategorie",
    category_configuration="Konfiguration",
    category_encryption="Verschlüsselung",
    category_identity="Identität und Zugriff",
    category_logging="Protokollierung",
    category_network="Netzwerk",
    category_resilience="Ausfallsicherheit",
    non_compliant="Nicht konform",
    changes="Veränderungen seit dem {moment}",
    no_changes="Kein Befund kam hinzu, keiner wurde behoben.",
    moved_without_findings="Der Score änderte sich aus anderen Gründen, etwa durch neue, entfallene oder "
    "erstmals beurteilte Ressourcen.",
    rule="Regel",
    opened="Neu",
    resolved="Behoben",
    worst="Schwerwiegendste offene Befunde",
    none_open="Kein Befund ist offen.",
    overdue="Befunde mit verstrichener Frist",
    shown="die ersten {shown} von {total}",
    finding="Befund",
    severity="Schweregrad",
    severity_critical="Kritisch",
    severity_high="Hoch",
    severity_medium="Mittel",
    severity_low="Niedrig",
    open_for="Alter",
    deadline="Frist",
    overdue_by="{duration} überfällig",
    remediation_none="Korrektur: keine",
    remediation_off="Korrektur: aus",
    remediation_plan="Korrektur: geplant",
    remediation_approve="Korrektur: nach Freigabe",
    remediation_enforce="Korrektur: aktiv",
    remediation_out_of_scope="Korrektur: nicht im Geltungsbereich",
    remediations="Automatische Korrekturen der letzten 24 Stunden",
    no_remediations="Keine Korrektur wurde versucht oder geplant.",
    fixed="Korrigiert",
    planned="Nur geplant",
    failed="Gescheitert",
    severities="Offene Befunde nach Schweregrad",
    open="Offen",
    late="Überfällig",
    mean_age="Mittleres Alter",
    mean_resolution="Mittlere Zeit bis zur Behebung (30 Tage)",
    reliability="Verlässlichkeit der Zahlen",
    complete="Die Daten des Tages sind vollständig.",
    incomplete="Die Daten des Tages sind unvollständig.",
    reports="Berichte des Tages: {found} von {expected}.",
    checks="Prüfungen mit Ergebnis: {evaluated}, davon konform: {compliant}, nicht konform: {non_compliant}, "
    "nicht anwendbar: {not_applicable}, befristet ausgenommen: {waived}. Durch Einstellung ausgeschlossen: "
    "{excluded}. Ohne Ergebnis: {unknown}.",
    unused_waivers="Gültige Ausnahmen, die keinen Befund betreffen: {waivers}. Der Verstoß ist behoben, oder sie "
    "nennen etwas, das es nicht gibt.",
    problem_read_failed="Daten konnten nicht gelesen werden",
    problem_sum_mismatch="Zählungen stimmen nicht überein",
    problem_rule_silent="Eine Regel wird nicht ausgewertet",
    problem_report_missing="Berichte fehlen",
    problem_report_incomplete="Frühere Berichte des Tages sind unvollständig",
    problem_trail_broken="Der Prüfpfad ist nicht schlüssig",
    problem_trail_unread="Der Prüfpfad ist noch nicht zu Ende gelesen",
    audit_trail="Prüfpfad: {records} Einträge in den letzten 24 Stunden. Er endet mit diesem; wer die Zeile "
    "aufbewahrt, kann den Pfad später prüfen:",
    method="Der Score ist der nach Schweregrad gewichtete Anteil bestandener Prüfungen ({weights}). Prüfungen, die "
    "nicht anwendbar, ausgenommen oder ausgeschlossen sind oder kein Ergebnis haben, zählen nicht mit; die "
    "Abdeckung ist der "
    "Anteil der Prüfungen mit "
    "Ergebnis.",
    cost="Die Überwachung kostet bei AWS schätzungsweise {usd} US-Dollar im "
    "Monat (Listenpreise vom {date}; Annahmen und was fehlt: docs/cost.md).",
    sources="Dieser Statusbericht als Seite: {page}; als Daten: {data}; der zugrunde liegende Bericht: {report}.",
)
