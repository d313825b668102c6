"""A bundle's encoder path as a plain transformers folder, for `pipeline("text-classification")`.

Stock classes only. RoBERTa's classification head reads the hidden state of `<s>`, ours the mean
over the window; so one more layer of stock parts carries the mean to `<s>`:

* its query is nought, so that attention is uniform over what is not padding: a mean, in any batch;
* its value is z, what the drive head makes of a hidden state: (passion - brand) / temperature;
* its output writes LIFT * z and its opposite into two dimensions, LIFT * REFERENCE and its opposite
  into two others: beside them the residual is nothing, and the norm divides by a known number;
* its feed-forward is nought; the classification head takes z back, at a scale where tanh is linear.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.atomic import atomic_path, discard_leftovers, unwritable
from analyzer.errors import ModelError, StoreError
from analyzer.model.bundle import read_bundle
from analyzer.model.encode import MAX_WORD, load_vocabulary
from analyzer.model.shape import SLICES
from analyzer.schema import DRIVES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.model.bundle import Bundle
    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape

CARD: Final = "README.md"
CONFIG: Final = "config.json"
FILES: Final = frozenset(
    {CARD, CONFIG, "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
)
WRITTEN_BY: Final = "<!-- written by analyzer export-hf -->"
"""Stands in the card of a folder that may be written again."""

LIFT: Final = 2.0**27
"""The residual is of order 1 and stays in z divided by this."""
REFERENCE: Final = 2.0**12
"""The norm makes z / REFERENCE of z, but for half its square; with 2^8, 2^10 and 2^12 the embedded
default's probabilities differ by 9, 0.5 and 0.13 millionths, with more by no less (EXPERIMENTS.md,
export to transformers)."""
TANH_SCALE: Final = 2.0**-14
"""tanh(x) is x but for a third of its square."""

_SPECIAL: Final = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_END: Final = "</w>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    model_id: str
    left_out: tuple[str, ...]
    """What the bundle's tagger has and the folder has not, in words."""


def export_hf(bundle: Path, out: Path) -> Exported:
    """Write the encoder path of a bundle as a folder that stock transformers loads.

    `pipeline("text-classification", out)` on segmented text of up to `window` sub-words gives
    P(passion) and P(brand) of the encoder alone, the temperature folded in, in float32.

    out: a new or empty folder, or one that this function wrote.

    Raises:
        ModelError: the bundle is missing or damaged.
        StoreError: `out` holds other files, or cannot be written.
    """
    read = read_bundle(bundle)
    vocabulary = load_vocabulary(read.folder, lower=read.manifest.lower)
    tokenizer, rows = fast_tokenizer(vocabulary)
    weights = _weights(read, vocabulary, rows)
    left_out = _left_out(read)
    _claim(out)
    window = read.manifest.window + 2
    _write(out / CARD, _card(read, left_out).encode())
    _write(out / "model.safetensors", weights)
    _write(out / "tokenizer.json", tokenizer.encode())
    _write(out / "tokenizer_config.json", _tokenizer_config(window).encode())
    # last: without it transformers loads nothing
    _write(out / CONFIG, _config(read, rows).encode())
    return Exported(model_id=read.model_id, left_out=left_out)


def fast_tokenizer(vocabulary: Vocabulary) -> tuple[str, int]:
    """tokenizer.json that gives the ids of `encode`, and how many embeddings its ids ask for.

    Lower case and the cut at MAX_WORD are in it. Products of merges that vocab.txt lacks (PhoBERT's
    has 2,118, ours none), unknown to `encode`, get ids behind all others, since no two pieces can
    share one. Where it differs: a Greek capital sigma at the end of a word, of which Python makes
    a final one in lower case.
    """
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    ids = {name: code for code, name in enumerate(_SPECIAL[:-1])} | {"<mask>": vocabulary.mask}
    rows = vocabulary.size
    own = json.loads(Tokenizer(vocabulary.bpe).to_str())["model"]
    for piece, number in sorted(own["vocab"].items(), key=lambda item: item[1]):
        if piece == own["unk_token"]:
            continue
        code = vocabulary.codes[number]
        if code == vocabulary.unk:
            code, rows = rows, rows + 1
        ids[piece] = code
    tokenizer = Tokenizer(
        models.BPE(
            vocab=ids,
            merges=[tuple(pair) for pair in own["merges"]],
            unk_token="<unk>",  # noqa: S106 - a sub-word
            end_of_word_suffix=_END,
        )
    )
    cut = normalizers.Replace(Regex(rf"\S{{{MAX_WORD}}}\K\S+"), "")
    lower = [normalizers.Lowercase()] if vocabulary.lower else []
    tokenizer.normalizer = normalizers.Sequence([*lower, cut])
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.bos), ("</s>", vocabulary.eos)],
    )
    tokenizer.decoder = decoders.BPEDecoder(suffix=_END)
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in _SPECIAL]
    )
    return tokenizer.to_str(), rows


