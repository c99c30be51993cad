"""The checksum of event files, CRC-32C, at the speed of the machine.

TensorBoard computes it a byte at a time in Python: where it has no data server, reading 500 MB
takes two minutes. `bind_reader` gives its reader google-crc32c's function instead, the one place
where this package changes another library; it can be switched off with
`--tb_neuron_fast_crc false`.
"""

import importlib
from collections.abc import Callable

Checksum = Callable[[bytes], int]

#: Module of TensorBoard's record reader and the name that it looks up for every record.
READER = ("tensorboard.compat.tensorflow_stub.pywrap_tensorflow", "masked_crc32c")

_CHECK_INPUT, _CHECK_VALUE = b"123456789", 0xE3069283
_MASK_DELTA = 0xA282EAD8


def find_crc32c() -> Checksum | None:
    """Return a fast CRC-32C that passes the check value of the algorithm, or None."""
    try:
        import google_crc32c  # noqa: PLC0415 - optional at run time: its wheel may not load here
    except Exception:
        return None
    # Its fallback in Python is no faster than TensorBoard's own.
    return checked(google_crc32c.value) if google_crc32c.implementation == "c" else None


def checked(crc32c: Checksum) -> Checksum | None:
    """Return a CRC-32C function if it gives the algorithm's check value, else None."""
    try:
        return crc32c if crc32c(_CHECK_INPUT) == _CHECK_VALUE else None
    except Exception:
        return None


def masked(crc32c: Checksum) -> Checksum:
    """Return the checksum as event files store it: rotated by 15 bits and offset."""

    def masked_crc32c(data: bytes) -> int:
        crc = crc32c(bytes(data))
        return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF

    return masked_crc32c


def bind_reader(crc32c: Checksum | None) -> Callable[[], None]:
    """Let TensorBoard's Python reader use a fast CRC-32C.

    Args:
        crc32c: as `find_crc32c` returns it; with None nothing is changed.

    Returns:
        A function that puts TensorBoard's own back.
    """
    module_name, name = READER
    try:
        module = importlib.import_module(module_name)
        original = getattr(module, name)
        fast = masked(crc32c) if crc32c else original
        if fast(_CHECK_INPUT) != original(_CHECK_INPUT):
            fast = original
    except Exception:
        return lambda: None
    setattr(module, name, fast)
    return lambda: setattr(module, name, original)
