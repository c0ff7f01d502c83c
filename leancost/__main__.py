"""`python -m leancost` is the command line."""

import sys

from leancost.cli import main

sys.exit(main())
