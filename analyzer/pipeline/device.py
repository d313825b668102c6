"""What training on a processor and on a GPU do differently."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

WARM_UP: Final = 0.06
"""Share of the steps in which the rate rises, as RoBERTa has it; then it falls to nought."""


def autocast(device: str) -> AbstractContextManager[object]:
    """Products in bfloat16 on a GPU; on a processor all stays float32."""
    return torch.autocast("cuda", torch.bfloat16) if device.startswith("cuda") else nullcontext()


def optimiser_with_schedule(
    parameters: Iterable[torch.nn.Parameter], learning_rate: float, steps: int, device: str
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """AdamW whose rate rises to `learning_rate` and falls to nought within `steps`."""
    optimiser = torch.optim.AdamW(
        parameters, lr=learning_rate, weight_decay=0.01, fused=device.startswith("cuda")
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=learning_rate, total_steps=steps, pct_start=WARM_UP
    )
    return optimiser, schedule
