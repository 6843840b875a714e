from tests.support.offline import offline

__all__ = ["offline"]
