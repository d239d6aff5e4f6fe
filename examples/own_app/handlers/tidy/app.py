"""Logs the name of a bucket."""

import logging
import os
from typing import Any

log = logging.getLogger(__name__)


def handler(_event: Any, _context: object) -> None:
    """Handles the event of the schedule."""
    log.info("nothing to tidy", extra={"bucket": os.environ["BUCKET"]})
