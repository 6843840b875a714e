"""Say how many branches the tests reach, without the lines, and fail if too few: `make coverage`.

Reads the report of `coverage json`. Its own `--fail-under` looks at branches and lines together.
"""

import json
import sys


def main() -> int:
    totals = json.load(sys.stdin)["totals"]
    least, reached = float(sys.argv[1]), totals["percent_branches_covered"]
    print(
        f"Branches alone: {totals['covered_branches']} of {totals['num_branches']}, "
        f"{reached:.1f} %; at least {least:g} % are asked for."
    )
    return int(reached < least)


if __name__ == "__main__":
    sys.exit(main())
