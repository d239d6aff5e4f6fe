"""Makes importing one AWS resource cost one module, and not the 2,210 of the provider's package.

The package's own __init__ imports every submodule, which takes seconds; no construct needs it. Registering the package
without running that file changes nothing in the synthesized JSON. It must happen before the first provider import, so
this package does it on import.
"""

import importlib.util
import os
import sys

PROVIDER = "cdktf_cdktf_provider_aws"


class ProviderNotInstalledError(ImportError):
    """The provider's Python bindings are not installed."""


def register() -> None:
    """Registers the provider's package without running its __init__; raises ProviderNotInstalledError."""
    # jsii prints a banner about Node 20's end of life on every run; which Node to have is `make setup`'s business.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    if PROVIDER in sys.modules:
        return
    spec = importlib.util.find_spec(PROVIDER)
    if spec is None:
        raise ProviderNotInstalledError(f"the package {PROVIDER} is not installed: run `make setup`")
    sys.modules[PROVIDER] = importlib.util.module_from_spec(spec)
