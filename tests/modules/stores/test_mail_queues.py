from handlers.common.stores.mail_queue import ROUTINE, URGENT
from modules.stores.mail_queues import Mails
from tests.support.workbench import Workbench


def test_urgent_and_routine_mails_wait_in_queues_of_their_own(workbench: Workbench) -> None:
    mails = Mails(
        workbench.stack,
        "mails",
        deployment=workbench.deployment,
        dead_letter_queue=workbench.dead_letter_queue,
    )
    mails.grant_send(workbench.function, URGENT)
    mails.feed(workbench.make_function("notify", is_polled=True))
    assert mails.urls().keys() == {URGENT, ROUTINE}
    assert "SendUrgentMails" in workbench.granted() and "SendRoutineMails" not in workbench.granted()
    assert {each["batch_size"] for each in workbench.all("aws_lambda_event_source_mapping")} == {500}
    held = [each["visibility_timeout_seconds"] for each in workbench.all("aws_sqs_queue") if "redrive_policy" in each]
    assert len(held) == 2 and min(held) >= 6 * 60
