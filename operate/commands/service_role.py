"""Creates AWS Config's service-linked role if it is missing.

Terraform does not manage it, as an account has only one and no deployment may delete it for others.
"""

import argparse
from collections.abc import Iterator

from handlers.common.runtime.clients import client
from handlers.common.runtime.naming import OPERATE, PACKAGE
from operate.arguments import add_environment, settings_of
from operate.checks import Check, attention, ok
from operate.identity import identified
from settings.model import Settings
from settings.recording import CONFIG, ROLE
from settings.regions import CREATE

HELP = "create AWS Config's service-linked role if it is missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Creates the role if the environment has its own recorders and the account has no such role."""
    settings = settings_of(arguments)
    identified(settings)
    if not is_needed(settings):
        print(f"{ROLE} is not required: all recorders exist already")
    elif exists(settings):
        print(f"{ROLE} exists already")
    else:
        iam = client("iam", settings.home_region)
        try:
            iam.create_service_linked_role(AWSServiceName=CONFIG)
        except iam.exceptions.InvalidInputException:
            # Raised also if another caller has created the role in the meantime.
            if not exists(settings):
                raise
        print(f"{ROLE} created")
    return 0


def is_needed(settings: Settings) -> bool:
    """Returns whether the environment has a recorder of its own."""
    return CREATE in settings.recorder.values()


def exists(settings: Settings) -> bool:
    """Returns whether the account has the role."""
    iam = client("iam", settings.home_region)
    try:
        iam.get_role(RoleName=ROLE)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def before(settings: Settings) -> Iterator[Check]:
    """Yields a check that the role exists, if the recorders need it."""
    if not is_needed(settings):
        return
    if exists(settings):
        yield ok(f"AWS Config's role {ROLE} exists")
    else:
        remedy = f"{OPERATE} service-role {settings.environment}" + ("" if PACKAGE else "; `make deploy` runs this")
        yield attention(f"AWS Config's role {ROLE} does not exist", remedy)
