"""Makes AWS Config's service-linked role where it is missing. Terraform does not: an account has it once, for all uses.

So no deployment owns it, and none takes it away from others.
"""

import argparse
from collections.abc import Iterator

from handlers.common.runtime.clients import client
from operate.arguments import add_environment, settings_of
from operate.checks import Check, attention, ok
from settings.model import Settings
from settings.recording import CONFIG, ROLE
from settings.regions import CREATE

HELP = "make AWS Config's service-linked role where it is missing"

COMMAND = f"aws iam create-service-linked-role --aws-service-name {CONFIG}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the role, if the environment has recorders of its own and the account lacks it."""
    settings = settings_of(arguments)
    if not is_needed(settings):
        print(f"{ROLE} is not needed: every recorder exists already")
    elif is_there(settings):
        print(f"{ROLE} is there already")
    else:
        iam = client("iam", settings.home_region)
        try:
            iam.create_service_linked_role(AWSServiceName=CONFIG)
        except iam.exceptions.InvalidInputException:
            # Someone was faster; anything else AWS would refuse is refused here, too.
            if not is_there(settings):
                raise
        print(f"{ROLE} is made")
    return 0


def is_needed(settings: Settings) -> bool:
    """Returns whether any recorder is the environment's own."""
    return CREATE in settings.recorder.values()


def is_there(settings: Settings) -> bool:
    """Returns whether the account has the role."""
    iam = client("iam", settings.home_region)
    try:
        iam.get_role(RoleName=ROLE)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def before(settings: Settings) -> Iterator[Check]:
    """Yields whether the role is there that the recorders need."""
    if not is_needed(settings):
        return
    if is_there(settings):
        yield ok(f"AWS Config's role {ROLE} is there")
    else:
        remedy = f"`make deploy` makes it; before `cdktf deploy` alone: {COMMAND}"
        yield attention(f"AWS Config's role {ROLE} is not there", remedy)
