"""What a network's units did while it trained, read back from TensorBoard's event files."""

__version__ = "0.1.0"
