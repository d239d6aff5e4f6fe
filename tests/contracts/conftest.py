import pytest

from tests.support.resources import Document


@pytest.fixture(params=["dev", "prod"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def document(environment: str, documents: dict[str, Document]) -> Document:
    return documents[environment]
