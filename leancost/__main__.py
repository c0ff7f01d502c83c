"""`python -m leancost` and `leancost` are the command line."""

import sys


def main() -> int:
    """Loads the command line and runs it; Ctrl-C is one line before a command has begun, too."""
    try:
        from leancost.cli.commands import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("leancost: interrupted.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
