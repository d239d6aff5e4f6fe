import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.summarize.page import page
from handlers.summarize.style import DARK, LIGHT, STYLE
from handlers.summarize.texts import texts
from handlers.summarize.texts.languages import LANGUAGES
from tests.support.scores import row
from tests.support.summaries import listing, organization, quiet, summary, unevaluated
from tests.support.summary_pages import Page

DAYS = [{}, quiet(), unevaluated(), listing("ledger"), organization()]


def written(language: str = "en", **changes: Any) -> str:
    return page(summary(language, **changes), texts(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changes", DAYS)
def test_page_is_well_formed_and_loads_nothing(language: str, changes: dict[str, Any]) -> None:
    content = written(language, **changes)
    found = Page(content)
    assert content.startswith("<!DOCTYPE html>\n")
    assert found.all("html") == [{"lang": language}]
    assert not {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe", "object", "a", "base", "form"}
    assert not re.search(r"url\(|@import|http|javascript:| on[a-z]+=", content)
    assert not any("style" in attributes for _, attributes in found.tags)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changes", DAYS)
def test_page_is_accessible(language: str, changes: dict[str, Any]) -> None:
    found = Page(written(language, **changes))
    assert [len(found.all(tag)) for tag in ("h1", "header", "main", "footer")] == [1, 1, 1, 1]
    assert len(found.all("caption")) == len(found.all("table"))
    assert {attributes.get("scope") for attributes in found.all("th")} == {"col", "row"}
    identities = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(set(identities)) == len(identities)
    for _, attributes in found.tags:
        assert set(attributes.get("aria-labelledby", "").split()) <= set(identities)
    for drawing in found.all("svg"):
        assert drawing["role"] == "img" and drawing["aria-labelledby"]


def test_page_shows_the_key_figures() -> None:
    text = Page(written()).text
    for expected in (
        *(
            "80.0",
            "98.0%",
            "\u22121.5",
            "Compliance summary, 2 March 2026",
            "Environment dev-ew1, account 111122223333",
        ),
        *("9 findings are open. 1 is past its deadline.", "3 days overdue", "Reports of the day: 3 of 4."),
        *("At least 1 open finding has an automatic remediation", "Most serious open findings (the first 2 of 9)"),
        *("Critical 10, High 5, Medium 2, Low 1", "S3 Bucket", "remediation: planned", "Reports are missing"),
    ):
        assert expected in text


def test_worst_accounts_come_first_and_findings_have_their_account() -> None:
    text = Page(written(**organization(30))).text
    assert "Score by account (the first 10 of 30)" in text
    assert text.index("210000000028") < text.index("210000000001") < text.index("210000000008")
    assert "210000000009" not in text
    assert "Account: 210000000000 · eu-west-1" in text
    assert "Account: 111122223333" not in text


def test_one_account_has_no_table_of_accounts() -> None:
    assert "Score by account" not in Page(written()).text


def test_severity_is_a_word_and_a_shape() -> None:
    rows = [row(severity=severity, finding_id=severity) for severity in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "DIRE")]
    found = Page(written(worst=rows))
    for shape, word in (("◆", "Critical"), ("▲", "High"), ("■", "Medium"), ("●", "Low"), ("○", "DIRE")):
        assert any(data == shape for data in found.within("span"))
        assert any(data.strip() == word for data in found.within("span"))


def test_nothing_to_evaluate_is_not_shown_as_zero() -> None:
    found = Page(written(**unevaluated()))
    assert "no score" in found.text and "No resource could be evaluated" in found.text
    assert "0.0" not in found.text and "of all checks" not in found.text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=768))
@example("</span><script>alert(1)</script>")
@example("\"><img src=x onerror='alert(1)'>&amp;")
@example("\u202egpj.exe\u2066\x1b[2J\x00\ud800")
def test_hostile_names_do_not_change_the_page(name: str) -> None:
    plain, hostile = Page(written(**listing("x"))), Page(written(**listing(name)))
    assert hostile.tags == plain.tags
    shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name)
    assert hostile.within("span").count(shown) >= 20
    assert all(letter.isprintable() or letter in "\n\u00a0\u202f" for letter in hostile.text)


@pytest.mark.parametrize("field", ["environment", "environment_suffix", "account"])
def test_every_name_is_escaped(field: str) -> None:
    changes: dict[str, Any] = {field: "<b>&\u202e"}
    assert "&lt;b&gt;&amp;\\u202e" in written(**changes)


def test_names_in_groups_are_escaped() -> None:
    name = "<i>\u2066"
    strange = {
        "worst": [row(name, severity=name, region=name, resource_type=name, rule=name, remediation=name)],
        "categories": {name: summary().to_document() | {"non_compliant": 1}},
        "changes": {
            "since": "2026-03-01T06:45:00.000Z",
            "opened": {"count": 1, "by_rule": {name: 1}, "examples": []},
            "resolved": {"count": 0, "by_rule": {}, "examples": []},
        },
        "remediations": {name: {"REMEDIATED": 1}},
        "completeness": {
            "complete": False,
            "reports_expected": 4,
            "reports_found": 4,
            "problems": [{"kind": name, "rule": name, "region": name, "detail": name}],
        },
    }
    content = written(**strange)
    assert name not in content and "\u2066" not in content
    assert content.count("&lt;i&gt;\\u2066") >= 10
    Page(content)


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("colour", ["ink", "muted", "accent", "alarm"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
def test_contrast_is_that_of_wcag_aa(palette: dict[str, str], colour: str, ground: str) -> None:
    darker, lighter = sorted((luminance(palette[colour]), luminance(palette[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_print_style_is_always_light() -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in STYLE
    assert STYLE.count("prefers-color-scheme") == 1
    assert re.search(r"@page \{ size: A4;", STYLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_score_gives_the_same_page(language: str) -> None:
    assert written(language) == written(language)
