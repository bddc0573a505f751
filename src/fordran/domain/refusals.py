"""Refusals: the request is understood and not allowed.

    Refusal
    └── ReferenceRateMissing      a half-year has no published reference rate

A refusal carries data, never HTTP: the class name in snake case is its stable code, the class
docstring its default message. `api/errors.py` says which status each becomes.
"""

import re
from datetime import date


class Refusal(Exception):  # noqa: N818 - the field's word is refusal, and its subclasses say what is wrong
    """The request was refused."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @classmethod
    def reason(cls) -> str:
        """Return the stable machine code: the class name in snake case.

        >>> ReferenceRateMissing.reason()
        'reference_rate_missing'
        """
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class ReferenceRateMissing(Refusal):
    """No reference rate has been published for the half-year."""

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(
            f"No reference rate is known for {on.isoformat()}; "
            "add the Riksbank's decision for that half-year to the table of reference rates."
        )
