"""Runs a block of a kernel: all its threads at once, an instruction at a time, each with its own
place in the program. Of the threads that can go on, those furthest behind go first, so that paths
meet again after a branch.

Barriers and exchanges wait for those who must take part; who waits in vain is named. The order of
memory between threads is not looked at: that is the emulated device's work (tests/gpu/emulation).
"""

import re

import numpy as np

from arithmetic import OPERATIONS, TYPES
from memory import FRESH, Fault, Memory
from program import Unknown

WARP = 32
ENDED = 1 << 40  # the place of a thread that has returned
MOST_STEPS = 200_000  # of a block; ours take a few thousand
COLLECTIVES = ("bar.sync", "bar.warp.sync", "shfl.sync.bfly.b32")
PLACE = re.compile(r"\[([^\]+]+)(?:\+(-?\d+))?\]")
REGISTER = re.compile(r"(%[a-z]+)(\d+)")
ACCESS = re.compile(r"(ld|st)\.(param|global|shared)(?:\.v([24]))?\.([bsuf]\d+)")


class Block:
    def __init__(self, kernel, memory, parameters, index, grid):
        """`parameters`: name to bytes; `index`, `grid`: (x, y) of the block, and of blocks."""
        self.kernel = kernel
        self.memory = memory
        self.parameters = parameters
        self.shared = Memory(kernel.shared_bytes, 0)
        self.shared.state[:] = FRESH
        self.threads = kernel.threads
        self.values = {}
        self.defined = {}
        thread = np.arange(self.threads, dtype=np.uint32)
        self.special = {"%tid.x": thread}
        for name, number in (("%ctaid.x", index[0]), ("%ctaid.y", index[1]), ("%nctaid.x", grid[0]),
                             ("%nctaid.y", grid[1]), ("%ntid.x", self.threads)):
            self.special[name] = np.full(self.threads, number, np.uint32)
        self.place = np.zeros(self.threads, np.int64)

    def read(self, operand, kind, lanes):
        """The numbers of a register or a literal as `kind`, for the threads `lanes`."""
        wanted = np.dtype(TYPES[kind])
        if operand in self.special:
            return self.special[operand][lanes].astype(wanted)
        if operand.startswith("%"):
            if operand not in self.values or not self.defined[operand][lanes].all():
                raise Fault(f"{operand} is read, and was not written")
            raw = self.values[operand][lanes]
            if kind == "pred":
                return raw
            return raw.astype(f"u{wanted.itemsize}").view(wanted)
        return np.full(len(lanes), self.literal(operand, wanted))

    def literal(self, operand, wanted):
        if operand in self.kernel.shared:
            return wanted.type(self.kernel.shared[operand][0])
        if operand[:2] in ("0f", "0d"):
            bits = np.array(int(operand[2:], 16), "u4" if operand[1] == "f" else "u8")
            return bits.view(wanted)[()]
        bits = np.array(int(operand) % (1 << wanted.itemsize * 8), f"u{wanted.itemsize}")
        return bits.view(wanted)[()]

    def write(self, operand, numbers, lanes):
        prefix, number = REGISTER.fullmatch(operand).groups()
        bits, count = self.kernel.registers[prefix]
        if operand not in self.values:
            if int(number) >= count:
                raise Unknown(f"{operand} is not declared")
            kind = np.bool_ if bits == 1 else f"u{bits // 8}"
            self.values[operand] = np.zeros(self.threads, kind)
            self.defined[operand] = np.zeros(self.threads, np.bool_)
        if bits != 1 and numbers.dtype.kind == "f":
            numbers = numbers.view(f"u{numbers.dtype.itemsize}")
        self.values[operand][lanes] = numbers.astype(self.values[operand].dtype)
        self.defined[operand][lanes] = True

    def compute(self, instruction, lanes):
        sources, result, function = OPERATIONS[instruction.opcode]
        target, *operands = instruction.operands
        if len(operands) != len(sources):
            raise Unknown("has another number of operands than was expected")
        numbers = [self.read(operand, kind, lanes) for operand, kind in zip(operands, sources)]
        computed = np.asarray(function(*numbers))
        if computed.dtype != TYPES[result]:
            raise Unknown(f"gave {computed.dtype}, not {result}")
        self.write(target, computed, lanes)

    def pack(self, instruction, lanes):
        """mov.b32 d, {low, high}; and the other way round."""
        target, source = instruction.operands
        if source.startswith("{"):
            low, high = (self.read(part.strip(), "b16", lanes).astype(np.uint32)
                         for part in source[1:-1].split(","))
            self.write(target, high << np.uint32(16) | low, lanes)
            return
        whole = self.read(source, "b32", lanes)
        for part, shift in zip(target[1:-1].split(","), (0, 16)):
            self.write(part.strip(), (whole >> np.uint32(shift)).astype(np.uint16), lanes)

    def access(self, instruction, lanes):
        direction, space, several, kind = ACCESS.fullmatch(instruction.opcode).groups()
        target, place = instruction.operands[::1 if direction == "ld" else -1]
        base, offset = PLACE.fullmatch(place).groups()
        registers = [name.strip() for name in target.strip("{}").split(",")]
        number = np.dtype(TYPES[kind])
        if len(registers) != int(several or 1):
            raise Unknown("moves another number of registers than it says")
        size = number.itemsize * len(registers)
        if space == "param":
            raw = self.parameter(base, int(offset or 0), size)
            raw = np.broadcast_to(raw, (len(lanes), size))
        else:
            memory = self.memory if space == "global" else self.shared
            # Addresses of shared memory fit into 32 bits.
            wide = base.startswith("%rd") or space == "global"
            start = self.read(base, "u64" if wide else "u32", lanes).astype(np.uint64)
            addresses = start + np.array(int(offset or 0)).astype(np.uint64)
            if direction == "st":
                numbers = [self.read(name, kind, lanes) for name in registers]
                memory.store(addresses, np.stack(numbers, 1).view(np.uint8))
                return
            raw = memory.load(addresses, size)
        numbers = np.ascontiguousarray(raw).view(number)
        for i, name in enumerate(registers):
            self.write(name, numbers[:, i].copy(), lanes)

    def parameter(self, name, offset, size):
        raw = self.parameters[name]
        if offset % size or offset + size > len(raw):
            raise Fault(f"{size} bytes at {offset} of a parameter of {len(raw)}")
        return np.frombuffer(raw, np.uint8)[offset:offset + size]

    def meet(self, instruction, lanes):
        """The threads of `lanes`, all at this instruction, that need not wait any more."""
        if instruction.predicate:
            raise Unknown("only some threads would take part")
        if instruction.opcode == "bar.sync":
            if instruction.operands != ["0"]:
                raise Unknown("another barrier than that of all threads")
            return lanes if len(lanes) == self.threads else lanes[:0]
        masks = self.read(instruction.operands[-1], "b32", lanes)
        ready = []
        for warp in np.unique(lanes // WARP):
            here = lanes // WARP == warp
            for mask in np.unique(masks[here]):
                callers = lanes[here & (masks == mask)]
                named = warp * WARP + np.nonzero(int(mask) >> np.arange(WARP) & 1)[0]
                if not np.isin(callers, named).all():
                    raise Fault(f"a thread takes part that the mask {mask:#x} does not name")
                if np.isin(named, callers).all():
                    ready.append(callers)
        if not ready:
            return lanes[:0]
        ready = np.concatenate(ready)
        if instruction.opcode.startswith("shfl"):
            self.exchange(instruction, ready)
        return ready

    def exchange(self, instruction, lanes):
        target, source, distance, clamp, _ = instruction.operands
        if (self.read(clamp, "b32", lanes) != WARP - 1).any():
            raise Unknown("an exchange within part of a warp")
        given = np.zeros(self.threads, np.uint32)
        given[lanes] = self.read(source, "b32", lanes)
        partner = lanes ^ (self.read(distance, "b32", lanes) & np.uint32(WARP - 1))
        if not np.isin(partner, lanes).all():
            raise Fault("a number is taken from a thread that takes no part")
        register, _, found = target.partition("|")
        self.write(register, given[partner], lanes)
        if found:
            self.write(found, np.ones(len(lanes), np.bool_), lanes)

    def step(self, instruction, lanes):
        """Runs an instruction that is no collective; moves the threads on."""
        self.place[lanes] += 1
        if instruction.predicate:
            taken = self.read(instruction.predicate, "pred", lanes) != instruction.negated
            lanes = lanes[taken]
        opcode = instruction.opcode
        if opcode in ("bra", "bra.uni"):
            self.place[lanes] = self.kernel.labels[instruction.operands[0]]
        elif opcode == "ret":
            self.place[lanes] = ENDED
        elif opcode == "mov.b32" and "{" in instruction.text:
            self.pack(instruction, lanes)
        elif opcode in OPERATIONS:
            self.compute(instruction, lanes)
        elif ACCESS.fullmatch(opcode):
            self.access(instruction, lanes)
        else:
            raise Unknown(f"opcode {opcode}")

    def advance(self):
        """Lets some threads go on; False when all have ended."""
        for place in np.unique(self.place):
            if place == ENDED:
                break
            lanes = np.nonzero(self.place == place)[0]
            instruction = self.kernel.code[place]
            try:
                if instruction.opcode not in COLLECTIVES:
                    self.step(instruction, lanes)
                    return True
                ready = self.meet(instruction, lanes)
            except (Fault, Unknown, ZeroDivisionError) as problem:
                raise type(problem)(f"{problem}: {instruction.text}") from problem
            if len(ready):
                self.place[ready] += 1
                return True
        if (self.place == ENDED).all():
            return False
        waiting = {self.kernel.code[place].text: int(np.count_nonzero(self.place == place))
                   for place in np.unique(self.place) if place != ENDED}
        ended = np.count_nonzero(self.place == ENDED)
        raise Fault(f"threads wait in vain: {waiting}, {ended} have ended")

    def run(self):
        with np.errstate(all="ignore"):
            for _ in range(MOST_STEPS):
                if not self.advance():
                    return
        raise Fault(f"a block has not ended after {MOST_STEPS} steps")
