"""The shipped cases as scripts: what each is about, whose data it uses, and what its domain expert decides."""

from dataclasses import dataclass
from importlib.resources import files

from glassworks.core.usecase import ColumnDecision


@dataclass(frozen=True)
class Script:
    """One shipped case. `planted` names the file of a model that its data scientist brings by hand, if any.

    `second` names the case that carries the approval when no honest candidate of this one clears; under `condition` its
    owner accepts what the rows cannot decide.
    """

    case: str
    folder: str
    data: str
    title: str
    question: str
    line: str
    source: str
    decisions: tuple[ColumnDecision, ...]
    planted: str = ""
    leak: str = ""
    second: str = ""
    condition: str = "Decide again with a quarter's live outcomes."

    def file(self, name: str) -> bytes:
        """A file of this case as it is shipped."""
        return (files("glassworks.examples") / self.folder / name).read_bytes()


TERM_DEPOSIT = Script(
    case="term-deposit",
    folder="term_deposit",
    data="calls.parquet",
    title="Whom should we call? Term-deposit campaign",
    question="Which half of the quarter's list should the call centre phone about a term deposit?",
    line="Retail banking",
    source="UCI Machine Learning Repository, Bank Marketing (CC BY 4.0), see ATTRIBUTION.md",
    decisions=(
        ColumnDecision(
            column="duration", decision="exclude", reason="The length of the call is known only after the call."
        ),
        ColumnDecision(column="campaign", decision="exclude", reason="The file holds the final number of calls."),
        ColumnDecision(column="day", decision="exclude", reason="The campaign's calendar sets it, not the customer."),
        ColumnDecision(column="pdays", decision="sentinel", sentinel=-1.0, reason="-1 means: never phoned before."),
        ColumnDecision(column="call_month", decision="exclude", reason="It only divides the rows in time."),
    ),
    planted="danas_model.py.txt",
    leak="duration",
    second="telco-retention",
)

TELCO_CHURN = Script(
    case="telco-retention",
    folder="telco_churn",
    data="customers.csv",
    title="Whom should we offer to stay? Retention calls",
    question="Which quarter of the customers should be called with an offer before they leave?",
    line="Customer care",
    source="IBM sample data, Telco Customer Churn (Apache-2.0), see ATTRIBUTION.md",
    decisions=(
        ColumnDecision(column="customerID", decision="exclude", reason="It names the customer and says nothing else."),
        ColumnDecision(
            column="TotalCharges", decision="exclude", reason="It is tenure times monthly charges, in other words."
        ),
    ),
)
GERMAN_CREDIT = Script(
    case="german-credit",
    folder="german_credit",
    data="applications.csv",
    title="Which credits can be granted without a full review?",
    question="Which applications for a consumer credit can be granted straight away, while the applicant is there?",
    line="Consumer credit",
    source="UCI Machine Learning Repository, Statlog German Credit Data (CC BY 4.0), see ATTRIBUTION.md",
    decisions=(
        ColumnDecision(
            column="duration_months", decision="use", reason="It is the length of credit that the applicant asks for."
        ),
    ),
)

BIKE_DEMAND = Script(
    case="bike-demand",
    folder="bike_demand",
    data="hours.parquet",
    title="How many bikes will be wanted in the next hour?",
    question="How many bikes will be wanted in each hour of tomorrow, so that the fleet can be placed?",
    line="Mobility",
    source="UCI Machine Learning Repository, Bike Sharing Dataset (CC BY 4.0), see ATTRIBUTION.md",
    decisions=(),
)

SCRIPTS = {one.case: one for one in (TERM_DEPOSIT, TELCO_CHURN, GERMAN_CREDIT, BIKE_DEMAND)}
"""Every shipped case by its name."""
