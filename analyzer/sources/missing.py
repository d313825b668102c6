"""What each post does not tell, and whether its format could have told it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from analyzer.schema import POST
from analyzer.sources.formats import CANNOT_CARRY

_OPTIONAL: Final = [field.name for field in POST if field.nullable]
_POWERS: Final = 1 << np.arange(len(_OPTIONAL), dtype=np.int64)


def missing(posts: Any) -> tuple[Any, Any]:
    """Columns that each post does not know: those its format could hold, and those it never can.

    posts    with the nullable columns of POST and `source_format`
    Returns  `missing` and `cannot_carry`: (N,) lists of column names, in the order of POST
    """
    unknown = np.zeros(posts.num_rows, dtype=np.int64)
    for name, power in zip(_OPTIONAL, _POWERS, strict=True):
        unknown |= np.where(posts.column(name).is_null().to_numpy(), power, 0)
    formats = posts.column("source_format").combine_chunks().dictionary_encode()
    code = formats.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    pairs, place = np.unique(np.stack([code, unknown], axis=1), axis=0, return_inverse=True)
    lacked, never = [], []
    for one, mask in pairs.tolist():
        names = [name for name, power in zip(_OPTIONAL, _POWERS, strict=True) if mask & power]
        barred = CANNOT_CARRY[formats.dictionary[one].as_py()]
        lacked.append([name for name in names if name not in barred])
        never.append([name for name in names if name in barred])
    where = pa.array(place.reshape(-1))
    kind = pa.list_(pa.string())
    return pa.array(lacked, kind).take(where), pa.array(never, kind).take(where)
