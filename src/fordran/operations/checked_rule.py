"""What the audit says of one rule."""

import msgspec


class CheckedRule(msgspec.Struct, frozen=True):
    """The result of one rule. Units: `seconds` of the rule alone."""

    rule: str
    rows: int
    violations: tuple[str, ...]
    seconds: float


BROKEN = (
    msgspec.MsgspecError,
    ArithmeticError,
    AssertionError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What a row that was tampered with can make the domain raise, which trusts what it is given."""
