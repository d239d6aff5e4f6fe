"""Sessions that share what botocore knows of the services: reading it takes longer than most simulated calls."""

from botocore.loaders import create_loader
from botocore.session import Session

_LOADER = create_loader()


def shared(session: Session) -> Session:
    """The session, with the service descriptions that this process has read already."""
    session.register_component("data_loader", _LOADER)
    return session
