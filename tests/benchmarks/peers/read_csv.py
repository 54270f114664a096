"""What pandas takes to read the file, by itself: prints the seconds of each call.

`read_csv` without options has the engine read that this version of pandas chooses, and guess the
types; `exact` is the call that keeps every cell as it is.
"""

from __future__ import annotations

import sys
import time

import pandas as pd

if __name__ == "__main__":
    file = sys.argv[1]
    started = time.perf_counter()
    pd.read_csv(file, header=None)
    between = time.perf_counter()
    pd.read_csv(file, header=None, dtype=str, na_filter=False)
    print(f"read_csv {between - started:.3f} s")
    print(f"exact {time.perf_counter() - between:.3f} s")
