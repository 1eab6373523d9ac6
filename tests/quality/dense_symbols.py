"""A path of the dense operations defines one symbol, its table: nothing that the linker could take
for the whole program, which also runs on processors without that path's instructions."""

import subprocess
import sys

# Data of the sanitizers.
SANITIZERS = ("DW.ref.", "__odr_asan.")


def main():
    wrong = []
    for path in sys.argv[1:]:
        listed = subprocess.run(["nm", "--defined-only", "--extern-only", "--demangle", path],
                                check=True, capture_output=True, text=True).stdout
        names = [line.split(maxsplit=2)[2] for line in listed.splitlines()]
        names = [name for name in names if not name.startswith(SANITIZERS)]
        if len(names) != 1 or not names[0].endswith("Operations"):
            wrong.append(f"{path} defines {names}")
    print("\n".join(wrong) or f"{len(sys.argv) - 1} paths, a table each")
    return 1 if wrong or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
