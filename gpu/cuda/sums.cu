// Sums over long arrays, in two stages and as f64: of a fixed number of blocks, so that a sum is
// the same on every device.
#include "gpu/cuda/elements.h"
#include "gpu/cuda/teams.h"
#include "gpu/cuda/updates.h"

namespace autoglm::gpu {
namespace {

constexpr int kBlocks = 1024;
constexpr int kRun = kWide<float>;

struct Itself {
  __device__ double operator()(double x) const { return x; }
};
struct Square {
  __device__ double operator()(double x) const { return x * x; }
};
struct SquaredDeviation {
  const double* mean;
  __device__ double operator()(double x) const { return (x - *mean) * (x - *mean); }
};

/// The sum over the block for its first thread, 0 for the others.
__device__ double block_sum(double value) {
  AUTOGLM_SHARED(double, shared, kThreads);
  shared[threadIdx.x] = value;
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) {
      shared[threadIdx.x] += shared[threadIdx.x + half];
    }
  }
  return threadIdx.x == 0 ? shared[0] : 0.0;
}

template <class F>
__global__ void __launch_bounds__(kThreads)
    partials_kernel(F f, const float* numbers, std::int64_t n, bool wide, double* partials) {
  double sum = 0;
  for (std::int64_t i = first_element(kRun); i < n; i += element_stride(kRun)) {
    float values[kRun];
    load_part<kRun>(numbers, i, n, wide, values);
#pragma unroll
    for (int k = 0; k < kRun; ++k) {
      sum += i + k < n ? f(values[k]) : 0.0;
    }
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = sum;
  }
}

template <class Finish>
__global__ void __launch_bounds__(kThreads)
    finish_kernel(Finish finish, const double* partials, int blocks) {
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < blocks; i += kThreads) {
    sum += partials[i];
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) {
    finish(sum);
  }
}

template <class F, class Finish>
cudaError_t reduce(const Queue& queue, F f, Finish finish, const float* numbers, std::int64_t n,
                   double* partials) {
  const std::int64_t useful = divide_up(n, std::int64_t{kThreads} * kRun);
  const int blocks = static_cast<int>(useful < 1 ? 1 : useful < kBlocks ? useful : kBlocks);
  const cudaError_t status = launch(queue, dim3(static_cast<unsigned>(blocks)), partials_kernel<F>,
                                    f, numbers, n, aligned<kRun>(numbers), partials);
  return status == cudaSuccess
             ? launch(queue, dim3(1), finish_kernel<Finish>, finish, partials, blocks)
             : status;
}

struct AddTo {
  double* total;
  __device__ void operator()(double sum) const { *total += sum; }
};

struct StoreMean {
  double* mean;
  std::int64_t n;
  __device__ void operator()(double sum) const { *mean = sum / static_cast<double>(n); }
};

struct StoreMoments {
  const double* mean;
  std::int64_t n;
  const nn::StepState* state;
  float* mean_variance;
  __device__ void operator()(double sum) const {
    const double factor = state == nullptr ? 1.0 : static_cast<double>(state->factor);
    mean_variance[0] = static_cast<float>(*mean * factor);
    mean_variance[1] = static_cast<float>(sum / static_cast<double>(n) * factor * factor);
  }
};

struct Judge {
  nn::GradientRule rule;
  nn::StepState* state;

  __device__ void operator()(double squares) const {
    nn::StepState next = *state;
    const double norm = sqrt(squares) / static_cast<double>(next.loss_scale);
    next.gradient_norm = static_cast<float>(norm);
    if (isfinite(squares)) {
      apply(next, norm);
    } else {
      skip(next);
    }
    *state = next;
  }

 private:
  __device__ void apply(nn::StepState& next, double norm) const {
    const double limit = static_cast<double>(rule.clip_norm);
    const double clip = limit > 0 && norm > limit ? limit / norm : 1.0;
    next.factor = static_cast<float>(clip / static_cast<double>(next.loss_scale));
    next.skip = 0;
    next.applied += 1;
    next.good_steps += 1;
    if (rule.dynamic_scale && next.good_steps >= rule.growth_interval) {
      next.loss_scale = fminf(next.loss_scale * rule.growth, rule.greatest_scale);
      next.good_steps = 0;
    }
  }
  __device__ void skip(nn::StepState& next) const {
    next.factor = 0;
    next.skip = 1;
    next.good_steps = 0;
    next.overflows += 1;
    if (rule.dynamic_scale) {
      next.loss_scale = fmaxf(next.loss_scale * rule.backoff, rule.least_scale);
    }
  }
};

}  // namespace

std::size_t sum_scratch() { return (kBlocks + 1) * sizeof(double); }

cudaError_t add_sum(const Queue& queue, const float* numbers, std::int64_t n, double* total,
                    void* scratch) {
  return reduce(queue, Itself{}, AddTo{total}, numbers, n, static_cast<double*>(scratch));
}

cudaError_t mean_and_variance(const Queue& queue, const float* numbers, std::int64_t n,
                              const nn::StepState* state, float* mean_variance, void* scratch) {
  double* mean = static_cast<double*>(scratch);
  double* partials = mean + 1;
  const cudaError_t status = reduce(queue, Itself{}, StoreMean{mean, n}, numbers, n, partials);
  return status == cudaSuccess
             ? reduce(queue, SquaredDeviation{mean}, StoreMoments{mean, n, state, mean_variance},
                      numbers, n, partials)
             : status;
}

cudaError_t judge_gradients(const Queue& queue, const float* gradients, std::int64_t n,
                            const nn::GradientRule& rule, nn::StepState* state, void* scratch) {
  return reduce(queue, Square{}, Judge{rule, state}, gradients, n, static_cast<double*>(scratch));
}

}  // namespace autoglm::gpu
