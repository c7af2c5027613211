"""``python -m agent.soak``."""

import sys

from agent.soak import main

sys.exit(main())
