from collections.abc import Iterator

import pytest

from tests.chat.model.telling import model_at
from tests.chat.stub_model import Stub, stub_model


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A model is set, and it runs here."""
    with stub_model() as running, model_at(running.url):
        yield running
