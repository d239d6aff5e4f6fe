"""The compliance monitor, for a repository with a bank's own settings, and for apps that use its constructs."""


def synthesize() -> None:
    """Synthesizes the environments of the current folder; exits with all problems of their files."""
    # Functions' archives have this module too, and neither cdktf nor settings.
    from .modules.app import main

    main()
