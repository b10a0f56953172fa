"""The two functions of the SDK; what they need is loaded when they are called, so that importing costs nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glassworks.core.loading import part

if TYPE_CHECKING:
    from glassworks.core.contract import Brief
    from glassworks.sdk.client import Client
    from glassworks.sdk.report import Report
    from glassworks.sdk.terms import Value


def connect(url: str | None = None, token: str | None = None) -> "Client":
    """A client of a Glassworks server.

    Parameters
    ----------
    url : the server's address. Without it `GLASSWORKS_URL` is asked, then the server of `GLASSWORKS_HOME` (default
        `.glassworks`); when that does not run, it is started as a child of this process and ends with it.
    token : an API token. Without it `GLASSWORKS_TOKEN`, then `GLASSWORKS_LOGIN` with `GLASSWORKS_PASSWORD` are used.

    Raises
    ------
    NotFound : there is no installation to start.
    NotSignedIn : the token, or name and password, are not right.
    Broken : the server cannot be reached.

    Examples
    --------
    >>> import glassworks as gw
    >>> client = gw.connect("http://127.0.0.1:8420", token="gw_...")  # doctest: +SKIP
    >>> rows = client.case("term-deposit").training_data()  # doctest: +SKIP
    """
    client: Client = part("glassworks.sdk.client:open_client")(url, token)
    return client


def check(
    model: object, X: Any, y: Any, *,
    value: "Value | None" = None, positive: object = None, task: str | None = None, capacity_share: float | None = None,
    target: float = 0.0, periods: float | None = None, unit: str = "EUR", group: Any = None,
    bands: Sequence[float] = (), expected: Mapping[str, str] | None = None, amounts: Mapping[str, Any] | None = None,
    contract: "Brief | None" = None, known: tuple[Any, Any] | None = None, times: Any = None,
    traits: Mapping[str, Any] | None = None, claims: Mapping[str, float] | None = None, learned_until: str = "",
    look: int | None = None,
) -> "Report":  # fmt: skip
    """Ask the questions of gate 4 about a model, here: no server, no account, no signature, nothing is kept.

    The answers are as honest as the rows: use rows that neither you nor the model has seen. They are not an approval.

    Parameters
    ----------
    model : any object with `predict`, and `predict_proba` for classes; or the path of an MLflow directory or model.py.
    X, y : n rows (a pandas or Polars frame, a NumPy array (n, k), a dictionary of columns), and (n,) their outcomes.
    value : what each outcome of a decision is worth a case: a `ValueMatrix`, or its fields as numbers or as
        (low, mode, high), such as `{"act_positive": (80, 100, 120), "act_negative": -10}`.
    positive : for two classes the value that counts as positive (default: the larger label).
    task : "binary", "multiclass" or "regression" (default: from the model and the outcomes).
    capacity_share : the share of cases that can be acted on; without it, all that pay.
    target, unit, periods : the gain over the baseline that is asked for a period, its unit, and how many the rows span.
    group, bands : (n,) an attribute whose groups are compared for fairness, and cut points when it is a number.
    expected : for features the direction that an expert expects, "up" or "down".
    amounts : (n,) numbers of zero or more for each column that a value names and that X does not hold.
    contract : the KPI contract, such as `case.brief`, in place of what is worth, asked and expected: the model sees the
        columns that it declares available and no other; its statistics, traits and reasons are asked for too.
    known : (rows, outcomes) that the model learned from, with the columns of X, in the order of time. They are the open
        rows: with them the office's plain model is fitted here, and change and learning by heart are looked for.
    times, traits : (n,) when each row was (numbers, dates, sortable texts), and further protected traits by name.
    claims : your own figures by name (AUC, accuracy or RMSE; KPI gain a period), to be found again.
    learned_until : until when it learned from other rows (2026-03-31, 2026-03 or 2026); each of `times` must be later.
    look : at which look the office would ask, 1 for the first; intervals are as wide as then (by default 95 %).

    Returns
    -------
    Report : a verdict, a sentence and estimates a question; `.passed`, `.verdicts`, `.not_asked`, a table in notebooks.

    Raises
    ------
    FixTheInput : the model does not predict, what is given does not fit together, or the contract says it already.

    Examples
    --------
    >>> class Rule:
    ...     def predict_proba(self, X):
    ...         return [[1 - p, p] for p in X["share"]]
    >>> bought = [int((k * 0.618) % 1 < k / 2000) for k in range(2000)]
    >>> rows, value = {"share": [k / 2000 for k in range(2000)]}, {"act_positive": 10, "act_negative": -2}
    >>> check(Rule(), rows, bought, value=value).verdicts["kpi"].value
    'pass'
    """
    worth: dict[str, Any] = {"value": value, "capacity_share": capacity_share, "target": target, "unit": unit}
    worth |= {"bands": bands, "expected": expected or {}, "contract": contract, "periods": periods, "amounts": amounts}
    beside: dict[str, Any] = {"known": known, "times": times, "traits": traits, "claims": claims, "look": look}
    terms = part("glassworks.sdk.terms:Terms")(group=group, **worth)
    shown = part("glassworks.sdk.shown:Shown")(learned_until=learned_until, **beside)
    found: Report = part("glassworks.sdk.checking:run")(model, X, y, terms, shown, positive=positive, task=task)
    return found
