"""Gives functions the events again that they failed on, from the failure queue; each leaves it once Lambda has it.

Mails go back into the queue from which SQS has moved them. Twice is once for every function, so nothing is doubled by
giving an event that was processed after all.
"""

import argparse
import json

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.runtime.clients import client
from operate.arguments import InputError, add_environment, settings_of
from operate.identity import identified
from operate.waiting import FailureQueue, Waiting
from settings.model import Settings

HELP = "process again what waits in the failure queue"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment, and the options to list and to drop messages."""
    add_environment(parser)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--list", action="store_true", help="only show what waits")
    choice.add_argument("--only", action="append", metavar="ID", help="just this message; may be given several times")
    choice.add_argument("--drop", action="append", metavar="ID", help="print this message and delete it unprocessed")


def run(arguments: argparse.Namespace) -> int:
    """Does it for the environment's account."""
    settings = settings_of(arguments)
    identified(settings)
    return act(settings, arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints each message and what becomes of it; 1 if any is left that was meant to go."""
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
    print(f"{handled} {'dropped' if arguments.drop else 'given to their functions again'}, {len(found) - handled} wait")
    if unknown := sorted(chosen - ids):
        raise InputError(f"{unknown[0]}: no such message waits; allowed: an ID that --list shows")
    return int(handled + len(kept) < len(found))


def _sent(message: Waiting, settings: Settings, queue: FailureQueue) -> bool:
    """Returns whether Lambda has taken the event, or SQS the mail."""
    try:
        if message.is_mail:
            queue.send_mail_again(message)
            return True
        return _invoked(message, settings)
    except (BotoCoreError, ClientError) as error:
        print(f"  left: {error}")
        return False


def _invoked(message: Waiting, settings: Settings) -> bool:
    if not message.name.endswith(f"-{settings.deployment.label}"):
        print(f"  left: not of a function of {settings.deployment.label}; --drop {message.id} deletes it")
        return False
    payload = json.dumps(message.event).encode()
    client("lambda", settings.home_region).invoke(
        FunctionName=message.function, InvocationType="Event", Payload=payload
    )
    return True


def _dropped(message: Waiting) -> bool:
    """Deleted messages are in no log: what they said is printed."""
    print(f"  {json.dumps(message.event, sort_keys=True)}")
    return True
