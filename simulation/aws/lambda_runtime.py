"""Runs Lambda functions from their deployed archives, with their own environment, modules and role."""

import contextlib
import hashlib
import importlib
import io
import json
import logging
import os
import sys
import tempfile
import zipimport
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend
from moto.logs.models import logs_backends

from handlers.common.runtime.naming import PACKAGE
from simulation.aws import logs
from simulation.aws.clock import Clock
from simulation.aws.iam.authorize import IamEnforcer
from simulation.aws.sessions import Kept

OWN_PACKAGE = f"{PACKAGE}handlers"

_compile: Any = zipimport._compile_source  # type: ignore[attr-defined]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_SESSION_TOKEN": "simulated"}


@dataclass
class Invocation:
    """One invocation: its event, result, log records and metrics.

    `at` has the time of each attempt, `failures` of each failed one; `answer` is the last return value.
    """

    function: str
    event: dict[str, Any]
    at: list[datetime] = field(default_factory=list)
    failures: list[datetime] = field(default_factory=list)
    error: BaseException | None = None
    answer: Any = None
    logs: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        """The number of attempts."""
        return len(self.at)


class TaskTimedOutError(BaseException):
    """The invocation timed out; a BaseException, so that no code of the function catches it."""


class Context:
    """The context object that Lambda passes to a function, in simulated time."""

    def __init__(self, function_name: str, clock: Clock, deadline: datetime) -> None:
        self.function_name = function_name
        self._clock = clock
        self._deadline = deadline

    def sleep(self, seconds: float) -> None:
        """Sleeps in simulated time; raises TaskTimedOutError."""
        self._clock.advance(timedelta(seconds=seconds))
        if self.get_remaining_time_in_millis() == 0:
            raise TaskTimedOutError(f"{self.function_name}: Task timed out")

    def get_remaining_time_in_millis(self) -> int:
        """Returns the milliseconds until Lambda ends the invocation."""
        return max(0, int((self._deadline - self._clock.now()).total_seconds() * 1000))


class Functions:
    """The deployed functions of an account. Each keeps its modules between invocations, as in a warm environment."""

    def __init__(self, account: str, region: str, clock: Clock, guardian: IamEnforcer) -> None:
        self._account = account
        self._region = region
        self._clock = clock
        self._guardian = guardian
        self._warm: dict[str, dict[str, ModuleType]] = Kept()

    def get(self, name_or_arn: str) -> LambdaFunction:
        """Returns moto's function."""
        return get_backend(self._account, self._region).get_function(name_or_arn)

    def attempt(self, invocation: Invocation) -> None:
        """Runs the function once on the event, and records the result in the invocation."""
        function = self.get(invocation.function)
        role = function.role.split("/")[-1]
        started = self._clock.now()
        context = Context(function.function_name, self._clock, started + timedelta(seconds=int(function.timeout)))
        invocation.at.append(started)
        invocation.error = invocation.answer = None
        output = io.StringIO()
        try:
            # Lambda decrypts the environment variables on behalf of the function before any code runs.
            self._guardian.authorize_variables(role, function.function_name, str(function.kms_key_arn))
            self._open_log(role, function)
            with (
                self._inside(function, role),
                _logging_into(invocation, logging_of(function)),
                contextlib.redirect_stdout(output),
                mock.patch("time.sleep", context.sleep),
            ):
                module_name, _, handler_name = str(function.handler).rpartition(".")
                handler = getattr(importlib.import_module(module_name), handler_name)
                importlib.import_module(f"{OWN_PACKAGE}.common.runtime.clock").use(self._clock.now)
                answer = handler(json.loads(json.dumps(invocation.event)), context)
                invocation.answer = json.loads(json.dumps(answer))
        except (Exception, TaskTimedOutError) as error:
            invocation.error = error
            invocation.failures.append(started)
        printed = [json.loads(line) for line in output.getvalue().splitlines() if '"_aws"' in line]
        invocation.metrics += [line for line in printed if logs.delivers(logging_of(function), logs.level_of(line))]

    def _open_log(self, role: str, function: LambdaFunction) -> None:
        group = logging_of(function).get("LogGroup", f"/aws/lambda/{function.function_name}")
        if not self._has_group(group):
            # Lambda creates the log group if permitted; otherwise the function runs and its log is lost.
            arn = f"arn:aws:logs:{self._region}:{self._account}:log-group:{group}:*"
            with contextlib.suppress(ClientError):
                self._guardian.authorize(role, function.function_name, "logs:CreateLogGroup", arn)
                boto3.client("logs", self._region).create_log_group(logGroupName=group)
            return
        stream = f"arn:aws:logs:{self._region}:{self._account}:log-group:{group}:log-stream:simulated"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            self._guardian.authorize(role, function.function_name, action, stream)

    def _has_group(self, name: str) -> bool:
        return name in logs_backends[self._account][self._region].groups

    @contextlib.contextmanager
    def _inside(self, function: LambdaFunction, role: str) -> Iterator[None]:
        """Isolates the function from this process: modules, path, environment, session."""
        identity = f"{function.function_name}-{function.code_sha_256}"
        archive = _archive_file(function.code_bytes)
        outside, session = _remove_handler_modules(), boto3.DEFAULT_SESSION
        environment = dict(os.environ)
        sys.modules.update(self._warm.get(identity, {}))
        sys.path.insert(0, str(archive))
        os.environ.clear()
        os.environ.update(self._variables(function))
        boto3.DEFAULT_SESSION = self._guardian.session(role, function.function_name)
        try:
            with mock.patch.object(zipimport, "_compile_source", _compile_once):
                yield
        finally:
            boto3.DEFAULT_SESSION = session
            os.environ.clear()
            os.environ.update(environment)
            sys.path.remove(str(archive))
            self._warm[identity] = _remove_handler_modules()
            sys.modules.update(outside)

    def _variables(self, function: LambdaFunction) -> dict[str, str]:
        runtime_variables = {
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "MOTO_ACCOUNT_ID": self._account,
        }
        return CREDENTIALS | runtime_variables | dict(function.environment_vars)


