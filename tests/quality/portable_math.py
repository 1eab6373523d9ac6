"""Whatever a suggestion depends on is computed by search_space/portable_math.h: nothing in the search
space or the optimizer calls an elementary function of the C library, or Eigen's, which does."""

import pathlib
import re
import subprocess
import sys

NAMES = ("acos|asin|atan|atan2|cbrt|cos|cosh|erf|erfc|exp|exp2|expm1|hypot|lgamma|log|log10|log1p|log2"
         "|pow|sin|sinh|tan|tanh|tgamma")
OF_LIBRARY = re.compile(rf"std::({NAMES})\(|\.({NAMES})\(")


def main():
    assert OF_LIBRARY.search("std::exp(x)") and OF_LIBRARY.search("x.array().log().sum()")
    assert not OF_LIBRARY.search("portable::exp(x)") and not OF_LIBRARY.search("record.log_text()")
    listed = subprocess.run(["git", "ls-files", "search_space/*.cpp", "search_space/*.h",
                             "optimizer/*.cpp", "optimizer/*.h"], check=True, capture_output=True,
                            text=True).stdout.split()
    found = [f"{path}:{number}: {line.strip()}" for path in listed
             for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1)
             if OF_LIBRARY.search(line)]
    print("\n".join(found) or f"{len(listed)} sources, portable mathematics only")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
