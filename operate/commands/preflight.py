"""Checks the requirements of deploy, diff and destroy before anything is changed."""

import argparse
import json
import re
import shutil
import subprocess
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.runtime.clients import client
from handlers.common.runtime.naming import PACKAGE
from operate import recorders, samples, subscriptions
from operate.arguments import add_environment, settings_of
from operate.checks import Check, Status, attention, broken, guarded, ok, show
from operate.commands import service_role
from settings.deployment import TERRAFORM
from settings.model import Settings
from settings.project import PROJECT
from settings.regions import CREATE
from settings.resource_names import DELIVERY_BUCKET, REPORT_BUCKET, NameKind

HELP = "check the requirements of deploy, diff or destroy"

ACTIONS = ("deploy", "diff", "destroy")
CLI = "npm install cdktf-cli@0.21.0" if PACKAGE else "make cli"
CDKTF = PROJECT / "node_modules" / ".bin" / "cdktf"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment and the next action."""
    add_environment(parser)
    parser.add_argument("--for", dest="action", choices=ACTIONS, default="deploy")


def run(arguments: argparse.Namespace) -> int:
    """Prints each check; returns 1 if the action would fail."""
    settings = settings_of(arguments)
    checks = show(checked(settings, arguments.action))
    failing = sum(check.status == Status.BROKEN for check in checks)
    print(
        f"{failing} {'problem' if failing == 1 else 'problems'} to fix before {arguments.action}"
        if failing
        else f"ready to {arguments.action}"
    )
    return int(bool(failing))


def checked(settings: Settings, action: str) -> Iterator[Check]:
    """Yields the local checks and, with valid credentials, those that call AWS."""
    yield _terraform()
    yield _cdktf()
    account = _account(settings)
    yield account
    if account.status != Status.OK:
        return
    yield from guarded("state bucket", lambda: _state_bucket(settings))
    yield from guarded("state key", lambda: _state_key(settings))
    if action == "destroy":
        return
    if action == "deploy":
        yield from samples.left(settings)
    yield from guarded("buckets", lambda: _buckets(settings))
    yield from guarded("service-linked role", lambda: service_role.before(settings))
    for region in settings.monitored_regions:
        yield from guarded(f"{region}: recorder", lambda region=region: recorders.before(settings, region))  # type: ignore[misc]
    if settings.organization:
        yield from guarded("organization", lambda: _organization(settings))
    yield from guarded("subscriptions", lambda: subscriptions.confirmed(settings))


def _terraform() -> Check:
    minimum = TERRAFORM.removeprefix(">= ")
    remedy = f"install Terraform {minimum} or newer"
    if shutil.which("terraform") is None:
        return broken("terraform is not on PATH", remedy)
    result = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=False)
    try:
        version = str(json.loads(result.stdout)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        return broken(f"terraform version failed: {result.stderr.strip()[:200]}", remedy)
    if _numbers(version) < _numbers(minimum):
        return broken(f"terraform {version} is too old", remedy)
    return ok(f"terraform {version}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("-")[0])[:3])


def _cdktf() -> Check:
    if CDKTF.exists():
        return ok("cdktf is installed")
    return broken("cdktf is not installed", f"run `{CLI}`")


def _account(settings: Settings) -> Check:
    try:
        account = client("sts", settings.home_region).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        remedy = "sign in to the account (aws sso login, or AWS_PROFILE)"
        return broken(f"no AWS credentials found: {error}", remedy)
    if account != settings.account_id:
        remedy = f"use credentials for {settings.account_id}, or fix account_id"
        return broken(f"the credentials are for account {account}, account_id is {settings.account_id}", remedy)
    return ok(f"credentials for account {account}")


def _state_bucket(settings: Settings) -> Iterator[Check]:
    bucket = settings.state.bucket
    code = _head(settings, bucket)
    if code in NO_BUCKET:
        remedy = f"create it: npx cdktf deploy {settings.state_stack_name}"
        yield broken(f"the state bucket {bucket} does not exist", remedy)
    elif code:
        remedy = "check that it is in this account and the caller has access, or set another in [state]"
        yield broken(f"the state bucket {bucket} is not accessible: {code}", remedy)
    else:
        yield ok(f"the state bucket {bucket} exists")


def _buckets(settings: Settings) -> Iterator[Check]:
    """Yields checks of the bucket names, which are globally unique and may belong to another account."""
    kinds = [REPORT_BUCKET, *([DELIVERY_BUCKET] if CREATE in settings.recorder.values() else [])]
    for name in (settings.name(kind, NameKind.S3_BUCKET) for kind in kinds):
        code = _head(settings, name)
        if code and code not in NO_BUCKET:
            remedy = "choose another environment_suffix, which is part of the name"
            yield broken(f"the bucket {name} belongs to another account or is not accessible: {code}", remedy)
        else:
            yield ok(f"the bucket name {name} is available, or the bucket belongs to this account")


NO_BUCKET = ("404", "NoSuchBucket")


def _head(settings: Settings, bucket: str) -> str:
    """Returns the error code of HeadBucket; empty if the bucket belongs to this account and is accessible."""
    try:
        client("s3", settings.home_region).head_bucket(Bucket=bucket, ExpectedBucketOwner=settings.account_id)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def _state_key(settings: Settings) -> Iterator[Check]:
    key = settings.state.kms_key
    remedy = f"create it: npx cdktf deploy {settings.state_stack_name}; or fix [state] kms_key"
    try:
        state = client("kms", settings.home_region).describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    except client("kms", settings.home_region).exceptions.NotFoundException:
        yield broken(f"the state key {key} does not exist", remedy)
        return
    yield (
        ok(f"the state key {key} exists") if state == "Enabled" else broken(f"the state key {key} is {state}", remedy)
    )


def _organization(settings: Settings) -> Iterator[Check]:
    organization = client("organizations", settings.home_region).describe_organization()["Organization"]
    expected = settings.organization.id if settings.organization else ""
    if organization["Id"] != expected:
        remedy = "fix organization.id"
        yield broken(f"the account belongs to organization {organization['Id']}, organization.id is {expected}", remedy)
    elif organization["MasterAccountId"] == settings.account_id:
        yield ok(f"this is the management account of {expected}")
    else:
        remedy = "make it a delegated administrator for config.amazonaws.com and config-multiaccountsetup.amazonaws.com"
        yield attention("this is not the management account: it may not be able to create organization rules", remedy)
