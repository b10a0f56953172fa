"""An estimate: a value with its interval, sample size and method. A bare number is never gated on."""

from pydantic import model_validator

from glassworks.core.record import Part, added

POWERS_FROM = 1e15


class Estimate(Part):
    """A measured value and how sure we are of it.

    `low` and `high` bound the value at confidence `level` (two-sided); `n` is the number of cases behind it;
    `unit` is empty for pure numbers; `probability` is P(value meets the threshold) where that was computed.
    `at_least` and `at_most` are the limits on which a verdict hangs; without them it is reported and not gated on.

    Examples
    --------
    >>> Estimate(name="AUC", value=0.68, low=0.65, high=0.71, n=1460, method="DeLong").says()
    'AUC 0.68 (95 % interval 0.65 to 0.71)'
    """

    name: str
    value: float
    low: float
    high: float
    level: float = 0.95
    n: int
    method: str
    unit: str = ""
    group: str = ""
    threshold: float | None = None
    probability: float | None = None
    at_least: float | None = added(None)
    at_most: float | None = added(None)

    @property
    def is_gated(self) -> bool:
        """Whether a verdict hangs on the side of a limit on which it lies."""
        return self.at_least is not None or self.at_most is not None

    @property
    def reaches(self) -> bool:
        """Whether the value itself, its interval aside, keeps the limits that gate it."""
        low, high = self.at_least, self.at_most
        return (low is None or self.value >= low) and (high is None or self.value <= high)

    def asked(self, *, at_least: float | None = None, at_most: float | None = None) -> "Estimate":
        """The same estimate with the limits that it is gated by."""
        return self.model_copy(update={"at_least": at_least, "at_most": at_most})

    @model_validator(mode="after")
    def _ordered(self) -> "Estimate":
        if not self.low <= self.high:
            raise ValueError(f"{self.name}: the interval's low end {self.low} lies above its high end {self.high}")
        if not 0 < self.level < 1:
            raise ValueError(f"{self.name}: the level must lie between 0 and 1, not {self.level}")
        return self

    def says(self) -> str:
        """The estimate in words, with unit and interval."""
        unit = f" {self.unit}" if self.unit else ""
        group = f" for {self.group}" if self.group else ""
        return (
            f"{self.name}{group} {plain(self.value)}{unit} "
            f"({100 * self.level:.4g} % interval {plain(self.low)} to {plain(self.high)}{unit})"
        )


def rounded(number: float) -> str:
    """A number without decimals; from a million billions on by its power of ten, as nobody reads 300 digits.

    Examples
    --------
    >>> rounded(1234567.8), rounded(-1e308)
    ('1,234,568', '-1e+308')
    """
    return f"{number:,.0f}" if abs(number) < POWERS_FROM else f"{number:.3g}"


def plain(number: float) -> str:
    """A number as a person writes it: thousands separated, few digits.

    Examples
    --------
    >>> plain(1234567.8), plain(0.6789), plain(12.345), plain(2e15)
    ('1,234,568', '0.68', '12.3', '2e+15')
    """
    size = abs(number)
    if size == 0:
        return "0"
    if size >= 100:
        return rounded(number)
    if size >= 10:
        return f"{number:.1f}"
    if size >= 0.0095:
        return f"{number:.2f}"
    return f"{number:.2g}"
