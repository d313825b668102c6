"""The encoder as OpenVINO runs it: a quantised network of 8-bit whole numbers."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

GRAPH: Final = "openvino.graph"
"""Tensor of a bundle, (bytes,) uint8: OpenVINO's description of the network, in XML."""

CONSTANTS: Final = "openvino.constants"
"""Tensor of a bundle, (bytes,) uint8: the network's numbers, which GRAPH points into."""

SETTINGS: Final = {
    # 16-bit floats are the default where the processor has them: another answer there than here
    "INFERENCE_PRECISION_HINT": "f32",
    # pinned threads of two processes would share one core
    "ENABLE_CPU_PINNING": False,
    "PERFORMANCE_HINT": "LATENCY",
}


def openvino_forward(
    weights: Mapping[str, NDArray[Any]], *, threads: int
) -> Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]:
    """A function from sub-word ids to the logits of all heads, side by side.

    weights: GRAPH and CONSTANTS.
    threads: of one pass; the logits do not depend on it.
    The function takes ids and mask, (B, L) int64, and gives (B, OUTPUTS) float32.

    Raises:
        ModelError: OpenVINO is not installed, or cannot read the network.
        ValueError: a tensor is missing.
    """
    for name in (GRAPH, CONSTANTS):
        if name not in weights:
            raise ValueError(f"{name} is missing")
    (openvino,) = imported("openvino")
    try:
        core = openvino.Core()
        network = core.read_model(weights[GRAPH].tobytes(), weights[CONSTANTS].tobytes())
        compiled = core.compile_model(
            network, "CPU", {**SETTINGS, "INFERENCE_NUM_THREADS": threads}
        )
    except RuntimeError as error:
        raise ModelError(
            f"OpenVINO {openvino.__version__} cannot read the network: {error}; install a newer "
            "version, or quantise the bundle again"
        ) from error

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        # a request of its own: two threads may ask at once
        return np.array(compiled.create_infer_request().infer([ids, mask])[0])

    return forward


def imported(*names: str) -> list[Any]:
    """Modules of the extra `fast`.

    Raises:
        ModelError: one is not installed.
    """
    try:
        with _nothing_reported():
            return [importlib.import_module(name) for name in names]
    except ImportError as error:
        raise ModelError(
            "a quantised bundle needs OpenVINO: pip install 'vn-content-analyzer[fast]', or pass "
            "the bundle it was made of"
        ) from error


@contextmanager
def _nothing_reported() -> Iterator[None]:
    """OpenVINO and NNCF tell Google Analytics of each import unless their reporter is missing."""
    name = "openvino_telemetry"
    before = {key: module for key, module in sys.modules.items() if key.partition(".")[0] == name}
    for key in before:
        del sys.modules[key]
    # Python's own mark of a module that cannot be imported
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(before)
