"""Commands that make taggers and pass them on: train, calibrate, quantise, export-hf."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.options import Paths, line, told

if TYPE_CHECKING:
    from analyzer.model import Manifest

Labelled = Annotated[
    Path,
    typer.Argument(
        metavar="LABELLED",
        help="Labelled posts: JSON lines, CSV or Parquet with text, account, drive (passion or "
        "brand); clarity, niche, promo, platform and title where there are any.",
        show_default=False,
    ),
]
Bundle = Annotated[
    Path,
    typer.Argument(
        metavar="BUNDLE",
        help="Folder of a tagger; 'default' is the embedded one.",
        show_default=False,
    ),
]
BundleOut = Annotated[
    Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the new bundle; it names it.")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Same seed, same result.")]
COPYLEFT = ("agpl", "gpl")


def folder_of(bundle: Path) -> Path:
    """The folder that a BUNDLE names; a folder named `default` goes before the embedded one."""
    from analyzer.model import default_bundle

    return default_bundle() if bundle == Path("default") and not bundle.exists() else bundle


def train(  # noqa: PLR0913 - one parameter an option
    labelled: Labelled,
    *,
    out: BundleOut,
    base: Annotated[
        str,
        typer.Option(
            metavar="NAME_OR_DIR",
            help="PhoBERT to start from: a name on the hub, or a folder with config.json, "
            "vocab.txt, bpe.codes and model.safetensors (or pytorch_model.bin).",
        ),
    ] = "vinai/phobert-base",
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Checkpoints and TensorBoard curves; a run that was stopped goes on from there "
            "[default: the bundle's folder with -run behind it].",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="How to train, see configs/train.toml."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Same seed, same result [default: 0].")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, or cuda: a GPU, in bfloat16.")] = "cpu",
    base_licence: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Of a base in a folder whose README does not say it."),
    ] = None,
) -> None:
    """Fine-tune a PhoBERT on labelled posts into a tagger for --bundle.

    Accounts are split into those that train, that say when to stop, and that measure. Stopped or
    killed, the same command goes on to the same result.

    Example: analyzer train labels.jsonl --base ./phobert-base -o my-tagger
    """
    with told():
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        from analyzer.config import TrainConfig, load_train_config
        from analyzer.pipeline.phobert import train_tagger

        settings = load_train_config(config) if config else TrainConfig()
        if seed is not None:
            settings = replace(settings, seed=seed)
        manifest = train_tagger(
            labelled,
            out,
            base=base,
            work=work or out.with_name(f"{out.name}-run"),
            settings=settings,
            device=device,
            licence=base_licence,
        )
    _print(manifest)
    if manifest.base_licence.lower().startswith(COPYLEFT):
        print(
            f"Note: {manifest.base} is under {manifest.base_licence}; so is what was made from "
            "it. Whoever serves this bundle to others over a network has to offer its source."
        )
    print(f"Bundle: {out}. Use it: analyzer profile EXPORT --bundle {out}")


def calibrate(
    bundle: Bundle,
    labelled: Labelled,
    *,
    out: BundleOut,
    seed: Seed = 0,
) -> None:
    """Fit a tagger's temperature and error rates on your own labels; its weights stay.

    The labels should be of accounts that the tagger never saw, on the platforms you use it for.

    Example: analyzer calibrate my-tagger labels.csv -o my-tagger-instagram
    """
    with told():
        from analyzer.pipeline.recalibrate import recalibrate

        manifest = recalibrate(folder_of(bundle), labelled, out, seed=seed)
    _print(manifest)
    print(f"Bundle: {out}. Use it: analyzer profile EXPORT --bundle {out}")


def quantise(
    bundle: Bundle,
    captions: Paths,
    *,
    out: BundleOut,
    seed: Seed = 0,
) -> None:
    """Write a tagger that answers faster on a processor: the same encoder in 8-bit whole numbers.

    PATH are posts like those to be tagged, some hundreds; no labels are needed. What it costs in
    accuracy is told by `analyzer evaluate` of both.

    Example: analyzer quantise my-tagger export.json -o my-tagger-int8
    """
    with told():
        from analyzer.pipeline.quantise import quantise as quantised

        made = quantised(folder_of(bundle), captions, out, seed=seed)
    print(f"{out}: {made.model_id}. Use it: analyzer profile EXPORT --bundle {out}")


def export_hf(
    bundle: Bundle,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="New folder, or one of this command.", show_default=False
        ),
    ],
) -> None:
    """Write a tagger's encoder as a plain transformers folder, for pipeline("text-classification").

    It answers passion or brand for segmented text; what the tagger has beyond that is named.

    Example: analyzer export-hf my-tagger my-tagger-hf
    """
    with told():
        from analyzer.pipeline.export_hf import export_hf as export

        exported = export(folder_of(bundle), out)
    print(f"{out}: {exported.model_id}, how to use it is in {out / 'README.md'}")
    print("Left out:")
    for missing in exported.left_out:
        print(f"* {missing}")


def _print(manifest: Manifest) -> None:
    print(f"Measured on {line(manifest.measured)}")
    baseline = manifest.metrics.get("baseline", {})
    for name, value in manifest.metrics["tagger"].items():
        beside = f"  (TF-IDF {baseline[name]:.3f})" if name in baseline else ""
        print(f"  {name:<16}{value:.3f}{beside}")
    measured = manifest.rates.measured
    print(f"Platforms with labels enough: {', '.join(measured) or 'none'}")
