"""Fast imports of the provider's bindings: one module for each resource, not all 2,210 of the package.

The package's __init__ imports every submodule, which takes seconds. Registering the package without running that file
leaves the synthesized JSON unchanged. `modules` registers it on import, before the first import of the provider.
"""

import importlib.util
import os
import sys

PROVIDER = "cdktf_cdktf_provider_aws"


class ProviderNotInstalledError(ImportError):
    """The provider's Python bindings are not installed."""


def register() -> None:
    """Registers the provider's package without running its __init__; raises ProviderNotInstalledError."""
    # jsii prints a banner about Node 20's end of life on every run; `make setup` installs Node.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    if PROVIDER in sys.modules:
        return
    spec = importlib.util.find_spec(PROVIDER)
    if spec is None:
        raise ProviderNotInstalledError(f"the package {PROVIDER} is not installed: run `make setup`")
    sys.modules[PROVIDER] = importlib.util.module_from_spec(spec)
