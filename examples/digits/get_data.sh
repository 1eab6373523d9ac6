#!/bin/bash
# Puts digits.csv beside this script: 1797 handwritten digits of 8x8 pixels (UCI "Optical
# Recognition of Handwritten Digits"), as scikit-learn ships them. Taken out of Debian's package
# python3-sklearn, which is neither installed nor kept. Does nothing when the file is there.
set -euo pipefail
cd "$(dirname "$0")"

sha256=6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8
is_right() { [ -f "$1" ] && sha256sum "$1" | grep -q "^$sha256 "; }
! is_right digits.csv || exit 0

echo "getting digits.csv out of Debian's package python3-sklearn" >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
here=$PWD
give_up() {
  tail -n 5 "$scratch/log" >&2
  echo "$1; put scikit-learn's digits.csv into $here by hand, then try again" >&2
  exit 1
}

cd "$scratch"
mkdir -p lists/partial
: >log
download() { apt-get -q -o APT::Sandbox::User=root "$@" download python3-sklearn >>log 2>&1; }
# Lists of packages of our own, where the machine has none: those need no rights.
own_lists=(-o "Dir::State::lists=$scratch/lists" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=")
download ||
  { apt-get -q -o APT::Sandbox::User=root "${own_lists[@]}" update >>log 2>&1 && download "${own_lists[@]}"; } ||
  give_up "the package cannot be downloaded"

member=./usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz
dpkg-deb --fsys-tarfile python3-sklearn_*.deb 2>>log | tar -xO "$member" 2>>log | gunzip >digits.csv 2>>log ||
  give_up "the package does not hold $member"
is_right digits.csv || give_up "the package's digits.csv is another one than this example knows"
mv digits.csv "$here/digits.csv" 2>>log || give_up "digits.csv cannot be written"
