#!/bin/bash
# Prints the path of a Python that has Optuna 5; the folder optuna-4 beside its bin/ has an older
# Optuna, for PYTHONPATH. Makes them on the first call, from PyPI, in ${AUTOGLM_TEST_VENV:-build/venv}.
# Exit 1: they cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(realpath -m "${AUTOGLM_TEST_VENV:-build/venv}")
wanted='optuna==5.0.0, optuna==4.9.0'

make_environment() {
  rm -rf "$folder"
  python3 -m venv "$folder"
  local pip=("$folder/bin/python" -m pip --quiet --disable-pip-version-check install)
  "${pip[@]}" optuna==5.0.0
  "${pip[@]}" --no-deps --target "$folder/optuna-4" optuna==4.9.0
  echo "$wanted" >"$folder/made"
}

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock" # tests run side by side
flock 9
if [ "$(cat "$folder/made" 2>/dev/null)" != "$wanted" ]; then
  make_environment >"$folder.log" 2>&1 || {
    echo "no Python with Optuna; what pip said is in $folder.log" >&2
    exit 1
  }
fi
echo "$folder/bin/python"
