"""What every table of an environment's settings is."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Strict: a text is no number, and a key that is not declared is refused. Each key says below it what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
