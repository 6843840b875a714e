"""What mail programs make links of, told more widely than any of them does."""

import re
from typing import Final

LINKABLE: Final = re.compile(
    r"""(?ix)
      (?<![\[a-z0-9+.-]) (?!hxxps?:) [a-z][a-z0-9+.-]* ://
    | https?: | (?:java|vb|live)script: | \b(?:data|mailto|tel|file|ftp): (?=\S)
    | \bwww\.\w
    | [^\W_]\.(?:[^\W\d_]{2,}|xn--\w)
    | \S@\w
    | \b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}
    | (?<!\[)\\\\\w
    """
)
"""Schemes, hosts, e-mail addresses, IPv4 addresses and network shares."""
