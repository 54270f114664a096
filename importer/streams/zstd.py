"""Zstandard, from Python's library where it has it (3.14), else from the package that brings it."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

__all__ = ["ZstdDecompressor", "ZstdError"]
