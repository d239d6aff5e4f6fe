import pytest

from tests.support.workbench import Workbench


@pytest.fixture
def workbench() -> Workbench:
    return Workbench()
