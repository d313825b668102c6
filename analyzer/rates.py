"""How often the tagger errs, and how much that differs: frozen values that a manifest carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How the tagger fills the posterior bins, measured on accounts the model never saw."""

    passion: tuple[float, ...]
    """Frequency of each bin among posts that are passion-driven; POSTERIOR_BINS long, sums to 1."""
    brand: tuple[float, ...]
    spread_passion: float
    """Dirichlet concentration of the bin frequencies between accounts: small means that the
    tagger's errors differ much from account to account; `inf` means they do not differ."""
    spread_brand: float
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
    """For all other platforms: of all labels together, the spread between accounts widened by that
    between niches or platforms, since what an unlabelled platform does to the tagger is unknown."""

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
