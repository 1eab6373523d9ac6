# Gradient descent on x^2 from x = 1, five steps. `autoglm log` exits 10 when the trial is to stop.
x=1
for step in 0 1 2 3 4; do
  x=$(awk -v x="$x" -v rate="$AUTOGLM_PARAM_RATE" 'BEGIN { print x - rate * 2 * x }')
  loss=$(awk -v x="$x" 'BEGIN { print x * x }')
  "$AUTOGLM" log loss="$loss" --step "$step" || exit 0
done
