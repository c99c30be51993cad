"""The one patch of another library: a native CRC-32C for TensorBoard's record writer.

TensorBoard computes the checksum of each record byte by byte in Python, 69 ms of the
interpreter's lock for 500 KB; google-crc32c does it in 0.02 ms. What is replaced is one name in
`tensorboard.summary.writer.record_writer`, by a function of the same result.
"""

import os

#: Set to 0 to leave TensorBoard's writer alone.
SWITCH = "TB_NEURON_FAST_CRC"

_CHECK_DATA, _CHECK_VALUE = b"123456789", 0xE3069283


def masked_crc32c(data: bytes) -> int:
    """Return the masked CRC-32C that precedes and follows a record in an event file."""
    checksum = _native_value(bytes(data))
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def bind_fast_crc() -> bool:
    """Bind the native checksum in TensorBoard's record writer, after a self-test.

    Returns:
        Whether it is bound. It is not where the environment variable `TB_NEURON_FAST_CRC` is 0,
        google-crc32c is pure Python here, or the self-test fails.
    """
    if os.environ.get(SWITCH, "1") == "0":
        return False
    try:
        from google_crc32c import implementation  # noqa: PLC0415 (its wheel may not load here)
        from tensorboard.summary.writer import record_writer  # noqa: PLC0415 (only a run that writes needs it)
    except ImportError:
        return False
    if implementation != "c" or _native_value(_CHECK_DATA) != _CHECK_VALUE:
        return False
    theirs = getattr(record_writer, "masked_crc32c", None)
    if theirs is masked_crc32c:
        return True
    if theirs is None or theirs(_CHECK_DATA) != masked_crc32c(_CHECK_DATA):
        return False
    record_writer.masked_crc32c = masked_crc32c
    return True


def _native_value(data: bytes) -> int:
    from google_crc32c import value  # noqa: PLC0415 (its wheel may not load here)

    return value(data)