def _tokenizer_config(longest: int) -> str:
    named = {
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
    }  # fmt: skip
    return _json(
        {
            **named,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": longest,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            "padding_side": "right",
            # text that looks like a special token stays text
            "split_special_tokens": True,
        }
    )


def _config(bundle: Bundle, rows: int) -> str:
    from analyzer.pipeline.network import encoder_config

    shape = bundle.manifest.encoder
    config = encoder_config(
        replace(shape, num_hidden_layers=shape.num_hidden_layers + 1, vocab_size=rows)
    )
    config.architectures = ["RobertaForSequenceClassification"]
    config.problem_type = "single_label_classification"
    config.id2label = dict(enumerate(DRIVES))
    config.label2id = {name: code for code, name in enumerate(DRIVES)}
    config.dtype = "float32"
    config.analyzer_model_id = bundle.model_id
    text: str = config.to_json_string()
    return text


def _weights(bundle: Bundle, vocabulary: Vocabulary, rows: int) -> bytes:
    """model.safetensors: the encoder, one layer more, and a head.

    rows: of the word embeddings; those behind the vocabulary's are copies of the unknown's.
    """
    from safetensors.numpy import save

    from analyzer.model.forward import forward_of

    shape, weights = bundle.manifest.encoder, bundle.weights
    network = {name: w for name, w in weights.items() if not name.startswith("ngram.")}
    try:
        forward_of(network, shape, pad=vocabulary.pad)
    except ValueError as error:
        raise ModelError(f"{bundle.folder}: weights do not fit the manifest: {error}") from error
    if vocabulary.size != shape.vocab_size:
        raise ModelError(
            f"{bundle.folder}: vocab.txt does not fit the encoder; copy the bundle again"
        )
    drive = SLICES["drive"]
    passion, brand = (weights["heads.weight"][drive] / bundle.manifest.temperature).astype(float)
    toward = (weights["heads.bias"][drive] / bundle.manifest.temperature).astype(float)
    found = {
        f"roberta.{name.removeprefix('encoder.')}": values
        for name, values in network.items()
        if name.startswith("encoder.")
    }
    words = found["roberta.embeddings.word_embeddings.weight"]
    unknown = np.repeat(words[vocabulary.unk][None], rows - len(words), axis=0)
    found["roberta.embeddings.word_embeddings.weight"] = np.concatenate([words, unknown])
    found |= _mean_layer(shape, passion - brand, toward[0] - toward[1])
    return save(
        {name: np.ascontiguousarray(w, np.float32) for name, w in sorted(found.items())},
        metadata={"format": "pt"},
    )


def _mean_layer(
    shape: EncoderShape, weight: NDArray[np.float64], bias: float
) -> dict[str, NDArray[np.float64]]:
    """The layer that carries z = weight @ mean + bias to `<s>`, and the head that reads it."""
    from analyzer.model.forward import NORM_EPSILON

    width, inner = shape.hidden_size, shape.intermediate_size
    layer = f"roberta.encoder.layer.{shape.num_hidden_layers}"
    sizes = {
        **{f"{layer}.attention.self.{name}": (width, width) for name in ("query", "key", "value")},
        f"{layer}.attention.output.dense": (width, width),
        f"{layer}.intermediate.dense": (inner, width),
        f"{layer}.output.dense": (width, inner),
        "classifier.dense": (width, width),
        "classifier.out_proj": (len(DRIVES), width),
    }
    found: dict[str, NDArray[np.float64]] = {
        f"{name}.weight": np.zeros(size) for name, size in sizes.items()
    }
    found |= {f"{name}.bias": np.zeros(size[0]) for name, size in sizes.items()}
    for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
        found |= {f"{layer}.{norm}.weight": np.ones(width), f"{layer}.{norm}.bias": np.zeros(width)}
    found[f"{layer}.attention.self.value.weight"][0] = weight
    found[f"{layer}.attention.self.value.bias"][0] = bias
    found[f"{layer}.attention.output.dense.weight"][:2, 0] = LIFT, -LIFT
    found[f"{layer}.attention.output.dense.bias"][2:4] = LIFT * REFERENCE, -LIFT * REFERENCE
    # first norm: variance 2 * (LIFT * REFERENCE)^2 / width; second: variance 1
    per_z = math.sqrt(width / 2) / REFERENCE / math.sqrt(1 + NORM_EPSILON)
    # the difference of both dimensions: what the norm takes for the mean cancels
    found["classifier.dense.weight"][0, :2] = np.array([0.5, -0.5]) * TANH_SCALE / per_z
    found["classifier.out_proj.weight"][:, 0] = np.array([0.5, -0.5]) / TANH_SCALE
    return found


