"""Says in its log which bucket it would tidy."""

import logging
import os
from typing import Any

log = logging.getLogger(__name__)


def handler(_event: Any, _context: object) -> None:
    """Answers its schedule."""
    log.info("nothing to tidy", extra={"bucket": os.environ["BUCKET"]})
