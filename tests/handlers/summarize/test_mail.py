import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.common.runtime.email import LIMIT
from handlers.summarize.mail import WIDTH, mail
from handlers.summarize.texts import texts
from handlers.summarize.texts.languages import LANGUAGES
from tests.support.scores import row
from tests.support.summaries import S3, listing, organization, quiet, summary, unevaluated


def body(language: str = "en", **changes: object) -> str:
    return mail(summary(language, **changes), texts(language)).body


def flat(text: str) -> str:
    return " ".join(text.split())


def test_subject_has_the_day_in_one_line() -> None:
    sent = mail(summary(), texts("en"))
    assert sent.subject == "Compliance dev-ew1 2 Mar 2026: score 80.0 of 100, overdue: 1, decisions: 3"
    nothing = mail(summary(**unevaluated()), texts("en"))
    assert nothing.subject == "Compliance dev-ew1 2 Mar 2026: no score, overdue: 0, decisions: 0"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("environment", ["dev", "a" * 200, "ü\u202e\r\n"])
def test_subject_meets_the_limits_of_sns(language: str, environment: str) -> None:
    subject = mail(summary(language, environment=environment), texts(language)).subject
    assert len(subject) <= LIMIT and subject.isascii() and subject.isprintable()


@pytest.mark.parametrize("language", LANGUAGES)
def test_body_has_the_key_figures(language: str) -> None:
    own, text = texts(language), flat(body(language))
    for expected in (
        own.decimal(80.0),
        own.percentage(98.0),
        own.signed(-1.5),
        own.signed(4.0),
        "ledger",
        "111122223333",
    ):
        assert expected.replace("\u00a0", " ") in text
    for heading in (own.decisions, own.worst, own.overdue, own.severities, own.remediations, own.reliability):
        assert heading in text
    assert "summaries/2026/03/02.html" in text and "reports/2026/03/02/0645.json" in text


def test_body_has_the_decisions_and_their_reasons() -> None:
    text = flat(body())
    assert "At least 1 open finding has an automatic remediation" in text
    assert "9 findings are open. 1 is past its deadline. The score has fallen by 1.5" in text
    assert "New: 1 · Resolved: 1" in text
    assert "Open for: 10 days · Deadline: 27 Feb 2026, 3 days overdue" in text
    assert "Most serious open findings (the first 2 of 9)" in text
    assert "Reports of the day: 3 of 4." in text and "Reports are missing" in text


@pytest.mark.parametrize(("yesterday", "moved"), [(1.0, True), (0.0, False), (None, False)])
def test_score_that_moves_without_findings_is_explained(yesterday: float | None, moved: bool) -> None:
    deltas = {"yesterday": yesterday, "seven_days": None, "thirty_days": None}
    text = flat(body(**quiet() | {"deltas": deltas}))
    assert "No finding was opened or resolved." in text
    assert ("such as resources added" in text) == moved


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changes", [{}, quiet(), unevaluated(), listing("ledger")])
def test_lines_are_short(language: str, changes: dict[str, object]) -> None:
    assert max(map(len, body(language, **changes).splitlines())) <= WIDTH


def test_name_is_never_broken() -> None:
    name = "arn with  spaces-" + "a" * 740
    assert f"\n   {name}\n" in body(**listing(name))


def test_nothing_to_evaluate_is_explained() -> None:
    text = flat(body(**unevaluated()))
    assert "No resource could be evaluated, so the day has no score." in text
    assert "Score: no score" in text and "No decision is needed today." in text
    assert "meets the rules" not in text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=768))
@example("\r\nSubject: forged")
@example("\u202egpj.exe\u2066\x1b[2J\x00\ud800")
def test_names_cannot_forge_lines(name: str) -> None:
    plain, forged = body(**listing("x")), body(**listing(name))
    assert len(forged.splitlines()) == len(plain.splitlines())
    assert all(letter.isprintable() or letter == "\n" for letter in forged)
    forged.encode()


def test_largest_mail_fits_into_a_message() -> None:
    # SNS takes 256 KiB.
    assert len(body(**listing("\U000e0001" * 768)).encode()) < 256 * 1024


def test_unknown_words_are_shown_unchanged() -> None:
    text = body(worst=[row(severity="DIRE\x07", rule="new-rule", remediation="later")], remediations={S3: {"NEW": 1}})
    assert "[DIRE\\x07] new-rule" in text and "later" in text


def test_worst_accounts_come_first_and_findings_have_their_account() -> None:
    text = flat(body(**organization(30)))
    assert "Score by account (the first 10 of 30)" in text
    assert "Account: 210000000000 · eu-west-1" in text
    assert "210000000008" in text and "210000000009" not in text
    assert "Score by account" not in body()


def test_same_score_gives_the_same_mail() -> None:
    assert mail(summary("fr"), texts("fr")) == mail(summary("fr"), texts("fr"))