def _left_out(bundle: Bundle) -> tuple[str, ...]:
    branch = "the linear branch on n-grams, whose logits the tagger adds to the encoder's"
    return (
        *([branch] if "ngram.weight" in bundle.weights else []),
        "niche and promotion: only drive is answered",
        f"what stands behind the first {bundle.manifest.window} sub-words: the tagger reads all",
        "abstaining: a text without words, or not in Vietnamese, gets an answer too",
    )


def _card(bundle: Bundle, left_out: tuple[str, ...]) -> str:
    manifest = bundle.manifest
    return f"""---
language: vi
library_name: transformers
pipeline_tag: text-classification
---
{WRITTEN_BY}

# {manifest.name}: passion or brand, from a Vietnamese caption

The encoder path of the bundle `{bundle.model_id}` of the Python package `vn-content-analyzer`, as
stock transformers loads it: `RobertaForSequenceClassification`, no remote code. The labels are
`passion` (posted out of passion for a subject) and `brand` (around a person, a shop or a product);
the scores are their probabilities, temperature {manifest.temperature:g} folded in.

Text has to be segmented by the front end that the model was trained behind,
`{manifest.front_end}`:

```python
from analyzer.text import for_tagger, normalise
texts = [str(text) for text in for_tagger(normalise(captions))]
```

```python
from transformers import pipeline
classify = pipeline("text-classification", "path/to/this/folder", top_k=None)
answers = classify(texts, truncation=True, batch_size=8)
```

* Up to {manifest.window + 2} sub-words are read, `<s>` and `</s>` among them. A longer text is an
  error without `truncation=True`.
* For float32. In float16 the scores are not numbers; in bfloat16 they are rough.
* Not for fine-tuning: the last of the {manifest.encoder.num_hidden_layers + 1} layers was not
  trained. It carries the mean over the text, which the head reads, to where RoBERTa's head looks.

## Left out

{_bullets(left_out)}

## Licence

Base: {manifest.base}.
Licence of the base: {manifest.base_licence}.

## Figures on held-out accounts

{_figures(bundle)}

{manifest.measured}
"""


def _bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def _figures(bundle: Bundle) -> str:
    """The manifest's figures about drive as a table."""
    columns = {
        "drive_f1_clear": "macro F1, clarity 1+",
        "drive_f1_likely": "macro F1, clarity 2+",
        "ece": "ECE",
        "brier": "Brier",
    }
    lines = [f"| | {' | '.join(columns.values())} |", f"|---|{'---|' * len(columns)}"]
    for name, figures in bundle.manifest.metrics.items():
        values = [f"{figures[key]:.3f}" if key in figures else "" for key in columns]
        lines.append(f"| {name} | {' | '.join(values)} |")
    if "ngram.weight" in bundle.weights:
        lines += ["", "`tagger` is all branches together; EXPERIMENTS.md of the package has the"]
        lines += ["encoder alone beside it."]
    return "\n".join(lines)


def _claim(out: Path) -> None:
    """Make the folder; of one that was written before, take away what says that it is whole."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in out.iterdir()}
        if names and not _is_ours(out):
            raise StoreError(
                f"{out} is not empty and was not written by export-hf; pass a new or empty folder"
            )
        discard_leftovers(out)
        foreign = sorted({path.name for path in out.iterdir()} - FILES)
        if foreign:
            raise StoreError(
                f"{out} holds {foreign[0]}, which export-hf did not write; move it away, or pass "
                "a new or empty folder"
            )
        (out / CONFIG).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(out, error) from error


def _is_ours(out: Path) -> bool:
    card = out / CARD
    return card.is_file() and WRITTEN_BY.encode() in card.read_bytes()


def _write(path: Path, content: bytes) -> None:
    with atomic_path(path) as part:
        part.write_bytes(content)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
