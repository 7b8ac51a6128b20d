"""`python -m lang` is the command `ad`."""

import sys

from lang.cli import main

if __name__ == "__main__":
    sys.exit(main())
