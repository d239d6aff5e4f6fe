"""Sends the events of the dead-letter queue to their functions again, and deletes each once Lambda has accepted it.

Mails are sent to the queue from which SQS moved them. All functions are idempotent, so an event that was already
processed has no further effect.
"""

import argparse
import json

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.runtime.clients import client
from operate.arguments import InputError, add_environment, settings_of
from operate.identity import identified
from operate.waiting import FailureQueue, Waiting
from settings.model import Settings

HELP = "process the events of the dead-letter queue again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment and the options that select messages."""
    add_environment(parser)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--list", action="store_true", help="only list the messages")
    choice.add_argument("--only", action="append", metavar="ID", help="only this message; may be given several times")
    choice.add_argument("--drop", action="append", metavar="ID", help="print this message and delete it unprocessed")


def run(arguments: argparse.Namespace) -> int:
    """Redrives the messages of the environment."""
    settings = settings_of(arguments)
    identified(settings)
    return act(settings, arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints each message and processes the chosen ones; returns 1 if any of these remains."""
    queue = FailureQueue.of(settings)
    found = queue.messages()
    ids = {each.id for each in found}
    chosen = set(arguments.only or arguments.drop or ([] if arguments.list else ids))
    kept = [each for each in found if each.id not in chosen]
    handled = 0
    for each in found:
        print(f"{each.id}  since {each.since}  {each.name or '?'}  {each.error}")
        if each.id in chosen and (_dropped(each) if arguments.drop else _sent(each, settings, queue)):
            queue.remove(each)
            handled += 1
        else:
            queue.put_back(each)
    print(f"{handled} {'dropped' if arguments.drop else 'sent to their functions'}, {len(found) - handled} remaining")
    if unknown := sorted(chosen - ids):
        raise InputError(f"{unknown[0]}: no such message; allowed: an ID of --list")
    return int(handled + len(kept) < len(found))


def _sent(message: Waiting, settings: Settings, queue: FailureQueue) -> bool:
    """Returns whether Lambda has accepted the event, or SQS the mail."""
    try:
        if message.is_mail:
            queue.send_mail_again(message)
            return True
        return _invoked(message, settings)
    except (BotoCoreError, ClientError) as error:
        print(f"  not sent: {error}")
        return False


def _invoked(message: Waiting, settings: Settings) -> bool:
    if not message.name.endswith(f"-{settings.deployment.label}"):
        print(f"  not sent: not for a function of {settings.deployment.label}; --drop {message.id} deletes it")
        return False
    payload = json.dumps(message.event).encode()
    client("lambda", settings.home_region).invoke(
        FunctionName=message.function, InvocationType="Event", Payload=payload
    )
    return True


def _dropped(message: Waiting) -> bool:
    """Prints the event, which is not logged elsewhere."""
    print(f"  {json.dumps(message.event, sort_keys=True)}")
    return True
