"""What `make run` runs: the product on this machine, with a local DynamoDB, SES and identity provider.

Never shipped: neither the layer nor a function contains or imports anything of this package.
"""

import sys
from pathlib import Path

# Where Lambda puts a layer's packages: on the path, before anything of ours is imported.
_LAYER = str(Path(__file__).resolve().parent.parent / "layers" / "common" / "python")
if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)
