import dataclasses
from typing import Any

import pytest

from handlers.cost import prices
from handlers.summarize.mail import mail
from handlers.summarize.page import page
from handlers.summarize.texts import texts
from tests.support.scores import figures
from tests.support.summaries import EC2, S3, summary


def usd(**changes: Any) -> int:
    return summary(**changes).monthly_usd


def many(evaluated: int) -> dict[str, Any]:
    """Returns the figures in the score of one account with some number of evaluations."""
    found = figures(evaluated=evaluated, discovered=evaluated)
    return {"total": found, "accounts": {"111122223333": found}, "regions": {"eu-west-1": found}}


def test_the_cost_follows_what_is_evaluated() -> None:
    # A thousand results more are 121,667 periodic evaluations, and 4,000 change-triggered ones with as many items.
    assert usd(**many(1000)) - usd(**many(0)) == pytest.approx(100 + 25_667 * 0.0008 + 4000 * 0.003, abs=1)


def test_the_day_s_remediations_do_not_change_the_cost() -> None:
    assert usd(remediations={}) == usd(remediations={S3: {"REMEDIATED": 40}, EC2: {"NOT_REMEDIABLE": 1}})


def test_other_accounts_cost_no_periodic_evaluations_and_no_recording() -> None:
    alone = many(1000)
    others = {"accounts": {**alone["accounts"], "444455556666": figures(evaluated=1000, discovered=1000)}}
    both = {name: figures(evaluated=2000, discovered=2000) for name in ("total", "region")}
    organization = {**alone, **others, "total": both["total"], "regions": {"eu-west-1": both["region"]}}
    assert usd(**organization) - usd(**alone) == pytest.approx(4000 * 0.0008, abs=1)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "schätzungsweise 1.234 US-Dollar im Monat (Listenpreise vom 24.11.2026;"),
        ("en", "an estimated 1,234 US dollars a month at AWS (list prices of 24 Nov 2026;"),
        ("fr", "environ 1\u202f234 dollars américains par mois (prix catalogue du 24/11/2026\u00a0;"),
        ("nl", "naar schatting 1.234 Amerikaanse dollar per maand (lijstprijzen van 24-11-2026;"),
    ],
)
def test_mail_and_page_show_the_cost_in_the_recipient_s_language(language: str, said: str) -> None:
    found = dataclasses.replace(summary(language), monthly_usd=1234, prices_dated="2026-11-24")
    assert said in page(found, texts(language))
    assert " ".join(said.split()) in " ".join(mail(found, texts(language)).body.split())


def test_the_document_has_the_cost_and_the_date_of_its_prices() -> None:
    document = summary().to_document()
    assert document["monthly_usd"] == usd()
    assert document["prices_dated"] == prices.DATED
