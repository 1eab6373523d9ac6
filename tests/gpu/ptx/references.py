"""What the kernels are to compute, in f64 and from the formulas. Beside each result stands its
magnitude, the sum of what its terms are at most: rounding errors are a fraction of it, also where
terms cancel.
"""

import numpy as np


def log_softmax(z):
    apart = z - z.max(1, keepdims=True)
    return apart - np.log(np.exp(apart).sum(1, keepdims=True))


def class_loss(z, labels, smoothing, focal, scale):
    """Cross-entropy, its target smoothed (Szegedy et al., arXiv:1512.00567, section 7), or the
    focal loss (Lin et al., arXiv:1708.02002, equation 5); `focal`: None or (alpha, gamma). A row
    whose label is negative counts for nothing. {name: (values, magnitudes)}."""
    rows, classes = z.shape
    logs = log_softmax(z)
    p = np.exp(logs)
    chosen = np.eye(classes)[np.maximum(labels, 0)]
    log_p = (logs * chosen).sum(1)
    if focal is None:
        target = (1 - smoothing) * chosen + smoothing / classes
        losses = -(target * logs).sum(1)
        spread = (target * np.abs(logs)).sum(1)
        gradient = (p - target) * scale
        magnitude = (p + target) * scale
    else:
        alpha, gamma = focal
        p_t = np.exp(log_p)
        losses = -alpha * (1 - p_t)**gamma * log_p
        spread = np.abs(losses)
        # d/d log_p of the loss, times d log_p / dz = chosen - p.
        slope = alpha * (gamma * (1 - p_t)**(gamma - 1) * p_t * log_p - (1 - p_t)**gamma)
        gradient = slope[:, None] * (chosen - p) * scale
        magnitude = np.abs(slope)[:, None] * (chosen + p) * scale
    counts = labels >= 0
    # A logit's own rounding is a share of the greatest.
    size = 1 + np.abs(z).max(1)
    return {"losses": (np.where(counts, losses, 0), spread + size),
            "gradient": (np.where(counts[:, None], gradient, 0), magnitude * size[:, None])}


def squared_loss(y, target, scale):
    apart = y - target
    columns = y.shape[1]
    losses = (apart**2).sum(1) / columns
    slope = 2 * scale / columns
    return {"losses": (losses, losses + 1e-3),
            "gradient": (slope * apart, slope * (np.abs(y) + np.abs(target)))}


def inverse_deviation(inverse, x, axis):
    """The mean's rounding is a share of |x|, and a larger one of x - mean."""
    return inverse, inverse * (1 + np.abs(x).max(axis) * inverse)


def layer_norm(x, gamma, beta, epsilon):
    """Ba et al., arXiv:1607.06450, equation 4, over the last index."""
    mean = x.mean(1, keepdims=True)
    inverse = 1 / np.sqrt(((x - mean)**2).mean(1, keepdims=True) + epsilon)
    y = (x - mean) * inverse * gamma + beta
    spread = np.abs(x).max(1, keepdims=True)
    return {"y": (y, 2 * spread * inverse * np.abs(gamma) + np.abs(beta)),
            "mean": (mean[:, 0], spread[:, 0]), "inverse": inverse_deviation(inverse[:, 0], x, 1)}


def norm_backward(x, dy, gamma, mean, inverse, axis):
    """Gradients of gamma (x - mean) inverse + beta, where mean and inverse are functions of x along
    `axis`: of layer norm (1) and of batch norm (0; Ioffe and Szegedy, arXiv:1502.03167, section 3).
    dgamma and dbeta are sums over the rows."""
    normalized = (x - mean) * inverse
    g = dy * gamma
    dx = inverse * (g - g.mean(axis, keepdims=True)
                    - normalized * (g * normalized).mean(axis, keepdims=True))
    largest = np.abs(normalized).max()
    magnitude = inverse * np.abs(g).max() * (2 + 2 * largest**2)
    return {"dx": (dx, magnitude * np.ones_like(dx)),
            "dgamma": ((dy * normalized).sum(0), (np.abs(dy) * largest).sum(0)),
            "dbeta": (dy.sum(0), np.abs(dy).sum(0))}


def batch_norm(x, epsilon):
    mean = x.mean(0)
    variance = x.var(0)
    inverse = 1 / np.sqrt(variance + epsilon)
    return {"mean": (mean, np.abs(x).max(0)), "inverse": inverse_deviation(inverse, x, 0),
            "unbiased": (x.var(0, ddof=1), x.var(0, ddof=1))}


def sgd(w, g, buffer, factor, lr, momentum, nesterov, decay):
    """Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013,
    as PyTorch's SGD writes it: the rate is outside of the buffer."""
    g = g * factor + decay * w
    buffer = momentum * buffer + g
    step = lr * (g + momentum * buffer if nesterov else buffer)
    return {"master": (w - step, np.abs(w) + np.abs(step)),
            "first": (buffer, np.abs(g) + np.abs(momentum * buffer))}


def adam(w, g, m, v, t, factor, lr, beta1, beta2, epsilon, decay, decoupled):
    """Kingma and Ba, arXiv:1412.6980, algorithm 1; decoupled decay: Loshchilov and Hutter,
    arXiv:1711.05101, algorithm 2, with lr * decay as PyTorch's AdamW writes it (the algorithm's
    decay knows the schedule's factor of the rate alone)."""
    g = g * factor
    if not decoupled:
        g = g + decay * w
    first = beta1 * m + (1 - beta1) * g
    second = beta2 * v + (1 - beta2) * g**2
    step = lr * (first / (1 - beta1**t)) / (np.sqrt(second / (1 - beta2**t)) + epsilon)
    shrink = lr * decay * w if decoupled else 0
    spread = np.abs(beta1 * m) + np.abs((1 - beta1) * g)
    return {"master": (w - step - shrink, np.abs(w) + np.abs(step) * spread / np.maximum(
                np.abs(first), 1e-30)),
            "first": (first, spread), "second": (second, second)}


def judgement(gradients, state, rule):
    """The state that follows: clipping by the global norm (Pascanu et al., arXiv:1211.5063), and
    dynamic loss scaling (Micikevicius et al., arXiv:1710.03740, section 3.2) between limits."""
    after = dict(state)
    squares = (gradients**2).sum()
    norm = np.sqrt(squares) / state["loss_scale"]
    after["gradient_norm"] = norm
    if np.isfinite(squares):
        clip = rule["clip_norm"] / norm if 0 < rule["clip_norm"] < norm else 1
        after.update(factor=clip / state["loss_scale"], skip=0, applied=state["applied"] + 1,
                     good_steps=state["good_steps"] + 1)
        if rule["dynamic_scale"] and after["good_steps"] >= rule["growth_interval"]:
            after.update(good_steps=0, loss_scale=min(state["loss_scale"] * rule["growth"],
                                                      rule["greatest_scale"]))
    else:
        after.update(factor=0, skip=1, good_steps=0, overflows=state["overflows"] + 1)
        if rule["dynamic_scale"]:
            after["loss_scale"] = max(state["loss_scale"] * rule["backoff"], rule["least_scale"])
    return after
