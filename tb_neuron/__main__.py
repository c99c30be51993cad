"""The command line: `python -m tb_neuron doctor LOGDIR`."""

import argparse
import sys
from collections.abc import Sequence

from tb_neuron import __version__, doctor


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the command line's unless given.

    Returns:
        An exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m tb_neuron", description=__doc__)
    parser.add_argument("--version", action="version", version=f"tb_neuron {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "doctor", help="tell whether the plugin, its dashboard and the records are in order"
    )
    command.add_argument("logdir", help="the directory that TensorBoard is given as --logdir")
    return doctor.examine(parser.parse_args(arguments).logdir)


if __name__ == "__main__":
    sys.exit(main())
