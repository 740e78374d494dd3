"""``python -m claimbatch`` and the ``claimbatch`` command."""

import sys

from claimbatch.cli.main import cli
from claimbatch.cli.session import run


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(cli))


if __name__ == "__main__":
    main()
