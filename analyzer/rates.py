"""How often the tagger errs, and how much that differs: frozen values that a manifest carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How the tagger's errors differ from account to account, in log odds of P(passion).

    An account's subject, humour and manner of writing move the log odds of all its posts: what
    is left of the tagger's errors is far more alike within an account than between accounts.
    """

    passion: float
    """Standard deviation of the shift that an account's passion posts have in common."""
    brand: float
    """The same of its brand posts."""
    correlation: float
    """Between the two shifts of an account."""
    slope: float
    """How much higher posts lie on an account of passion posts only than on one without any:
    what is rare on an account looks like the rest of it."""
    unmeasured_passion: float = 0.0
    """Standard deviation of what a platform that was not measured adds; 0 on others."""
    unmeasured_brand: float = 0.0


SURE = Variation(passion=0.0, brand=0.0, correlation=0.0, slope=0.0)
"""Of a tagger that errs on all accounts alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How the tagger fills the posterior bins, measured on accounts the model never saw."""

    passion: tuple[float, ...]
    """Frequency of each bin among posts that are passion-driven; POSTERIOR_BINS long, sums to 1."""
    brand: tuple[float, ...]
    variation: Variation
    prior: tuple[float, float]
    """Beta(a, b) of passion shares over accounts, fitted on the training corpus."""
    own_recall: float
    """Share of truly own-promoting posts that carry the tag `own`."""
    own_false: float
    """Share of posts that do not promote their own business and carry the tag `own`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRates:
    """Rates by platform."""

    measured: dict[str, Rates]
    """Of the platforms with labels enough (`pipeline.rates.PLATFORM_LABELS`)."""
    other: Rates
    """For all other platforms: of all labels together, the shifts of accounts widened by those of
    niches, since what an unlabelled platform does to the tagger is unknown."""

    def of(self, platform: str) -> Rates:
        """The rates that hold on a platform."""
        return self.measured.get(platform, self.other)


@dataclass(frozen=True, slots=True, kw_only=True)
class NicheRates:
    """How the tagger does within one niche."""

    passion: int
    """Labelled posts that are passion-driven."""
    brand: int
    sensitivity: float | None
    """Share of the passion posts with P(passion) of half or more; None where there is none."""
    specificity: float | None
    """Share of the brand posts with less."""
