"""An audit query: a rule in words, how many rows it looks at, and what breaks it."""

import msgspec


class AuditQuery(msgspec.Struct, frozen=True):
    """A rule, how many rows it looks at, and the query for what breaks it.

    `counted` returns one number. `violations` returns one text for each violation, with the case.
    The rule begins with the number of its invariant (docs/architecture.md).
    """

    rule: str
    counted: str
    violations: str
