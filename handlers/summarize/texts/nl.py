"""The summary in Dutch."""

from handlers.summarize.texts.base import Plural, Texts

TEXTS = Texts(
    language="nl",
    zero_is_singular=False,
    decimal_mark=",",
    group_mark=".",
    percent="{number}%",
    labelled="{name}: {value}",
    months=(
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    first_of_month="1",
    date_long="{ordinal} {name} {year}",
    date_short="{day:02}-{month:02}-{year}",
    date_axis="{day:02}-{month:02}",
    moment="{date}, {time} uur UTC",
    less_than_an_hour="minder dan een uur",
    hours=Plural("{count} uur", "{count} uur"),
    days=Plural("{count} dag", "{count} dagen"),
    at_least="ten minste {count}",
    title="Compliancesamenvatting",
    identity="Omgeving {deployment}, account {account}",
    as_of="Stand op {moment}",
    subject="Compliance {deployment} {date}: {score} van 100, termijn verstreken: {overdue}, besluiten: {decisions}",
    subject_without_score="Compliance {deployment} {date}: geen score, termijn verstreken: {overdue}, "
    "besluiten: {decisions}",
    score="Score",
    of_hundred="van 100",
    coverage="Dekking",
    coverage_note="van alle controles gaf een resultaat",
    no_score="geen score",
    delta_yesterday="sinds de vorige dag",
    delta_seven_days="in 7 dagen",
    delta_thirty_days="in 30 dagen",
    nothing_evaluated="Er kon niets worden beoordeeld; de dag heeft daarom geen score.",
    all_clear="Alles wat is beoordeeld, voldoet aan de regels.",
    open_sentence=Plural("{count} bevinding staat open.", "{count} bevindingen staan open."),
    none_overdue="Geen enkele termijn is verstreken.",
    overdue_sentence=Plural(
        "Bij {count} daarvan is de termijn verstreken.", "Bij {count} daarvan is de termijn verstreken."
    ),
    risen="De score is sinds de vorige dag met {points} gestegen.",
    fallen="De score is sinds de vorige dag met {points} gedaald.",
    unchanged="De score is gelijk aan die van de vorige dag.",
    decisions="Te nemen besluiten",
    no_decision="Vandaag is geen besluit nodig.",
    decide_overdue_uncovered=Plural(
        "{count} bevinding met verstreken termijn valt onder geen automatisch herstel. Laat haar verhelpen of aanvaard "
        "het risico.",
        "{count} bevindingen met verstreken termijn vallen onder geen automatisch herstel. Laat ze verhelpen of "
        "aanvaard het risico.",
    ),
    decide_remediation_failed=Plural(
        "{count} poging tot automatisch herstel is mislukt. Laat de oorzaak onderzoeken en handmatig herstellen.",
        "{count} pogingen tot automatisch herstel zijn mislukt. Laat de oorzaken onderzoeken en handmatig herstellen.",
    ),
    decide_remediation_waiting=Plural(
        "{count} open bevinding kan automatisch worden hersteld, maar herstel wordt tot nu toe alleen gepland. Geef "
        "het "
        "herstel vrij of laat de bevinding anders verhelpen.",
        "{count} open bevindingen kunnen automatisch worden hersteld, maar herstel wordt tot nu toe alleen gepland. "
        "Geef het herstel vrij of laat de bevindingen anders verhelpen.",
    ),
    decide_rule_silent=Plural(
        "{count} regel wordt niet geëvalueerd. Laat de evaluatie herstellen.",
        "{count} regels worden niet geëvalueerd. Laat de evaluatie herstellen.",
    ),
    decide_unknown_resources=Plural(
        "{count} controle heeft geen resultaat. Laat dit ophelderen; tot dan is onbekend of aan de regel is voldaan.",
        "{count} controles hebben geen resultaat. Laat dit ophelderen; tot dan is onbekend of aan de regels is "
        "voldaan.",
    ),
    decide_data_incomplete=Plural(
        "De gegevens van de dag zijn om {count} reden onvolledig. Gebruik de cijfers met voorzichtigheid.",
        "De gegevens van de dag zijn om {count} redenen onvolledig. Gebruik de cijfers met voorzichtigheid.",
    ),
    trend="Verloop van de score",
    trend_description="Score per dag van {first} tot en met {last}: laagste {lowest}, hoogste {highest}, laatste "
    "{latest}.",
    trend_empty="Nog geen enkele dag heeft een score.",
    incomplete_day="onvolledige gegevens",
    gap="onderbroken lijn: geen score",
    figures="Cijfers tonen",
    day="Dag",
    data="Gegevens",
    data_complete="volledig",
    data_incomplete="onvolledig",
    account="Account",
    by_account="Score per account",
    by_category="Score per categorie",
    category="Categorie",
    category_configuration="Configuratie",
    category_encryption="Versleuteling",
    category_identity="Identiteit",
    category_logging="Logging",
    category_network="Netwerk",
    category_resilience="Weerbaarheid",
    non_compliant="Niet conform",
    changes="Veranderingen sinds {moment}",
    no_changes="Er kwam geen bevinding bij en er werd er geen verholpen.",
    moved_without_findings="De score veranderde om andere redenen, zoals toegevoegde, verwijderde of voor het "
    "eerst beoordeelde resources.",
    rule="Regel",
    opened="Nieuw",
    resolved="Verholpen",
    worst="Ernstigste open bevindingen",
    none_open="Er staat geen bevinding open.",
    overdue="Bevindingen met verstreken termijn",
    shown="de eerste {shown} van {total}",
    finding="Bevinding",
    severity="Ernst",
    severity_critical="Kritiek",
    severity_high="Hoog",
    severity_medium="Middel",
    severity_low="Laag",
    open_for="Staat open",
    deadline="Termijn",
    overdue_by="{duration} te laat",
    remediation_none="herstel: geen",
    remediation_off="herstel: uit",
    remediation_plan="herstel: gepland",
    remediation_approve="herstel: na goedkeuring",
    remediation_enforce="herstel: actief",
    remediation_out_of_scope="herstel: buiten bereik",
    remediations="Automatisch herstel in de laatste 24 uur",
    no_remediations="Er is geen herstel geprobeerd of gepland.",
    fixed="Hersteld",
    planned="Alleen gepland",
    failed="Mislukt",
    severities="Open bevindingen naar ernst",
    open="Open",
    late="Te laat",
    mean_age="Gemiddelde leeftijd",
    mean_resolution="Gemiddelde tijd tot oplossing (30 dagen)",
    reliability="Betrouwbaarheid van de cijfers",
    complete="De gegevens van de dag zijn volledig.",
    incomplete="De gegevens van de dag zijn onvolledig.",
    reports="Rapporten van de dag: {found} van {expected}.",
    checks="Controles met resultaat: {evaluated}, waarvan conform: {compliant}, niet conform: {non_compliant}, "
    "niet van toepassing: {not_applicable}, ontheven: {waived}. Door instelling uitgesloten: {excluded}. Zonder "
    "resultaat: {unknown}.",
    unused_waivers="Geldige ontheffingen zonder bevinding: {waivers}. De overtreding is verholpen, of ze noemen "
    "iets dat er niet is.",
    problem_read_failed="Gegevens konden niet worden gelezen",
    problem_sum_mismatch="Tellingen komen niet overeen",
    problem_rule_silent="Een regel wordt niet geëvalueerd",
    problem_report_missing="Er ontbreken rapporten",
    problem_report_incomplete="Eerdere rapporten van de dag zijn onvolledig",
    problem_trail_broken="De audittrail is niet sluitend",
    problem_trail_unread="De audittrail is nog niet tot het einde gelezen",
    audit_trail="Audittrail: {records} registraties in de laatste 24 uur. Dit is de laatste; wie deze regel "
    "bewaart, kan de trail later controleren:",
    method="De score is het naar ernst gewogen aandeel geslaagde controles ({weights}). Controles die niet van "
    "toepassing, ontheven of uitgesloten zijn of geen resultaat hebben, tellen niet mee; de dekking is het aandeel "
    "controles "
    "met een resultaat.",
    cost="De bewaking kost bij AWS naar schatting {usd} Amerikaanse dollar "
    "per maand (lijstprijzen van {date}; aannames en wat ontbreekt: docs/cost.md).",
    sources="Deze samenvatting als pagina: {page}; als gegevens: {data}; het rapport waarop zij berust: {report}.",
)
