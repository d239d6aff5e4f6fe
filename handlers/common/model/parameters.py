"""What a remediation must know of the settings, as it travels to its function: a JSON document in the archive.

A list of keys may be longer than environment variables can be.
"""

import json
import pkgutil

from handlers.common.model.remediation import Document
from handlers.common.runtime.errors import ComplianceMonitorError

FILE = "parameters.json"
"""The document's name, beside this module."""


class MissingParametersError(ComplianceMonitorError, RuntimeError):
    """The function was deployed without its remediation's parameters."""


def to_json(parameters: Document) -> bytes:
    """Returns the document; the same parameters give the same bytes."""
    return json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode()


def deployed() -> Document:
    """Returns the parameters that this function was deployed with; raises MissingParametersError."""
    try:
        document = pkgutil.get_data("handlers.common", FILE)
    except OSError:
        document = None
    if document is None:
        raise MissingParametersError(f"the function's archive has no handlers/common/{FILE}: deploy again")
    parameters: Document = json.loads(document)
    return parameters
