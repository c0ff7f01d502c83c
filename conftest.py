"""No person watches a test: kernels that nbval starts draw static views instead of controls."""

import os

os.environ.setdefault("LEANCOST_HEADLESS", "1")
