#!/bin/sh
# Tunes a function by `autoglm ask` and `autoglm tell`: client.sh SPEC.json STUDY.db. Any number of
# them may run side by side on one study. Needs nothing but POSIX sh, sed and awk.
set -u
spec=$1 study=$2
autoglm=${AUTOGLM:-autoglm}

# field NAME LINE: a number of the answer {"trial":4,"params":{"rate":0.1,"decay":0.2},"seed":91}
field() {
  printf '%s\n' "$2" | sed "s/.*\"$1\":\([-+.0-9e]*\).*/\1/"
}

# run TRIAL RATE DECAY: ten steps of gradient descent on x^2 from 1.
run() {
  x=1 rate=$2 step=1
  while [ "$step" -le 10 ]; do
    x=$(awk -v x="$x" -v r="$rate" 'BEGIN { printf "%.9g", x - r * 2 * x }')
    rate=$(awk -v r="$rate" -v d="$3" 'BEGIN { printf "%.9g", r * (1 - d) }')
    loss=$(awk -v x="$x" 'BEGIN { printf "%.9g", x * x }')
    "$autoglm" tell "$study" "$1" "$loss" --step "$step" >/dev/null
    case $? in
      0) step=$((step + 1)) ;;
      10) "$autoglm" tell "$study" "$1" --state pruned && return ;;
      *) return 1 ;;
    esac
  done
  "$autoglm" tell "$study" "$1" "$loss"
}

# With the budget spent `ask` prints nothing and exits 0. Should this script be killed, its trial is
# given out again after ten minutes.
while line=$("$autoglm" ask "$spec" --study "$study" --lease 10m) && [ -n "$line" ]; do
  run "$(field trial "$line")" "$(field rate "$line")" "$(field decay "$line")" || exit 1
done
