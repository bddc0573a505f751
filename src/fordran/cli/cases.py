"""fordran cases: look at one case, and end one that will not be paid."""

from typing import Annotated, Any

import msgspec
import typer

from fordran.bootstrap import installation
from fordran.cli.case_tables import case_table
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.cli.tables import show
from fordran.domain.case_status import BY_DECISION, CloseReason
from fordran.domain.ending import CASE_CLOSED, NOT_BARRED, DecidedEnding, ending_issues
from fordran.domain.guards import barred_at
from fordran.domain.money import total
from fordran.domain.outcome import OutcomeStatus
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.operations.creditor_actions import NotReported
from fordran.operations.end_cases import EndCase, SeenCase, end_cases, see_case
from fordran.settings import read_settings
from fordran.storage.creditor_actions import ActionView

cases_app = typer.Typer(
    help="Cases: look at one, and end one that will not be paid.\n\n"
    "A case that is paid, credited or cancelled by its creditor ends by itself. Everything else is "
    "a person's decision: 'fordran cases show' says how a case stands, 'fordran cases close' ends "
    "it for a reason.",
    no_args_is_help=True,
)

CLOSE_HELP = """End a case that will not be paid, for a reason, and write off what is left.

The reasons:

\b
withdrawn        the creditor took the assignment back, by letter or telephone
settled          creditor and debtor agreed on less, and that has been paid
uncollectable    the debtor has nothing to take
limitation       the claim is time-barred; refused if it is not
bankruptcy       the debtor's bankruptcy left nothing for the claim
deceased_estate  the debtor died, and the estate cannot pay
debt_relief      a decision of debt relief covers the claim
duplicate        the same claim is another case; give --duplicate-of
moved_abroad     the debtor lives abroad, where the agency does not collect

Capital, costs and interest are written off by rows that carry the reason and name the decision.
Money that has come in stays whose it is, and a payment that bounces later does not open the case
again. Nothing is sent to the debtor. It cannot be undone: a claim that was ended by mistake is
registered again.

\b
fordran cases close 68b7f49c7b02934caddab092 \\
  --account 68b7f49c7b02934caddab001 --reason bankruptcy \\
  --by "Anna Berg" --explanation "K 1234-25, ended without dividend"

The explanation and the name are kept with the case for good.
"""

NO_CASE = "The account {} has no case with the id {}."


def read_reason(text: str) -> CloseReason:
    """Return a reason that a person decides on.

    Raises: typer.BadParameter, which names every one.
    """
    known = {reason.value: reason for reason in CloseReason if reason in BY_DECISION}
    if text not in known:
        raise typer.BadParameter(f"'{text}' is none of {', '.join(known)}.")
    return known[text]


CaseId = Annotated[str, typer.Argument(metavar="CASE_ID", help="The case's id.")]
OfAccount = Annotated[str, typer.Option("--account", help="The id of the case's account.")]


@cases_app.command("show")
def show_command(case_id: CaseId, account: OfAccount, data_dir: DataDir = None) -> None:
    """Show how a case stands: its status, what holds it, what comes next, and what is owed.

    A refused act is one that a guard stopped before it happened, with the law that it follows. An
    item that failed is shown with why, and when it is tried again. Interest is owed through the
    day it was last counted to. Instants are in UTC; tab-separated when it is not a terminal.
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        seen = _seen(context, account, case_id)
        show(case_table(seen))


@cases_app.command("close", help=CLOSE_HELP)
def close_command(
    case_id: CaseId,
    account: OfAccount,
    reason: Annotated[
        CloseReason,
        typer.Option(parser=read_reason, metavar="REASON", help="Why; the reasons stand above."),
    ],
    explanation: Annotated[str, typer.Option(help="What the decision rests on.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided.")],
    duplicate_of: Annotated[
        str | None,
        typer.Option(
            metavar="CASE_ID", help="The case that goes on, for a duplicate.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    data_dir: DataDir = None,
) -> None:
    """End a case that will not be paid, for a reason."""
    ending = DecidedEnding(
        reason=reason, explanation=explanation, decided_by=by, duplicate_of=duplicate_of
    )
    _refuse(ending_issues(case_id, ending))
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        seen = _seen(context, account, case_id)
        if seen.case.closed is not None:
            fail(_words(CASE_CLOSED, seen))
        if not yes:
            show(case_table(seen))
            left = seen.case.balances.remaining
            typer.confirm(f"End it as {reason.value}, and write off {left} for good?", abort=True)
        _end(context, account, seen, ending)


def _end(context: Context, account: str, seen: SeenCase, ending: DecidedEnding) -> None:
    command = EndCase(
        creditor_id=None,
        case_id=seen.case.id,
        request=msgspec.json.encode(ending),
        ending=ending,
    )
    (verdict,) = end_cases(context, account, [command])
    if isinstance(verdict, NotReported):
        _refuse(verdict.issues)
    assert isinstance(verdict, ActionView)
    now = _seen(context, account, seen.case.id)
    if verdict.action.status == OutcomeStatus.ERROR:
        fail(_words(verdict.action.status_reason, now))
    written_off = -total(
        entry.amount
        for entry in now.case.entries
        if entry.fact is not None and entry.fact.id == verdict.action.id
    )
    typer.echo(f"case {now.case.id} ended as {ending.reason.value}; {written_off} written off")


def _seen(context: Context, account: str, case_id: str) -> SeenCase:
    seen = see_case(context, account, case_id)
    if seen is None:
        fail(NO_CASE.format(account, case_id))
    return seen


def _words(reason: str | None, seen: SeenCase) -> str:
    """Return why a case was not ended."""
    if reason == NOT_BARRED:
        last_on = civil_date(barred_at(seen.case))
        return f"The claim is not time-barred: it may be demanded through {last_on.isoformat()}."
    why = f" ({seen.case.closed.reason.value})" if seen.case.closed else ""
    return f"The case has ended already{why}; nothing was changed."


def _refuse(issues: dict[str, Any]) -> None:
    """Show what is wrong with a decision, if anything is, and exit with code 1."""
    options = {"decided_by": "--by", "case": "CASE_ID"}
    said = (
        f"{options.get(name, '--' + name.replace('_', '-'))} {issue}"
        for name, issue in issues.items()
    )
    if issues:
        fail("; ".join(said))
