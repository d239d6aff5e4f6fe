"""A call that hangs ends, with all its retries, before the timeout of its function."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff

from handlers.common.runtime import clients
from tests.support.resources import Document, of_type

PATIENT = {"report"}
SERVICES = {
    "config": clients.config_service,
    "dynamodb": clients.dynamodb,
    "events": clients.events,
    "s3": clients.s3,
    "sns": clients.sns,
    "ssm": clients.ssm,
}


def worst(client: Any) -> float:
    """Returns the seconds after which a call has failed for good, with the longest timeouts and waits."""
    config = client.meta.config
    # Throttling has the longest waits; the same call may meet both.
    throttled: Any = SimpleNamespace(is_throttling_error_from_context=lambda _: True)
    backoff = ExponentialBackoff(random=lambda: 1.0, throttling_detector=throttled)
    attempts = config.retries["total_max_attempts"]
    waits = (
        backoff.delay_amount(SimpleNamespace(attempt_number=number, http_response=None))
        for number in range(1, attempts)
    )
    return float(attempts * (config.connect_timeout + config.read_timeout) + sum(waits))


def functions(document: Document, folder: Path) -> Iterator[tuple[str, int, str]]:
    """Name, time-out and the source of all modules but the one that makes clients."""
    for found in of_type(document, "aws_lambda_function").values():
        with zipfile.ZipFile(folder / found["filename"]) as archive:
            names = [name for name in archive.namelist() if name != "handlers/common/runtime/clients.py"]
            source = "".join(archive.read(name).decode() for name in names)
        yield found["function_name"], found["timeout"], source


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulated")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients.forget()
    yield
    clients.forget()


def test_a_stuck_call_ends_before_any_function_that_makes_it(
    documents: dict[str, Document], stacks: dict[str, Path], credentials: None
) -> None:
    usual = max(worst(make()) for make in SERVICES.values())
    slow = worst(clients.config_service(read_seconds=clients.SLOW_READ_SECONDS))
    assert usual < slow
    for environment, document in documents.items():
        patient = set()
        for name, timeout, source in functions(document, stacks[environment]):
            assert usual < timeout, name
            if "read_seconds" in source:
                patient.add(name.removesuffix(f"-{environment}-ew1"))
                assert slow < timeout, name
        assert patient == PATIENT


def test_clients_of_different_patience_are_different_ones(credentials: None) -> None:
    patient = clients.config_service(read_seconds=clients.SLOW_READ_SECONDS)
    assert patient is clients.config_service(read_seconds=clients.SLOW_READ_SECONDS)
    assert patient.meta.config.read_timeout == clients.SLOW_READ_SECONDS
    assert clients.config_service().meta.config.read_timeout == clients.READ_SECONDS
