"""Verify the books: the audit's queries, every case followed through its journal, the files."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from fordran.domain.agreement import AgreementTerms
from fordran.domain.law import Law
from fordran.domain.rules import Rules
from fordran.operations.checked_rule import BROKEN, CheckedRule
from fordran.operations.verify_cases import CASE_CHECKS, Books, CaseCheck, Followed, follow
from fordran.operations.verify_files import (
    FILES,
    LETTERS,
    RUNS,
    check_files,
    check_letters,
    check_payout_runs,
)
from fordran.storage.audit import (
    QUERIES,
    AuditConnection,
    StoredCase,
    all_terms,
    audit_connection,
    audited_case,
    count_cases,
    flows_by_version,
    prepare,
    rows_checked,
    savepoint,
    stored_cases,
    violations_of,
)
from fordran.storage.audit_query import AuditQuery
from fordran.storage.blobs import BlobStore
from fordran.storage.law import all_versions

READABLE = "I12 every case can be read, and its journal applied"

CASES_PER_REPORT = 100

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Tell nobody how many cases of how many have been checked."""


def verify_books(
    conninfo: str,
    *,
    account_id: str | None = None,
    rule: str = "",
    blobs: BlobStore | None = None,
    on_progress: Progress = no_progress,
) -> list[CheckedRule]:
    """Check everything that must be true at every moment, as of one instant.

    `conninfo` is of the tables' owner. Reads only. With `account_id` only that account's rows,
    with `rule` only the rules that contain the word, with `blobs` the bytes of every file too.
    `on_progress` is told how many cases of how many have been checked.
    """
    laws = all_versions(conninfo)
    with audit_connection(conninfo, account_id) as connection:
        checked = verify_connection(connection, laws, rule=rule, on_progress=on_progress)
        if blobs is not None and _is_asked(rule, FILES):
            checked.append(check_files(connection, blobs))
        return checked


def verify_connection(
    connection: AuditConnection,
    laws: Mapping[int, Law],
    *,
    rule: str = "",
    on_progress: Progress = no_progress,
) -> list[CheckedRule]:
    """Check the books as an open transaction sees them; files are not looked at.

    `laws` are the versions of the law that interest was counted by.
    """
    prepare(connection)
    checked = _check_queries(connection, [q for q in QUERIES if _is_asked(rule, q.rule)])
    if _is_asked(rule, LETTERS):
        checked.append(check_letters(connection))
    if _is_asked(rule, RUNS):
        checked.append(check_payout_runs(connection))
    checks = [check for check in CASE_CHECKS if _is_asked(rule, check.rule)]
    if checks or _is_asked(rule, READABLE):
        cases = _CheckingCases(connection, laws, checks).results(on_progress)
        checked += [found for found in cases if found.violations or _is_asked(rule, found.rule)]
    return sorted(checked, key=lambda result: int(result.rule.split()[0][1:]))


def _is_asked(asked: str, rule: str) -> bool:
    return asked.lower() in rule.lower()


def _check_queries(connection: AuditConnection, queries: list[AuditQuery]) -> list[CheckedRule]:
    checked = []
    with savepoint(connection):
        for query, rows in zip(queries, rows_checked(connection, queries), strict=True):
            began = time.perf_counter()
            found = violations_of(connection, query)
            seconds = time.perf_counter() - began
            checked.append(CheckedRule(query.rule, rows, tuple(found), seconds))
    return checked


class _CheckingCases:
    """One pass over every case, with what each check found and how long it took."""

    def __init__(
        self,
        connection: AuditConnection,
        laws: Mapping[int, Law],
        checks: list[CaseCheck],
    ) -> None:
        self._connection = connection
        self._rules = _RulesByVersion(all_terms(connection), laws)
        self._flows = flows_by_version(connection)
        self._checks = checks
        self._unreadable: list[str] = []
        self._found: dict[str, list[str]] = {check.rule: [] for check in checks}
        self._rows: dict[str, int] = {check.rule: 0 for check in checks}
        self._seconds: dict[str, float] = {check.rule: 0.0 for check in checks}

    def results(self, on_progress: Progress) -> list[CheckedRule]:
        """Check every case and return what was found, the reading of them first."""
        began = time.perf_counter()
        total = count_cases(self._connection)
        done = 0
        for stored in stored_cases(self._connection):
            self._check(stored)
            done += 1
            if done % CASES_PER_REPORT == 0:
                on_progress(done, total)
        on_progress(done, total)
        read_in = time.perf_counter() - began - sum(self._seconds.values())
        readable = CheckedRule(READABLE, done, tuple(self._unreadable), read_in)
        return [readable, *(self._result(check) for check in self._checks)]

    def _result(self, check: CaseCheck) -> CheckedRule:
        rule = check.rule
        return CheckedRule(rule, self._rows[rule], tuple(self._found[rule]), self._seconds[rule])

    def _check(self, stored: StoredCase) -> None:
        try:
            audited = audited_case(stored)
            rules_of = partial(self._rules, audited.case.account_id)
            followed = follow(audited, Books(self._flows, rules_of))
        except BROKEN as error:
            self._unreadable.append(f"case {stored.case_id}: {type(error).__name__} {error}")
            return
        for check in self._checks:
            began = time.perf_counter()
            for wrong in _violations(check, followed):
                self._found[check.rule].append(f"case {stored.case_id}: {wrong}")
            self._rows[check.rule] += check.rows(followed.audited)
            self._seconds[check.rule] += time.perf_counter() - began


def _violations(check: CaseCheck, followed: Followed) -> Iterator[str]:
    try:
        yield from check.violations(followed)
    except BROKEN as error:
        yield f"it cannot be valued ({type(error).__name__} {error})"


class _RulesByVersion:
    """The rules of an account's agreement version under a version of the law, each made once."""

    def __init__(
        self, terms: Mapping[tuple[str, str], AgreementTerms], laws: Mapping[int, Law]
    ) -> None:
        self._terms = terms
        self._laws = laws
        self._made: dict[tuple[str, str, int], Rules] = {}

    def __call__(self, account_id: str, agreement_version_id: str, law_version: int) -> Rules:
        """Return the rules. Raises: KeyError, if one of the two versions does not exist."""
        key = (account_id, agreement_version_id, law_version)
        if key not in self._made:
            terms = self._terms[account_id, agreement_version_id]
            self._made[key] = Rules(terms, self._laws[law_version])
        return self._made[key]
