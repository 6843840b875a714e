"""Between the row of a logo and the logo, which no decision reads."""

from gatehouse.domain.brand import Logo
from gatehouse.store import table as t


def logo_row(logo: Logo) -> t.LogoRow:
    return t.LogoRow(
        *t.logo_key(logo.account_id, logo.logo_id), content=logo.content, version=logo.version
    )


def logo(account_id: str, row: t.LogoRow) -> Logo:
    return Logo(account_id, row.sk, row.content, int(row.version))
