"""The rules that a case is handled by: what was agreed, and the law."""

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.law import SHIPPED_LAW, Law


class Rules(msgspec.Struct, frozen=True):
    """The terms of a case's agreement version, with one version of the law."""

    terms: AgreementTerms
    law: Law = SHIPPED_LAW
