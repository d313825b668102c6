"""Make a PhoBERT base of random weights, small enough to train in seconds: for tests and trials.

    python scripts/tiny_base.py corpora/gate/posts.jsonl tiny-base
    analyzer train corpora/gate/posts.jsonl --base tiny-base -o tiny-tagger

Its files are those of a real base: config.json, vocab.txt, bpe.codes and, as the hub has them,
model.safetensors or (--pickled) pytorch_model.bin. What it answers once trained is worth nothing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import RobertaForMaskedLM

from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.labels import read_labelled
from analyzer.pipeline.network import encoder_config
from analyzer.pipeline.vocabulary import learn_vocabulary


def write_base(labelled: Path, out: Path, *, seed: int = 0, pickled: bool = False) -> None:
    """Write the base's files into `out`.

    labelled: posts whose words make the vocabulary.
    pickled: pytorch_model.bin instead of model.safetensors.
    """
    out.mkdir(parents=True, exist_ok=True)
    data = read_labelled(labelled)
    learn_vocabulary(data.texts, data.accounts.tolist(), out, size=600)
    vocabulary = load_vocabulary(out, lower=False)
    shape = EncoderShape(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        vocab_size=vocabulary.size,
    )
    torch.manual_seed(seed)
    model = RobertaForMaskedLM(encoder_config(shape))
    config = encoder_config(shape).to_dict() | {"architectures": ["RobertaForMaskedLM"]}
    (out / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    weights = {
        name: w.contiguous() for name, w in model.state_dict().items() if "lm_head" not in name
    }
    if pickled:
        torch.save(weights, out / "pytorch_model.bin")
    else:
        save_file(weights, out / "model.safetensors")


def main() -> None:
    """Write the base."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path, help="posts whose words make the vocabulary")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pickled", action="store_true", help="write pytorch_model.bin")
    args = parser.parse_args()
    write_base(args.labelled, args.out, seed=args.seed, pickled=args.pickled)


if __name__ == "__main__":
    main()
