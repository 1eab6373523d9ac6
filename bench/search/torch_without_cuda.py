#!/usr/bin/env python3
"""Makes PyPI's torch, installed by `pip install --no-deps torch`, importable without CUDA.

The Linux wheel links against some fifteen CUDA libraries that come as further packages (2 to 3 GB).
A run on the CPU never calls them; the loader only wants their names. This reads the undefined
symbols of torch's own libraries and links a small library for each one that is missing, every
function of it returning 100 (cudaErrorNoDevice), and strikes the packages from what torch says it
requires, so that pip does not fetch them later. Needs g++ and binutils.

usage: torch_without_cuda.py      with the interpreter that has torch
"""

import collections
import pathlib
import re
import subprocess
import sysconfig
import tempfile

REPLACEABLE = re.compile(r"^lib(cu|nv|nccl)")  # never libc, libz, libquadmath
CUDA_PACKAGE = re.compile(r"^Requires-Dist: (nvidia|cuda|triton).*\n", re.M)
CUDA_SYMBOL = re.compile(r"_{0,2}(cu|nccl|nv)")
DEFAULT_HOME = "libcudart.so.13"  # of symbols that do not say which library they are from
RETURN_TEXT = ("cudaGetErrorString", "cudaGetErrorName", "cublasGetStatusString",
               "cudnnGetErrorString", "ncclGetErrorString")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dynamic_symbols(libraries):
    """What they need: sonames, and the names they define and leave undefined, with versions."""
    needed, defined, undefined = set(), set(), set()
    for path in libraries:
        needed |= set(re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", str(path))))
        for line in output("nm", "-D", str(path)).splitlines():
            *_, kind, name = line.split()
            (undefined if kind == "U" else defined).add(name)
    return needed, defined, undefined


def missing_symbols(sonames, defined, undefined):
    """{soname: {(symbol, version)}} of the libraries that are not there."""
    present = {name.split("@")[0] for name in defined}
    wanted = collections.defaultdict(set, {soname: set() for soname in sonames})
    for name in undefined:
        symbol, _, version = name.partition("@")
        version = version.lstrip("@")
        if symbol in present or not (REPLACEABLE.match(version) or CUDA_SYMBOL.match(symbol)):
            continue
        home = next((soname for soname in sonames
                     if version and version.lower() in soname.lower()), DEFAULT_HOME)
        wanted[home].add((symbol, version))
    return wanted


def link(soname, symbols, folder):
    """Makes the library `soname` with these symbols in the folder."""
    source = [".text", "stub:", "mov $100, %eax", "ret", "text:", "lea message(%rip), %rax", "ret"]
    versions = collections.defaultdict(list)
    for symbol, version in sorted(symbols):
        target = "text" if symbol in RETURN_TEXT else "stub"
        source += [f".globl {symbol}", f".type {symbol}, @function", f".set {symbol}, {target}"]
        if version:
            versions[version].append(symbol)
    source += [".section .rodata", 'message: .asciz "no CUDA on this machine"',
               '.section .note.GNU-stack,"",@progbits']
    with tempfile.TemporaryDirectory() as work:
        code, script = pathlib.Path(work, "stub.s"), pathlib.Path(work, "stub.map")
        code.write_text("\n".join(source) + "\n")
        script.write_text("".join(f"{version} {{ global: {'; '.join(names)}; }};\n"
                                  for version, names in versions.items()))
        command = ["g++", "-shared", "-nostdlib", f"-Wl,-soname,{soname}",
                   "-o", str(folder / soname), str(code)]
        if versions:
            command.append(f"-Wl,--version-script={script}")
        subprocess.run(command, check=True)


def strike_requirements(site):
    for path in site.glob("torch-*.dist-info/METADATA"):
        path.write_text(CUDA_PACKAGE.sub("", path.read_text()))


def main():
    site = pathlib.Path(sysconfig.get_paths()["purelib"])
    strike_requirements(site)
    folder = site / "torch/lib"
    libraries = [path for path in folder.iterdir() if re.search(r"\.so(\.\d+)*$", path.name)]
    needed, defined, undefined = dynamic_symbols(libraries)
    there = {path.name for path in libraries}
    sonames = sorted(name for name in needed - there if REPLACEABLE.match(name))
    for soname, symbols in missing_symbols(sonames, defined, undefined).items():
        link(soname, symbols, folder)


main()
