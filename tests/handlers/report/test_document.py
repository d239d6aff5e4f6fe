import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.common.rule import Rule
from handlers.report.aggregator import Result
from handlers.report.document import Header, Picture, non_compliant_ids, report
from handlers.rules import RULES
from tests.handlers.process.test_alert import FINDING

S3 = RULES["s3-bucket-default-encryption-kms"]
HEADER = Header("0.1.0", "dev", "ew1", "111122223333", "digest", "2026-03-01T00:45:00.000Z", "2026-03-01T00:45:01.000Z")
MOMENT = "2026-03-01T00:30:00.000Z"


def resource(name: str) -> tuple[str, str]:
    return "AWS::S3::Bucket", name


def picture(discovered: list[str], results: dict[str, str], region: str = "eu-west-1", rule: Rule = S3) -> Picture:
    found = [Result(resource(name), compliance_type, MOMENT) for name, compliance_type in results.items()]
    return Picture(rule, f"{rule.name}-dev-ew1", region, [resource(name) for name in discovered], found)


def test_counts_what_is_known_and_what_is_not() -> None:
    results = {"a": "COMPLIANT", "b": "NON_COMPLIANT", "c": "NOT_APPLICABLE", "gone": "NOT_APPLICABLE"}
    counts = picture(["a", "b", "c", "d"], results).counts()
    assert counts == {
        "discovered": 4,
        "undiscovered": 0,
        "evaluated": 3,
        "compliant": 1,
        "non_compliant": 1,
        "not_applicable": 1,
        "unknown": 1,
    }


def test_violation_on_a_resource_not_listed_is_not_lost() -> None:
    document = report(HEADER, [picture([], {"b": "NON_COMPLIANT"})], {})
    assert document["totals"]["undiscovered"] == 1
    assert [(row["resource_id"], row["discovered"]) for row in document["non_compliant"]] == [("b", False)]


def test_resource_without_a_result_is_named_as_unknown() -> None:
    document = report(HEADER, [picture(["a"], {})], {})
    assert [row["resource_id"] for row in document["unknown"]] == ["a"]
    assert document["totals"]["compliant"] == 0


def test_result_that_config_could_not_give_is_unknown() -> None:
    assert picture(["a"], {"a": "INSUFFICIENT_DATA"}).counts()["unknown"] == 1


def test_rule_s_own_word_counts_when_the_aggregator_still_holds_an_older_one() -> None:
    older, own = (Result(resource("a"), kind, MOMENT) for kind in ("NON_COMPLIANT", "NOT_APPLICABLE"))
    seen = Picture(S3, f"{S3.name}-dev-ew1", "eu-west-1", [resource("a")], [older, own])
    assert (seen.counts()["non_compliant"], seen.counts()["not_applicable"]) == (0, 1)


def test_first_seen_comes_from_the_register_or_says_that_it_does_not() -> None:
    seen = picture(["ledger", "b"], {"ledger": "NON_COMPLIANT", "b": "NON_COMPLIANT"})
    rows = report(HEADER, [seen], {FINDING.finding_id: FINDING})["non_compliant"]
    assert [(row["resource_id"], row["first_seen"], row["first_seen_source"]) for row in rows] == [
        ("b", MOMENT, "aggregator"),
        ("ledger", FINDING.first_seen, "register"),
    ]
    assert non_compliant_ids(seen, HEADER.account) == [row["finding_id"] for row in rows]


NAMES = st.lists(st.sampled_from("abcdefgh"))
TYPES = st.sampled_from(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"])
PICTURES = st.lists(
    st.builds(
        picture,
        NAMES,
        st.dictionaries(st.sampled_from("abcdefgh"), TYPES),
        st.sampled_from(["r1", "r2"]),
        st.sampled_from(list(RULES.values())),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: (each.region, each.rule.name),
)


@given(PICTURES)
def test_sums_match_in_every_grouping(pictures: list[Picture]) -> None:
    document = report(HEADER, pictures, {})
    groups: list[dict[str, Any]] = [
        document["totals"],
        *document["regions"].values(),
        *document["categories"].values(),
        *(row["counts"] for row in document["rules"]),
    ]
    for counts in groups:
        assert counts["evaluated"] == counts["compliant"] + counts["non_compliant"] + counts["not_applicable"]
        assert counts["discovered"] + counts["undiscovered"] == counts["evaluated"] + counts["unknown"]
    for row in document["rules"]:
        assert all(row["counts"][name] == sum(each[name] for each in row["regions"].values()) for name in row["counts"])
    rules = {row["rule"]: row["counts"] for row in document["rules"]}
    for grouping in (rules, document["regions"], document["categories"]):
        for name, total in document["totals"].items():
            assert sum(counts[name] for counts in grouping.values()) == total
    assert len(document["non_compliant"]) == document["totals"]["non_compliant"]
    assert len(document["unknown"]) == document["totals"]["unknown"]


@given(PICTURES)
def test_only_a_result_makes_a_resource_compliant(pictures: list[Picture]) -> None:
    document = report(HEADER, pictures, {})
    said = [found for each in pictures for found in each.results if found.compliance_type == "COMPLIANT"]
    silent = [set(each.discovered) - {found.resource for found in each.results} for each in pictures]
    assert document["totals"]["compliant"] == len(said)
    unknown = {(row["rule"], row["region"], row["resource_id"]) for row in document["unknown"]}
    for each, resources in zip(pictures, silent, strict=True):
        assert {(each.rule.name, each.region, resource_id) for _, resource_id in resources} <= unknown


@given(PICTURES)
def test_same_reads_in_another_order_are_the_same_report(pictures: list[Picture]) -> None:
    turned = [
        Picture(each.rule, each.config_rule, each.region, each.discovered[::-1], each.results[::-1])
        for each in pictures
    ]
    assert json.dumps(report(HEADER, pictures, {})) == json.dumps(report(HEADER, turned, {}))
