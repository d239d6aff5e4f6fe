"""The settings of a remediation, as a JSON document in its function's archive.

A list of keys may exceed the size limit of environment variables.
"""

import json
import pkgutil

from handlers.common.model.remediation import Document
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import COMMON

FILE = "parameters.json"
"""The document's file name in handlers/common."""


class MissingParametersError(ComplianceMonitorError, RuntimeError):
    """The function was deployed without its remediation's parameters."""


def to_json(parameters: Document) -> bytes:
    """Returns the document. Equal parameters give equal bytes."""
    return json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode()


def deployed() -> Document:
    """Returns the parameters that this function was deployed with; raises MissingParametersError."""
    try:
        document = pkgutil.get_data(COMMON, FILE)
    except OSError:
        document = None
    if document is None:
        raise MissingParametersError(f"the function's archive has no handlers/common/{FILE}: deploy again")
    parameters: Document = json.loads(document)
    return parameters
