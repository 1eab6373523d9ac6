"""Which check runs the kernels of which file of gpu/cuda."""

from check_batch_norm import check_batch_norms
from check_layer_norm import check_layer_norms
from check_losses import check_losses
from check_updates import check_sums, check_updates
from common import Wrong

CHECKS = {"losses.cu": check_losses, "layer_norm.cu": check_layer_norms,
          "batch_norm.cu": check_batch_norms, "updates.cu": check_updates, "sums.cu": check_sums}


def check_file(source, kernels):
    """The greatest share of a limit that was seen. All kernels of the file must have run."""
    check = CHECKS[source](kernels)
    left_out = set(kernels) - check.device.launched
    if left_out:
        raise Wrong(f"{source}: not launched: {sorted(left_out)}")
    return check.worst
