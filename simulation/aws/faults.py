"""Faults of functions' calls, injected below the SDK, so that its retries apply.

Calls are counted over all functions of the account, from 1.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

# Error bodies by protocol, and throttling codes by service (their API references, "Common errors").
ERRORS = {
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>simulated</Message></Error></Errors></Response>",
    "json": '{{"__type": "{code}", "message": "simulated"}}',
    "query": "<ErrorResponse><Error><Code>{code}</Code><Message>simulated</Message></Error></ErrorResponse>",
    "rest-xml": "<Error><Code>{code}</Code><Message>simulated</Message></Error>",
}
THROTTLING = {
    "ec2": ("RequestLimitExceeded", 503),
    "rds": ("Throttling", 400),
    "s3": ("SlowDown", 503),
    "sns": ("Throttling", 400),
}
OTHER_SERVICES = ("ThrottlingException", 400)


class Fault(StrEnum):
    """The fault of a call. A call has up to five requests, each of which the fault may affect."""

    THROTTLED = "throttled"
    """Each request of the call is throttled."""
    TIMED_OUT = "timed out"
    """No request of the call reaches AWS."""
    FAILED_ONCE = "failed once"
    """The first request of the call gets status 500, the second succeeds."""
    DOWN = "down"
    """The operation returns status 500 to every caller until the faults are cleared."""
    ANSWER_LOST = "answer lost"
    """The first request takes effect, its response is lost, and the SDK retries."""
    UNHEARD = "never heard"
    """The first request takes effect, its response is lost, and no retry reaches AWS."""


@dataclass(frozen=True)
class Called:
    """A function's call: the function's name, and boto3's name of the operation."""

    function: str
    service: str
    operation: str

    def __str__(self) -> str:
        return f"{self.function} {self.service}:{self.operation}"


Choose = Callable[[int, Called], Fault | None]
"""Returns the fault of a call, by its number."""


def none(_number: int, _called: Called) -> None:
    """Injects no fault."""


@dataclass
class Faults:
    """The faults of one account's calls, and a log of the calls."""

    choose: Choose = none
    calls: list[Called] = field(default_factory=list)
    met: list[tuple[Called, Fault]] = field(default_factory=list)
    _down: set[tuple[str, str]] = field(default_factory=set)
    _fault: Fault | None = None
    _request: int = 0

    def clear(self) -> None:
        """Injects no further faults."""
        self.choose = none
        self._down.clear()

    def begin(self, called: Called) -> None:
        """Decides the fault of a call that begins."""
        self.calls.append(called)
        self._request = 0
        self._fault = self.choose(len(self.calls), called)
        operation = (called.service, called.operation)
        if self._fault == Fault.DOWN:
            self._down.add(operation)
        elif self._fault is None and operation in self._down:
            self._fault = Fault.DOWN
        if self._fault is not None:
            self.met.append((called, self._fault))

    def install(self, client: Any) -> None:
        """Injects the faults into a client."""

        def send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
            return self._send(request, event_name, client)

        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", send)

    def _send(self, request: AWSPreparedRequest, event_name: str, client: Any) -> AWSResponse | None:
        self._request += 1
        fault, is_first = self._fault, self._request == 1
        if fault in (Fault.THROTTLED, Fault.DOWN) or (fault == Fault.FAILED_ONCE and is_first):
            return _error_response(request, client, throttled=fault == Fault.THROTTLED)
        if fault == Fault.TIMED_OUT or (fault == Fault.UNHEARD and not is_first):
            time.sleep(client.meta.config.connect_timeout)
            raise ConnectTimeoutError(endpoint_url=request.url)
        response: AWSResponse | None = botocore_stubber(event_name, request)
        if fault in (Fault.ANSWER_LOST, Fault.UNHEARD) and is_first:
            time.sleep(client.meta.config.read_timeout)
            raise ReadTimeoutError(endpoint_url=request.url)
        return response


def _error_response(request: AWSPreparedRequest, client: Any, *, throttled: bool) -> AWSResponse:
    model = client.meta.service_model
    code, status = THROTTLING.get(model.service_name, OTHER_SERVICES) if throttled else ("InternalError", 500)
    content: Any = MockRawResponse(ERRORS[model.resolved_protocol].format(code=code).encode())
    return AWSResponse(request.url, status, HTTPHeaders(), content)
