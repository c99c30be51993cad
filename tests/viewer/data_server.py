"""TensorBoard's data server: skipped where a platform has none, demanded in CI."""

import os

import pytest
from tensorboard.data import server_ingester


def data_server() -> server_ingester.ServerBinary:
    """Return the data server's program; skip the test without one, and fail it in CI.

    CI runs on a platform that has the server: there a skip would hide that it was not installed.
    """
    try:
        return server_ingester.get_server_binary()
    except server_ingester.NoDataServerError as error:
        message = f"this platform has no data server: {error}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
