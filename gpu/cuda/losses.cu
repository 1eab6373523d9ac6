#include "gpu/cuda/losses.h"
#include "gpu/cuda/teams.h"

namespace autoglm::gpu {
namespace {

/// Rows are read number by number: classes are few, or a warp reads neighbours anyway.
template <class T>
struct Row {
  const T* numbers;
  std::int64_t count;
};

__device__ float gradient_scale(const LossOutput& output) {
  return output.state == nullptr ? output.scale : output.scale * output.state->loss_scale;
}

struct Exponentials {
  float greatest;
  float sum;  // of exp(z - greatest)
};

template <int Team, class T>
__device__ Exponentials exponentials(const Row<T>& row, float* shared) {
  float greatest = -INFINITY;
  for (std::int64_t c = team_place<Team>(); c < row.count; c += Team) {
    greatest = fmaxf(greatest, to_float(row.numbers[c]));
  }
  greatest = combine<Team>(Greater{}, greatest, shared);
  float sum = 0;
  for (std::int64_t c = team_place<Team>(); c < row.count; c += Team) {
    sum += expf(to_float(row.numbers[c]) - greatest);
  }
  return {greatest, combine<Team>(Plus{}, sum, shared)};
}

/// A row's loss, and d loss / d z_c = factor (p_c - target_c).
struct Judged {
  float loss;
  float factor;
};

__device__ Judged focal(const nn::ClassLoss& loss, float log_p) {
  const float miss = -expm1f(log_p);  // 1 - p_t
  const float weight = loss.focal_alpha * powf(miss, loss.focal_gamma);
  float factor = weight;
  if (miss > 0) {
    factor -= loss.focal_alpha * loss.focal_gamma * expf(log_p) * log_p *
              powf(miss, loss.focal_gamma - 1);
  }
  return {-weight * log_p, factor};
}

/// A row whose label has the logit `chosen`. All threads of its team must call it.
template <int Team, class T>
__device__ Judged judge(const nn::ClassLoss& loss, const Row<T>& row, float chosen,
                        const Exponentials& found, float* shared) {
  const float log_sum = logf(found.sum);
  const float log_p = chosen - found.greatest - log_sum;
  if (loss.focal) {
    return focal(loss, log_p);
  }
  if (!(loss.smoothing > 0)) {
    return {-log_p, 1};
  }
  float sum = 0;
  for (std::int64_t c = team_place<Team>(); c < row.count; c += Team) {
    sum += to_float(row.numbers[c]) - found.greatest - log_sum;
  }
  sum = combine<Team>(Plus{}, sum, shared);
  const float even = loss.smoothing / static_cast<float>(row.count);
  return {-(1 - loss.smoothing) * log_p - even * sum, 1};
}

/// gradient = factor (p - target); null: not wanted.
template <int Team, class T>
__device__ void write_gradient(const nn::ClassLoss& loss, const Row<T>& row, std::int32_t label,
                               const Exponentials& found, float factor, T* gradient) {
  const float even = loss.smoothing / static_cast<float>(row.count);
  for (std::int64_t c = team_place<Team>(); gradient != nullptr && c < row.count; c += Team) {
    const float p = expf(to_float(row.numbers[c]) - found.greatest) / found.sum;
    const float target = c == label ? 1 - loss.smoothing + even : even;
    gradient[c] = from_float<T>((p - target) * factor);
  }
}

template <int Team, class T>
__global__ void __launch_bounds__(kThreads)
    class_loss_kernel(nn::ClassLoss loss, const T* logits, const std::int32_t* labels,
                      std::int64_t rows, std::int64_t classes, LossOutput output) {
  AUTOGLM_SHARED(float, shared, kWarps);
  const std::int64_t index = team_row<Team>();
  if (index >= rows) {
    return;
  }
  const Row<T> row{logits + index * classes, classes};
  T* gradient = output.gradient.data == nullptr
                    ? nullptr
                    : static_cast<T*>(output.gradient.data) + index * classes;
  const int place = team_place<Team>();
  const std::int32_t label = labels[index];
  if (label < 0) {
    for (std::int64_t c = place; gradient != nullptr && c < classes; c += Team) {
      gradient[c] = from_float<T>(0.0F);
    }
    if (place == 0 && output.losses != nullptr) {
      output.losses[index] = 0;
    }
    return;
  }
  // A label that no class has makes the loss NaN, so that it does not pass unseen.
  const float chosen = label < classes ? to_float(row.numbers[label]) : NAN;
  const Exponentials found = exponentials<Team>(row, shared);
  const Judged judged = judge<Team>(loss, row, chosen, found, shared);
  if (place == 0 && output.losses != nullptr) {
    output.losses[index] = judged.loss;
  }
  // In place, a gradient takes the place of the logit that every thread of the row has read as
  // `chosen`. Those of a block have met at barriers since; a warp's exchanges order no memory.
  __syncwarp();
  write_gradient<Team>(loss, row, label, found, judged.factor * gradient_scale(output), gradient);
}

template <int Team, class T>
__global__ void __launch_bounds__(kThreads)
    squared_loss_kernel(const T* y, const float* target, std::int64_t rows, std::int64_t columns,
                        LossOutput output) {
  AUTOGLM_SHARED(float, shared, kWarps);
  const std::int64_t row = team_row<Team>();
  if (row >= rows) {
    return;
  }
  const bool wanted = output.gradient.data != nullptr;
  T* gradient = static_cast<T*>(output.gradient.data);
  const float share = 1 / static_cast<float>(columns);
  const float factor = wanted ? 2 * share * gradient_scale(output) : 0.0F;
  float sum = 0;
  for (std::int64_t c = team_place<Team>(); c < columns; c += Team) {
    const std::int64_t at = row * columns + c;
    const float apart = to_float(y[at]) - target[at];
    sum += apart * apart;
    if (wanted) {
      gradient[at] = from_float<T>(apart * factor);
    }
  }
  sum = combine<Team>(Plus{}, sum, shared);
  if (team_place<Team>() == 0 && output.losses != nullptr) {
    output.losses[row] = sum * share;
  }
}

template <int Team, class T>
__global__ void __launch_bounds__(kThreads)
    softmax_kernel(const T* logits, float* probabilities, std::int64_t rows, std::int64_t classes) {
  AUTOGLM_SHARED(float, shared, kWarps);
  const std::int64_t index = team_row<Team>();
  if (index >= rows) {
    return;
  }
  const Row<T> row{logits + index * classes, classes};
  const Exponentials found = exponentials<Team>(row, shared);
  for (std::int64_t c = team_place<Team>(); c < classes; c += Team) {
    probabilities[index * classes + c] =
        expf(to_float(row.numbers[c]) - found.greatest) / found.sum;
  }
}

}  // namespace

cudaError_t class_loss(const Queue& queue, const nn::ClassLoss& loss, const nn::Tensor& logits,
                       const std::int32_t* labels, const LossOutput& output) {
  return with_type(logits.type, [&](auto zero) {
    using T = decltype(zero);
    const T* from = static_cast<const T*>(logits.data);
    const std::int64_t rows = logits.shape[0];
    const std::int64_t classes = logits.shape[1];
    if (classes <= kLongRow) {
      return launch(queue, team_grid<kWarp>(rows), class_loss_kernel<kWarp, T>, loss, from, labels,
                    rows, classes, output);
    }
    return launch(queue, team_grid<kThreads>(rows), class_loss_kernel<kThreads, T>, loss, from,
                  labels, rows, classes, output);
  });
}

cudaError_t squared_loss(const Queue& queue, const nn::Tensor& y, const float* target,
                         const LossOutput& output) {
  return with_type(y.type, [&](auto zero) {
    using T = decltype(zero);
    const T* from = static_cast<const T*>(y.data);
    const std::int64_t rows = y.shape[0];
    const std::int64_t columns = y.shape[1];
    if (columns <= kLongRow) {
      return launch(queue, team_grid<kWarp>(rows), squared_loss_kernel<kWarp, T>, from, target,
                    rows, columns, output);
    }
    return launch(queue, team_grid<kThreads>(rows), squared_loss_kernel<kThreads, T>, from, target,
                  rows, columns, output);
  });
}

cudaError_t softmax(const Queue& queue, const nn::Tensor& logits, float* probabilities) {
  return with_type(logits.type, [&](auto zero) {
    using T = decltype(zero);
    const T* from = static_cast<const T*>(logits.data);
    const std::int64_t rows = logits.shape[0];
    const std::int64_t classes = logits.shape[1];
    if (classes <= kLongRow) {
      return launch(queue, team_grid<kWarp>(rows), softmax_kernel<kWarp, T>, from, probabilities,
                    rows, classes);
    }
    return launch(queue, team_grid<kThreads>(rows), softmax_kernel<kThreads, T>, from,
                  probabilities, rows, classes);
  });
}

}  // namespace autoglm::gpu
