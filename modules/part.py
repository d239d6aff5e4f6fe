"""What every table of an environment's settings is."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Strict: a text is no number, and a key that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
