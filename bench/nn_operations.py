"""Products of networks: the CPU's backend beside PyTorch on one thread, shape by shape and by turns,
GFLOP/s of processor time, the best of some rounds.

    nn_operations.py BENCH_PROGRAM [OUTPUT.json]      # needs torch
"""

import json
import subprocess
import sys
import time

import torch

LINEAR = [(m, n, k) for m in (32, 64, 256) for n, k in ((128, 128), (512, 512), (1024, 1024), (128, 1024), (1024, 128))]
CONVOLUTION = [(32, 8, 16, 16), (32, 8, 64, 64), (32, 8, 128, 128), (32, 16, 32, 32), (32, 16, 64, 64),
               (32, 16, 128, 128), (32, 32, 16, 16), (32, 32, 64, 64)]
ROUNDS = 2
REPEATS = 12
ROUND_FLOPS = 3e8


def gflops(flops, run):
    repeats = max(1, int(ROUND_FLOPS / flops))
    run()
    fastest = 1e9
    for _ in range(REPEATS):
        began = time.thread_time()
        for _ in range(repeats):
            run()
        fastest = min(fastest, (time.thread_time() - began) / repeats)
    return round(flops / fastest / 1e9, 1)


def linear(m, n, k):
    x, w, dy = torch.randn(m, k), torch.randn(n, k), torch.randn(m, n)
    bias, dx, dw = torch.randn(n), torch.empty(m, k), torch.zeros(n, k)
    flops = 2 * m * n * k
    return {"forward": gflops(flops, lambda: torch.nn.functional.linear(x, w, bias)),
            "data": gflops(flops, lambda: torch.mm(dy, w, out=dx)),
            "weight": gflops(flops, lambda: (dw.addmm_(dy.t(), x), dy.sum(0)))}


def convolution(batch, size, channels, out_channels):
    """In PyTorch's better layout for each: channels last, or its own."""
    flops = 2 * batch * size * size * out_channels * 9 * channels
    best = {}
    for layout in (torch.contiguous_format, torch.channels_last):
        x = torch.randn(batch, channels, size, size).to(memory_format=layout)
        w = torch.randn(out_channels, channels, 3, 3).to(memory_format=layout)
        dy = torch.randn(batch, out_channels, size, size).to(memory_format=layout)
        bias = torch.randn(out_channels)

        def backward(*wanted):
            torch.ops.aten.convolution_backward(dy, x, w, [out_channels], [1, 1], [1, 1], [1, 1], False,
                                                [0, 0], 1, wanted)

        figures = {"forward": gflops(flops, lambda: torch.nn.functional.conv2d(x, w, bias, padding=1)),
                   "data": gflops(flops, lambda: backward(True, False, False)),
                   "weight": gflops(flops, lambda: backward(False, True, True))}
        best = {name: max(figure, best.get(name, 0)) for name, figure in figures.items()}
    return best


def ours(program, kind, shape):
    arguments = [program, kind, *map(str, shape)]
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def compare(program, kind, shape, of_torch):
    best, torch_best = {}, {}
    for _ in range(ROUNDS):
        for name, figure in ours(program, kind, shape).items():
            best[name] = max(figure, best[name]) if name in best else figure
        with torch.no_grad():
            for name, figure in of_torch(*shape).items():
                torch_best[name] = max(figure, torch_best.get(name, 0))
    return {"shape": shape, "ceiling": best["ceiling"], "torch": torch_best,
            "autoglm": {name: best[name] for name in torch_best}}, best


def machine(figures):
    with open("/proc/cpuinfo") as file:
        lines = [line.split(":", 1) for line in file if ":" in line]
    of = {name.strip(): value.strip() for name, value in lines}
    wanted = ("avx2", "fma", "f16c", "avx512f", "avx512_bf16", "amx_bf16")
    return {"cpu": of["model name"], "flags": [flag for flag in wanted if flag in of["flags"].split()],
            "torch": torch.__version__, **{name: figures[name] for name in ("build", "instructions", "native_bf16")}}


def main():
    torch.set_num_threads(1)
    report = {"unit": "GFLOP/s", "linear": [], "convolution": []}
    print("| | shape | limit | forward | torch | data | torch | weight | torch |\n|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, kind, shapes, of_torch in (("linear", "linear", LINEAR, linear),
                                         ("convolution", "conv", CONVOLUTION, convolution)):
        for shape in shapes:
            row, figures = compare(sys.argv[1], kind, shape, of_torch)
            report["machine"] = machine(figures)
            report[name].append(row)
            cells = [f"{row[who][what]:.0f}" for what in ("forward", "data", "weight") for who in ("autoglm", "torch")]
            print(f"| {name} | {' x '.join(map(str, shape))} | {row['ceiling']:.0f} | {' | '.join(cells)} |", flush=True)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as file:
            json.dump(report, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
