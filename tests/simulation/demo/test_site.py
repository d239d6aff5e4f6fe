import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from handlers.common.stores.report_bucket import record_key
from settings.model import Settings
from simulation.aws.saved import Saved
from simulation.demo import artefacts
from simulation.demo.site import Site
from simulation.demo.site.documents import Documents
from simulation.demo.site.page import Run, page
from tests.support.site_pages import Page

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
RUN = Run("dev-ew1", "111122223333", ["eu-west-1"], START, START + timedelta(days=30))
RULE = "s3-bucket-default-encryption-kms"
ODD = "alerts/high/001-50% of #1? ü\u202e.txt"


def made(folder: Path, *keys: str) -> Path:
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_text(f"Subject: about {key}\n\nm", encoding="utf-8")
    return folder


def drawn(folder: Path, mailed: dict[str, str] | None = None) -> str:
    return page(RUN, [], Documents.of(folder, mailed or {}))


def hrefs(source: str) -> list[str]:
    return [str(link["href"]) for link in Page(source).of("a")]


def test_page_says_what_was_simulated(tmp_path: Path) -> None:
    source = drawn(tmp_path)
    for words in (
        "dev-ew1",
        "Simulated AWS",
        "111122223333, eu-west-1",
        "2026-03-01 08:00 UTC to 2026-03-31 08:00 UTC",
    ):
        assert words in source
    assert "wrote no documents" in source


def record(folder: Path, number: int, at: str) -> str:
    """Returns a record of the audit trail."""
    key = record_key(number)
    (folder / key).parent.mkdir(exist_ok=True)
    record = {"at": at, "kind": "VERIFICATION", "what": {"outcome": "REMEDIATED", "resource_id": "ledger"}}
    (folder / key).write_text(json.dumps(record))
    return key


def test_documents_are_grouped_by_day_newest_first(tmp_path: Path) -> None:
    record(tmp_path, 42, "2026-03-02T06:45:12.000Z")
    mail = "alerts/high/001-high.txt"
    summary = [f"summaries/2026/03/02.{form}" for form in ("html", "json", "txt")]
    reports = [f"reports/2026/03/02/{time}.json" for time in ("0045", "1845")]
    listings = [key.replace(".json", "-findings.jsonl") for key in reports]
    made(tmp_path, "scores/2026/03/01.json", "scores/2026/03/02.json", "index.html", ".written-by-make-demo")
    made(tmp_path, *summary, *reports, *listings, mail)
    found = Documents.of(tmp_path, {(tmp_path / mail).read_text(): "2026-03-02"})
    assert list(found.days) == ["2026-03-02", "2026-03-01"]
    day = found.days["2026-03-02"]
    assert [link.href for link in day.summary] == summary
    assert [link.words for link in day.summary] == ["page", "JSON", "text"]
    assert [link.href for link in day.reports] == [reports[1], listings[1], reports[0], listings[0]]
    assert [link.words for link in day.reports] == ["18:45 UTC", "its findings", "00:45 UTC", "its findings"]
    assert [link.words for link in day.audit] == ["06:45:12 VERIFICATION REMEDIATED ledger"]
    assert [link.words for link in day.alerts] == [f"about {mail}"]
    assert found.others == []
    source = drawn(tmp_path, {(tmp_path / mail).read_text(): "2026-03-02"})
    assert "<b>2026-03-02</b> summary, score, 2 reports, 1 mail, 1 audit record<" in source
    assert hrefs(source)[2] == summary[0], "the newest summary is linked at the top"


def test_every_file_has_a_link_and_every_link_a_file(tmp_path: Path) -> None:
    made(
        tmp_path,
        ODD,
        "scores/2026/03/01.json",
        "reports/notes.txt",
        "working/2026/03/01/0045-001.sqlite",
        "a&b<c>'d.txt",
    )
    linked = {unquote(href) for href in hrefs(drawn(tmp_path)) if not href.startswith("#")}
    assert linked == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}


def test_names_are_escaped_in_links_and_text(tmp_path: Path) -> None:
    made(tmp_path, ODD, "javascript:alert(1).txt")
    source = drawn(tmp_path)
    assert "alerts/high/001-50%25%20of%20%231%3F%20%C3%BC%E2%80%AE.txt" in hrefs(source)
    assert "javascript%3Aalert%281%29.txt" in hrefs(source)
    assert "\u202e" not in source


def test_a_mail_without_a_day_is_listed(tmp_path: Path) -> None:
    made(tmp_path, "alerts/high/001-high.txt")
    found = Documents.of(tmp_path, {"Subject: another": "2026-03-01"})
    assert [link.words for link in found.others] == ["about alerts/high/001-high.txt"]
    assert found.days == {}


def test_old_days_and_long_lists_are_folded(tmp_path: Path) -> None:
    made(tmp_path, *(f"scores/2026/03/{day:02}.json" for day in range(1, 6)))
    for number in range(20):
        record(tmp_path, number + 1, f"2026-03-05T06:45:{number:02}.000Z")
    source = drawn(tmp_path)
    days = Page(source).of("details", **{"class": "day"})
    assert [("open" in day) for day in days] == [True, True, False, False, False]
    assert "<summary>all 20</summary>" in source


@pytest.fixture(scope="module")
def written(deployment: Saved, dev: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of ten hours."""
    folder = tmp_path_factory.mktemp("demo-output")
    with deployment.again() as cloud:
        cloud.run_until(START + timedelta(hours=2))
        topics = {"operations": str(cloud.deployment.attributes("aws_sns_topic")[0]["arn"])}
        cloud.client("sns").publish(TopicArn=topics["operations"], Subject="A mail", Message="m")
        cloud.fire("report-on-schedule-dev-ew1")
        artefacts.save(cloud, "compliance-reports-dev-ew1", topics, folder)
        assert Site(cloud, dev).write(folder) == folder / "index.html"
    return folder


def test_page_of_a_run_shows_the_deployed_dashboard_and_its_documents(written: Path, stacks: dict[str, Path]) -> None:
    source = (written / "index.html").read_text(encoding="utf-8")
    document = json.loads((stacks["dev"] / "cdk.tf.json").read_text())
    (dashboard,) = document["resource"]["aws_cloudwatch_dashboard"].values()
    widgets = json.loads(dashboard["dashboard_body"])["widgets"]
    assert len(Page(source).of("figure")) == sum(widget["type"] != "text" for widget in widgets)
    assert "rule-silent-dev-ew1" in source
    assert re.search(r"<b>2026-03-01</b> .*3 reports, [12] mails?<", source)
    local = [href for href in hrefs(source) if not href.startswith(("#", "https://"))]
    assert len(local) > 5
    for href in local:
        assert (written / unquote(href)).is_file()


def test_page_runs_no_script_and_loads_nothing(written: Path) -> None:
    source = (written / "index.html").read_text(encoding="utf-8")
    parsed = Page(source)
    assert not {tag for tag, _ in parsed.elements} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "image",
        "use",
    }
    assert not {name for _, attributes in parsed.elements for name in attributes if name.startswith(("on", "src"))}
    assert "url(" not in source and "@import" not in source
    assert all(picture.get("role") == "img" for picture in parsed.of("svg", **{"class": "chart"}))
    assert source.count('role="img"') == source.count("<svg role") == source.count("<title>") - 1
