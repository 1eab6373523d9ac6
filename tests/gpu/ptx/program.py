"""PTX as nvcc writes it, read into kernels: parameters, registers, shared arrays, instructions.

What is not understood is an error (Unknown), never skipped: a kernel runs as it stands or not.
"""

import re
from dataclasses import dataclass, field

COMMENT = re.compile(r"//[^\n]*")
ENTRY = re.compile(r"\.entry\s+(\w+)\s*\((.*?)\)\s*\.maxntid\s+(\d+),\s*1,\s*1\s*\{(.*?)^\}",
                   re.S | re.M)
PARAMETER = re.compile(r"\.param\s+(?:\.align\s+(\d+)\s+)?\.([a-z]\d+)\s+(\w+)(?:\[(\d+)\])?")
REGISTERS = re.compile(r"\.reg\s+\.(\w+)\s+(%[a-z]+)<(\d+)>;")
SHARED = re.compile(r"\.shared\s+\.align\s+(\d+)\s+\.b8\s+(\w+)\[(\d+)\];")
STATEMENT = re.compile(r"(?:@(!?)(%p\d+)\s+)?([a-z][\w.:]*)\s*(.*)", re.S)
OPERAND = re.compile(r"\{[^}]*\}|\[[^\]]*\]|[^,\s]+")
WIDTHS = {"pred": 1, "b16": 16, "b32": 32, "f32": 32, "b64": 64, "f64": 64}


class Unknown(Exception):
    """PTX that this interpreter does not know."""


@dataclass
class Instruction:
    text: str
    opcode: str
    operands: list
    predicate: str = ""  # a register; "": none
    negated: bool = False


@dataclass
class Kernel:
    name: str
    threads: int  # of a block
    parameters: list  # (name, bytes), in order
    registers: dict = field(default_factory=dict)  # prefix as "%rd": (bits, how many)
    shared: dict = field(default_factory=dict)  # name: (offset, bytes)
    shared_bytes: int = 0
    code: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)  # name: index into code


def parse_statement(text):
    found = STATEMENT.fullmatch(text)
    if not found:
        raise Unknown(f"cannot read: {text}")
    negated, predicate, opcode, operands = found.groups()
    return Instruction(" ".join(text.split()), opcode, OPERAND.findall(operands), predicate or "",
                       negated == "!")


def parse_body(kernel, body):
    for line in map(str.strip, body.splitlines()):
        if line.startswith(".reg"):
            width, prefix, count = REGISTERS.fullmatch(line).groups()
            kernel.registers[prefix] = (WIDTHS[width], int(count))
            continue
        if not line or line.startswith((".shared", ".pragma")):
            continue
        if line.endswith(":"):
            kernel.labels[line[:-1]] = len(kernel.code)
            continue
        if line.startswith("{") and line.endswith("}"):  # what was inline assembly
            line = line[1:-1].strip()
        if not line.endswith(";"):
            raise Unknown(f"{kernel.name}: not one line: {line}")
        kernel.code += [parse_statement(part.strip()) for part in line[:-1].split(";")]


def place_shared(kernel, text):
    for alignment, name, count in SHARED.findall(text):
        if name in kernel.shared:
            continue
        offset = -(-kernel.shared_bytes // int(alignment)) * int(alignment)
        kernel.shared[name] = (offset, int(count))
        kernel.shared_bytes = offset + int(count)


def parse(text):
    """The kernels of a file, by name."""
    text = COMMENT.sub("", text)
    kernels = {}
    outside = ENTRY.sub("", text)  # arrays of the file's functions
    for name, parameters, threads, body in ENTRY.findall(text):
        sized = [(parameter, int(count) if count else int(kind[1:]) // 8)
                 for _, kind, parameter, count in PARAMETER.findall(parameters)]
        kernel = Kernel(name, int(threads), sized)
        place_shared(kernel, body)
        for line in filter(SHARED.fullmatch, map(str.strip, outside.splitlines())):
            if SHARED.fullmatch(line)[2] in body:
                place_shared(kernel, line)
        parse_body(kernel, body)
        kernels[name] = kernel
    if len(kernels) != text.count(".entry") or ".func" in outside:
        raise Unknown("there is a function that is not a kernel of ours")
    return kernels
