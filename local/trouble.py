"""Trouble: what a person must know and can mend, in one sentence."""


class Trouble(Exception):
    """Say what happened, why, and what to do; printed alone, without a traceback, exit code 1."""