def logging_of(function: LambdaFunction) -> dict[str, str]:
    """Returns a function's LoggingConfig, which simulation/aws/moto_patches.py keeps with moto's function."""
    return dict(getattr(function, "logging_config", {}))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="compliance-monitor-functions-")


@cache
def _archive_file(archive: bytes) -> Path:
    """Writes an archive to a file that exists until the process ends, and returns its path."""
    path = Path(_folder().name) / f"{hashlib.sha256(archive).hexdigest()}.zip"
    # A forked process may be importing from the file.
    if not path.exists():
        own = path.with_suffix(f".{os.getpid()}")
        own.write_bytes(archive)
        own.replace(path)
    return path


def _compile_once(path: str, source: bytes) -> CodeType:
    """Compiles a source file once for all archives, which share most of their files."""
    return _compiled(path.partition(".zip")[2], source)


@cache
def _compiled(path: str, source: bytes) -> CodeType:
    code: CodeType = _compile(path, source)
    return code


def _remove_handler_modules() -> dict[str, ModuleType]:
    """Removes the handlers' modules from this process and returns them."""
    inside = f"{OWN_PACKAGE}."
    # In the distribution, the root package of the archive is another one than that of this process.
    names = [name for name in sys.modules if name.startswith(inside) or name in (OWN_PACKAGE, PACKAGE.rstrip("."))]
    return {name: sys.modules.pop(name) for name in names}


@contextlib.contextmanager
def _logging_into(invocation: Invocation, configuration: Mapping[str, str]) -> Iterator[None]:
    """Collects each delivered log record in the runtime's JSON format: level, message, logger, and `extra`."""
    usual = set(vars(logging.makeLogRecord({})))

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not logs.delivers(configuration, record.levelname):
                return
            extra = {name: value for name, value in vars(record).items() if name not in usual}
            line = {"level": record.levelname, "message": record.getMessage(), "logger": record.name, **extra}
            # Through JSON and back: the runtime refuses values that JSON lacks.
            invocation.logs.append(json.loads(json.dumps(line)))

    own = logging.getLogger(OWN_PACKAGE)
    collector, level, propagate = Collector(), own.level, own.propagate
    own.addHandler(collector)
    own.setLevel(logging.INFO)
    own.propagate = False
    try:
        yield
    finally:
        own.removeHandler(collector)
        own.setLevel(level)
        own.propagate = propagate
