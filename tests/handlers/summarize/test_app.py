import json
from typing import Any

import boto3
import pytest

from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clients
from handlers.summarize.app import MalformedScoreError, handler
from handlers.summarize.environment import SummarizeEnvironment
from tests.support.changes import ACCOUNT
from tests.support.mailing import MailQueue
from tests.support.scores import score

BUCKET = "reports-dev-ew1"
KEY = "scores/2026/03/02.json"
SUMMARIES = [f"summaries/2026/03/02.{form}" for form in ("html", "json", "txt")]


def created(key: str = KEY, bucket: str = BUCKET) -> dict[str, Any]:
    """Returns S3's event, as delivered by EventBridge."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": "2026-03-02T07:00:02Z",
        "region": "eu-west-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": key, "size": 5},
            "reason": "PutObject",
        },
    }


class Place:
    """The report bucket and the mail queue."""

    def __init__(self) -> None:
        self._s3 = boto3.client("s3", "eu-west-1")
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.queue = MailQueue()
        self.put(score())

    def put(self, document: Any, key: str = KEY) -> None:
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(document))

    def delete(self, key: str) -> None:
        self._s3.delete_object(Bucket=BUCKET, Key=key)

    def read(self, key: str) -> tuple[str, str]:
        """Returns the type and the content of an object."""
        found = self._s3.get_object(Bucket=BUCKET, Key=key)
        return found["ContentType"], found["Body"].read().decode()

    def summaries(self) -> list[str]:
        listed = self._s3.list_objects_v2(Bucket=BUCKET, Prefix="summaries/")
        return [each["Key"] for each in listed.get("Contents", [])]

    def mails(self) -> list[tuple[str, str]]:
        """Returns the subject and the body of each mail."""
        return [(mail.subject, mail.body) for mail in self.queue.mails()]


@pytest.fixture
def place(aws: None, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place()
    environment = SummarizeEnvironment(
        environment="dev",
        environment_suffix="ew1",
        report_bucket=BUCKET,
        mail_queue=found.queue.url,
        language="de",
    )
    for name, value in environment.to_variables().items():
        monkeypatch.setenv(name, value)
    return found


def test_writes_three_forms_and_sends_one(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    handler(created(), None)
    assert place.summaries() == SUMMARIES
    (page_type, page), (data_type, data), (_, sent) = map(place.read, SUMMARIES)
    assert (page_type, data_type) == ("text/html; charset=utf-8", "application/json")
    assert '<html lang="de">' in page and "Verschlüsselung" in page
    assert json.loads(data)["score"] == 80.0
    ((subject, body),) = place.mails()
    assert subject.startswith("Compliance dev-ew1 02.03.2026: 80,0 von 100") and "Erforderliche Entscheidungen" in body
    assert sent == f"{subject}\n\n{body}"
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["Deployment"], line["SummariesSent"]) == ("dev-ew1", 1)


def test_second_delivery_sends_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    handler(created(), None)
    before = [place.read(key) for key in SUMMARIES]
    capsys.readouterr()
    handler(created(), None)
    assert [place.read(key) for key in SUMMARIES] == before
    assert len(place.mails()) == 1
    assert capsys.readouterr().out == ""


def test_score_written_again_renews_page_and_data_only(place: Place) -> None:
    handler(created(), None)
    sent = place.read(SUMMARIES[2])
    place.put(score(total=score()["total"] | {"score": 12.3}))
    handler(created(), None)
    assert "12,3" in place.read(SUMMARIES[0])[1]
    assert json.loads(place.read(SUMMARIES[1])[1])["score"] == 12.3
    assert place.read(SUMMARIES[2]) == sent
    assert len(place.mails()) == 1


def test_mail_that_failed_is_sent_by_the_retry(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Any:
        raise ConnectionError("SQS cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(clients, "sqs", broken)
        with pytest.raises(ConnectionError):
            handler(created(), None)
    assert place.summaries() == SUMMARIES[:2]
    assert capsys.readouterr().out == ""
    handler(created(), None)
    assert len(place.mails()) == 1


def test_mark_of_another_object_is_ignored(place: Place) -> None:
    place.put({}, f"{SUMMARIES[2]}.bak")
    handler(created(), None)
    assert len(place.mails()) == 1


@pytest.mark.parametrize(
    "event",
    [
        created(key="reports/2026/03/02/0645.json"),
        created(key="summaries/2026/03/02.json"),
        created(bucket="someone-elses"),
        created(key=""),
        {"detail": {"bucket": BUCKET}},
        None,
    ],
)
def test_objects_that_are_no_score_are_rejected(place: Place, event: Any) -> None:
    with pytest.raises(MalformedEventError):
        handler(event, None)
    assert place.summaries() == [] and place.mails() == []


@pytest.mark.parametrize("day", ["20260302", "2026-W10-1", "2026-02-30", "../../etc", 5, None])
def test_score_without_a_day_is_refused(place: Place, day: Any) -> None:
    place.put(score(day=day))
    with pytest.raises(MalformedScoreError, match=r"YYYY-MM-DD"):
        handler(created(), None)
    place.put([day])
    with pytest.raises(MalformedScoreError):
        handler(created(), None)
    assert place.summaries() == []


def due(time: str = "2026-03-02T10:00:00Z") -> dict[str, Any]:
    """Returns the event of the schedule."""
    return {"detail-type": "Scheduled Event", "source": "aws.events", "time": time, "resources": [], "detail": {}}


def test_schedule_sends_a_missed_summary(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(clients, "sqs", lambda: (_ for _ in ()).throw(ConnectionError("SQS cannot be reached")))
        with pytest.raises(ConnectionError):
            handler(created(), None)
    for _ in range(2):
        handler(due(), None)
    assert place.summaries() == SUMMARIES
    assert len(place.mails()) == 1


def test_schedule_does_nothing_after_the_summary_was_sent(place: Place) -> None:
    handler(created(), None)
    place.put(score(total=score()["total"] | {"score": 12.3}))
    handler(due(), None)
    assert "12,3" not in place.read(SUMMARIES[0])[1]
    assert len(place.mails()) == 1


def test_schedule_does_nothing_on_a_day_without_a_score(place: Place) -> None:
    handler(due("2026-03-03T10:00:00Z"), None)
    assert place.summaries() == [] and place.mails() == []
    handler(due("2026-03-03T02:30:00Z"), None)
    assert place.summaries() == SUMMARIES, "three hours before it was still the day of the score"
