#!/usr/bin/env python3
"""How fast the HQQ library quantizes a matrix: the same one that bench_quant measured.

    hqq_python.py FILE ROWS COLS [REPETITIONS]

FILE holds ROWS x COLS float32. Needs torch and hqq, and says that it skips where Python has not both. Each line is
the median time of Quantizer.quantize without packing, and the Frobenius norm of the error, to be compared with
bench_quant's.
"""
import os
import statistics
import sys
import time

try:
    import torch
    from hqq.core.quantize import Quantizer
except Exception as error:  # whatever keeps them from loading
    print(f"hqq_python: skipped: {type(error).__name__}: {error}")
    sys.exit(0)


def measure(weights, bits, group_size, axis, repetitions):
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        codes, meta = Quantizer.quantize(
            weights, nbits=bits, group_size=group_size, axis=axis, optimize=True, bitpack=False, device="cpu",
            compute_dtype=torch.float32)
        seconds.append(time.perf_counter() - start)
    restored = ((codes.float() - meta["zero"]) * meta["scale"]).reshape(weights.shape)
    return statistics.median(seconds), torch.linalg.norm((weights - restored).double()).item()


def main():
    rows, cols = int(sys.argv[2]), int(sys.argv[3])
    repetitions = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    weights = torch.frombuffer(bytearray(open(sys.argv[1], "rb").read()), dtype=torch.float32).reshape(rows, cols)
    print(f"HQQ library, torch {torch.__version__}: {rows} x {cols}, medians of {repetitions}")
    print(f"{'axis':>4} {'rung':<7} {'threads':>7} {'seconds':>8} {'Mweights/s':>10} {'fnorm':>14}")
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        torch.set_num_threads(threads)
        for axis in (1, 0):
            seconds, norm = measure(weights, 4, 64, axis, repetitions)
            print(f"{axis:4} {'b4g64':<7} {threads:7} {seconds:8.2f} {rows * cols / seconds * 1e-6:10.2f} {norm:14.8g}",
                  flush=True)


main()
