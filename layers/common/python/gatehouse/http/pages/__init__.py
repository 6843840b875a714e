"""The pages people see: server-rendered, whole without a script, with no asset from elsewhere."""

from gatehouse.http.pages.assets import Asset, asset, colour_url
from gatehouse.http.pages.render import PageResult, page

__all__ = ["Asset", "PageResult", "asset", "colour_url", "page"]
