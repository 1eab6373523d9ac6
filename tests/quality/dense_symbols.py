"""An object compiled for one instruction set defines one symbol, its table of operations: nothing that
the linker could take for the whole program, which also runs on processors without those
instructions."""

import subprocess
import sys

TABLES = ("Operations", "Arrays", "Products")
# Data of the sanitizers.
SANITIZERS = ("DW.ref.", "__odr_asan.")


def main():
    wrong = []
    for path in sys.argv[1:]:
        listed = subprocess.run(["nm", "--defined-only", "--extern-only", "--demangle", path],
                                check=True, capture_output=True, text=True).stdout
        names = [line.split(maxsplit=2)[2] for line in listed.splitlines()]
        names = [name for name in names if not name.startswith(SANITIZERS)]
        if len(names) != 1 or not names[0].endswith(TABLES):
            wrong.append(f"{path} defines {names}")
    print("\n".join(wrong) or f"{len(sys.argv) - 1} objects, a table each")
    return 1 if wrong or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
