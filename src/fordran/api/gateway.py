"""The gateway: what the handlers of one API process share."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
from litestar.connection import ASGIConnection, Request

from fordran.api.documents import case_document
from fordran.api.doors import Door
from fordran.api.signed_urls import UrlSigner
from fordran.operations.cancel_cases import cancel_cases
from fordran.operations.context import Context
from fordran.operations.decide_disputes import decide_disputes
from fordran.operations.dispute_cases import dispute_cases
from fordran.operations.give_respites import give_respites
from fordran.operations.issue_token import Unauthorized, whose_token
from fordran.operations.pause_cases import pause_cases, resume_cases
from fordran.operations.receive_payments import receive_payments
from fordran.operations.reduce_interest import reduce_interest_of_cases
from fordran.operations.register_cases import RegisterCases, register_cases
from fordran.operations.register_cases import Verdict as RegistrationVerdict
from fordran.operations.report_creditor_creditings import report_creditor_creditings
from fordran.operations.report_creditor_payments import report_creditor_payments
from fordran.operations.reverse_payments import reverse_agency_payments, reverse_creditor_payments
from fordran.storage.case_views import CASES
from fordran.storage.tokens import AccessToken

TOKENS_REMEMBERED_MAX = 10_000
THREADS = 8


class ApiSettings(msgspec.Struct, frozen=True):
    """How the API answers. Units: bytes."""

    public_url: str | None = None
    """How clients reach the server; None takes it from each request."""
    body_size_max: int = 1024 * 1024
    upload_size_max: int = 20 * 1024 * 1024
    is_sandbox: bool = False
    """Whether accounts may have virtual clocks."""


class Gateway:
    """The context, the doors of the batched operations, and the tokens seen lately."""

    def __init__(self, context: Context, settings: ApiSettings, signer: UrlSigner) -> None:
        self.context = context
        self.settings = settings
        self.signer = signer
        self.executor = ThreadPoolExecutor(THREADS, thread_name_prefix="api")
        self.registrations = Door[RegisterCases, RegistrationVerdict](self._register, self.executor)
        self.payments = self._door(report_creditor_payments)
        self.creditings = self._door(report_creditor_creditings)
        self.cancellations = self._door(cancel_cases)
        self.payment_reversals = self._door(reverse_creditor_payments)
        self.agency_payments = self._door(receive_payments)
        self.agency_payment_reversals = self._door(reverse_agency_payments)
        self.interest_reductions = self._door(reduce_interest_of_cases)
        self.respites = self._door(give_respites)
        self.pauses = self._door(pause_cases)
        self.resumptions = self._door(resume_cases)
        self.disputes = self._door(dispute_cases)
        self.dispute_outcomes = self._door(decide_disputes)
        self.cases = Door[str, dict[str, Any] | None](
            self._read_cases, self.executor, batches_at_once=2
        )
        self._tokens: dict[str, AccessToken] = {}

    def close(self) -> None:
        """Let go of the threads; what is at work is finished."""
        self.executor.shutdown(wait=True)

    async def account_of(self, token: str | None) -> str:
        """Return the account a token speaks for, remembering it until it expires.

        Raises: Unauthorized.
        """
        if not token:
            raise Unauthorized
        known = self._tokens.get(token)
        if known is None:
            known = await asyncio.get_running_loop().run_in_executor(
                self.executor, whose_token, self.context, token
            )
            if len(self._tokens) >= TOKENS_REMEMBERED_MAX:
                self._tokens.clear()
            self._tokens[token] = known
        elif known.expires_at <= self.context.clock.now():
            del self._tokens[token]
            raise Unauthorized
        return known.account_id

    def _register(
        self, account_id: str, commands: Sequence[RegisterCases]
    ) -> Sequence[RegistrationVerdict]:
        return register_cases(self.context, account_id, commands)

    def _door(self, operation: Callable[[Context, str, Any], Sequence[Any]]) -> Door[Any, Any]:
        return Door(partial(operation, self.context), self.executor)

    def _read_cases(
        self, account_id: str, case_ids: Sequence[str]
    ) -> Sequence[dict[str, Any] | None]:
        unique = sorted(set(case_ids))
        views = self.context.database.read(account_id, lambda uow: CASES.by_id(uow, unique))
        documents = {case_id: case_document(view) for case_id, view in views.items()}
        return [documents.get(case_id) for case_id in case_ids]


def gateway_of(connection: "ASGIConnection[Any, Any, Any, Any]") -> Gateway:
    """Return the gateway of the application that a request came to."""
    gateway: Gateway = connection.app.state.gateway
    return gateway


def account_of(request: "Request[Any, Any, Any]") -> str:
    """Return the account that the request's token speaks for; `require_token` has put it there."""
    account_id: str = request.auth
    return account_id


async def require_token(request: "Request[Any, Any, Any]") -> None:
    """Let a request in: a valid access token stands in X-API-Key, in any letter case.

    A hook and not a guard: before each call of a guard the framework copies the route's handler.

    Raises: Unauthorized.
    """
    token = request.headers.get("x-api-key")
    request.scope["auth"] = await gateway_of(request).account_of(token)
