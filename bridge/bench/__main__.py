"""``python -m bridge.bench``."""

import sys

from bridge.bench import main

sys.exit(main())
