"""A data path that cannot be tested is a failure where it must be there, and a skip elsewhere."""

import pytest
from data_server import data_server
from tensorboard.data import server_ingester


@pytest.fixture
def without_server(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A platform for which TensorBoard has no data server."""

    def refuse() -> None:
        raise server_ingester.NoDataServerError("not for this machine")

    monkeypatch.setattr(server_ingester, "get_server_binary", refuse)
    return monkeypatch


def test_a_missing_data_server_fails_a_test_in_ci(without_server: pytest.MonkeyPatch) -> None:
    without_server.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no data server: not for this machine"):
        data_server()


def test_a_missing_data_server_skips_a_test_elsewhere(without_server: pytest.MonkeyPatch) -> None:
    without_server.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no data server: not for this machine"):
        data_server()
