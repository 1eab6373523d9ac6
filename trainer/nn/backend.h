// What a device computes: the operations that layers, losses and update rules are made of, each
// coarse enough to be one kernel or library call. The CPU and CUDA implement it; what every
// implementation owes is in tests/nn/contract.
//
// Common to all operations:
// - Tensors are on the device, contiguous, and may not overlap unless it is said ("in place").
// - x, y, dx, dy and weights have one type, the working type; everything else is f32 unless said.
//   16-bit numbers are converted to f32 when read, computed with as f32, and rounded to nearest
//   even when written. Sums are f32 or better, and the same in every run on the same device.
// - A gradient of activations is overwritten; a gradient of parameters is added to ("+=").
// - An operation may return before it is done; they are done in the order in which they were
// called.
// - No operation throws; a status other than ok says what kind of thing failed, last_error() where
//   and why. The outputs are undefined then.
// - No operation allocates memory that the caller can see; scratch memory grows to what the largest
//   call needed and is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "trainer/nn/tensor.h"

namespace autoglm::nn {

enum class [[nodiscard]] Status : std::int32_t{
    ok, out_of_memory,
    unsupported,   // this device cannot, another one may
    bad_argument,  // a mistake of the caller: shapes, types, null
    device_failed  // the device is not to be used any more
};

enum class Activation : std::int32_t {
  identity,
  relu,
  tanh,
  gelu,  // x Phi(x), with the error function (Hendrycks and Gimpel, arXiv:1606.08415)
  silu   // x / (1 + exp(-x))
};

/// Square windows on images; output size (in + 2 padding - kernel) / stride + 1, rounded down. Each
/// looks at a pixel at least: padding is 0 to kernel - 1.
struct Window {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t padding = 0;

  constexpr std::int64_t output(std::int64_t in) const {
    return (in + 2 * padding - kernel) / stride + 1;
  }
};

enum class Pooling : std::int32_t { max, average };  // average: padding does not count

/// Which random numbers: those of Philox4x32-10 with `seed` as key and the counter {e / 4, low;
/// e / 4, high; stream; step} for element e, which takes word e % 4 of the block.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  // of the layer
  std::uint32_t step = 0;    // of the training step
};

/// Cross-entropy with label smoothing (Szegedy et al., arXiv:1512.00567, section 7): targets are
/// (1 - smoothing) onehot + smoothing / classes. Focal loss (Lin et al., arXiv:1708.02002, eq. 5):
/// alpha (1 - p_t)^gamma times the cross-entropy; REQUIRES smoothing 0.
struct ClassLoss {
  float smoothing = 0;
  bool focal = false;
  float focal_alpha = 1;
  float focal_gamma = 2;
};

/// What one training step leaves to the next, in the device's memory so that nothing waits for the
/// host. Plain data; the host reads it when it reports.
struct StepState {
  float loss_scale = 1;         // gradients are this many times too large
  float gradient_norm = 0;      // of the last step: unscaled, before clipping; may be inf or NaN
  float factor = 0;             // what the last step's gradients are to be multiplied by
  std::int32_t skip = 0;        // 1: the last step's gradients were not finite; nothing is updated
  std::int32_t good_steps = 0;  // since the scale changed
  std::int32_t applied = 0;     // updates so far, the t of Adam
  std::int32_t overflows = 0;   // steps that were skipped
};

/// How gradients become an update: clipping by the global norm (Pascanu et al., arXiv:1211.5063)
/// and dynamic loss scaling (Micikevicius et al., arXiv:1710.03740, section 3.2).
struct GradientRule {
  float clip_norm = 0;  // 0: no clipping
  bool dynamic_scale = false;
  float growth = 2;
  float backoff = 0.5F;
  std::int32_t growth_interval = 2000;  // steps without overflow before the scale grows
  float least_scale = 1;
  float greatest_scale = 65536.0F * 65536.0F;
};

/// A run of parameters that are updated alike; arrays of n f32 numbers. `working` is a copy in the
/// working type that follows `master`; null: there is none, as of biases. The working type is the
/// operation's either way.
struct UpdateArrays {
  std::int64_t n = 0;
  float* master = nullptr;
  const float* gradient = nullptr;
  float* first = nullptr;   // SGD: the momentum buffer, may be null if momentum is 0; Adam: m
  float* second = nullptr;  // Adam: v; SGD: not used
  void* working = nullptr;
  DType working_type = DType::f32;
};

/// g <- g + weight_decay w; buffer <- momentum buffer + g; w <- w - lr (nesterov ? g + momentum
/// buffer : buffer). The first buffer is g, as PyTorch has it (buffers begin at 0 without
/// dampening).
struct SgdStep {
  float lr = 0;
  float momentum = 0;
  bool nesterov = false;
  float weight_decay = 0;
};

/// Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1); weight decay is added to the gradient, or,
/// decoupled, w <- w - lr weight_decay w, as PyTorch's AdamW has it (in Loshchilov and Hutter,
/// arXiv:1711.05101, algorithm 2, the decay knows the schedule's factor of the rate alone).
struct AdamStep {
  float lr = 0;
  double beta1 = 0.9;  // f64, since 1 - beta is what counts: of an f32 it may have few digits
  double beta2 = 0.999;
  float epsilon = 1e-8F;
  float weight_decay = 0;
  bool decoupled = true;
};

/// What a device is, for people and for decisions.
struct BackendInfo {
  std::string device{};        // "cpu", "cuda:0 NVIDIA H100"
  std::string instructions{};  // "AVX-512", "sm_90"
  bool native_bf16 = false;  // products of bf16 numbers by the hardware, on a CPU those of an even
                             // depth; else of rounded f32
  bool native_f16 = false;
  std::uint64_t memory_bytes = 0;  // that the device has of its own; 0: allocate() takes the host's
  int processors = 0;              // of a GPU: streaming multiprocessors
  bool copies_to_host = false;     // the CPU computes some operations, on copies of their arrays
};

class Backend {
 public:
  virtual ~Backend() = default;
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual const BackendInfo& info() const noexcept = 0;
  /// One line about the last status that was not ok: call, place, cause.
  virtual const char* last_error() const noexcept = 0;
  /// Scratch memory that it holds now where its arrays are, bytes.
  virtual std::size_t scratch_bytes() const noexcept = 0;

  // Memory. Addresses are aligned to 64 bytes at least; contents are undefined.
  virtual Status allocate(std::size_t bytes, void** address) noexcept = 0;
  virtual void release(void* address) noexcept = 0;  // null: nothing happens
  /// `from` may be reused by the host when this returns.
  virtual Status upload(void* to, const void* from, std::size_t bytes) noexcept = 0;
  /// Waits until all that was called before is done.
  virtual Status download(void* to, const void* from, std::size_t bytes) noexcept = 0;
  virtual Status copy(void* to, const void* from, std::size_t bytes) noexcept = 0;
  virtual Status fill_zero(void* at, std::size_t bytes) noexcept = 0;
  virtual Status synchronize() noexcept = 0;
  /// Converts between types; equal counts.
  virtual Status cast(const Tensor& from, const Tensor& to) noexcept = 0;

  // y = activation(x w^T + b). Activation: identity or relu. bias: f32 [n] or null.
  virtual Status linear_forward(const Tensor& x /* [m, k] */, const Tensor& w /* [n, k] */,
                                const float* bias, const Tensor& y /* [m, n] */,
                                Activation activation) noexcept = 0;
  virtual Status linear_backward_data(const Tensor& dy /* [m, n] */, const Tensor& w /* [n, k] */,
                                      const Tensor& dx /* [m, k] */) noexcept = 0;
  /// dw += dy^T x; dbias += column sums of dy, unless null.
  virtual Status linear_backward_weight(const Tensor& dy /* [m, n] */, const Tensor& x /* [m, k] */,
                                        float* dw /* [n, k] */,
                                        float* dbias /* [n] */) noexcept = 0;

  // Convolution (cross-correlation, as everywhere in the field) of square kernels.
  virtual Status conv_forward(const Window& window, const Tensor& x /* [b, h, w, c] */,
                              const Tensor& w /* [n, kernel, kernel, c] */, const float* bias,
                              const Tensor& y /* [b, oh, ow, n] */,
                              Activation activation) noexcept = 0;
  virtual Status conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                                    const Tensor& dx) noexcept = 0;
  virtual Status conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x,
                                      float* dw, float* dbias) noexcept = 0;

  // y = f(x), elementwise; dx = f'(x) dy, dx in place of dy if wished. `saved` is x, but y for
  // relu, and for tanh.
  virtual Status activation_forward(Activation activation, const Tensor& x,
                                    const Tensor& y) noexcept = 0;
  virtual Status activation_backward(Activation activation, const Tensor& saved, const Tensor& dy,
                                     const Tensor& dx) noexcept = 0;
  /// y = activation(a + b), in place of either if wished. Activation: identity or relu.
  virtual Status add(const Tensor& a, const Tensor& b, const Tensor& y,
                     Activation activation) noexcept = 0;

  // Images [b, h, w, c]. `indices` (of max, else null): int32 of y's count, where in its image of
  // one channel the greatest number was, the first of equal ones; NaN counts as greatest.
  virtual Status pool_forward(Pooling pooling, const Window& window, const Tensor& x,
                              const Tensor& y, std::int32_t* indices) noexcept = 0;
  virtual Status pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                               const std::int32_t* indices, const Tensor& dx) noexcept = 0;
  /// The mean over height and width, [b, h, w, c] -> [b, c].
  virtual Status global_average_forward(const Tensor& x, const Tensor& y) noexcept = 0;
  virtual Status global_average_backward(const Tensor& dy, const Tensor& dx) noexcept = 0;

  // Batch normalization over all but the last index (Ioffe and Szegedy, arXiv:1502.03167), then the
  // activation. Running statistics follow by `momentum`, the variance unbiased, of one row 0: r <-
  // (1 - momentum) r + momentum s; null: they are left as they are. The backward pass computes
  // again where a ReLU was 0; dx in place of dy if wished.
  struct BatchNorm {
    float epsilon = 1e-5F;
    float momentum = 0.1F;
    const float* gamma = nullptr;                  // [c]
    const float* beta = nullptr;                   // [c]
    float* mean = nullptr;                         // [c], saved for the backward pass
    float* inverse_deviation = nullptr;            // [c], likewise
    float* running_mean = nullptr;                 // [c]
    float* running_variance = nullptr;             // [c]
    Activation activation = Activation::identity;  // or relu
  };
  virtual Status batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                    const Tensor& y) noexcept = 0;
  /// With the running statistics, for evaluation.
  virtual Status batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                  const Tensor& y) noexcept = 0;
  virtual Status batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                                     const Tensor& dx, float* dgamma, float* dbeta) noexcept = 0;

  // Layer normalization over the last index (Ba et al., arXiv:1607.06450); mean and
  // inverse_deviation: [rows], saved for the backward pass.
  struct LayerNorm {
    float epsilon = 1e-5F;
    const float* gamma = nullptr;  // [c]
    const float* beta = nullptr;   // [c]
    float* mean = nullptr;
    float* inverse_deviation = nullptr;
  };
  virtual Status layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                    const Tensor& y) noexcept = 0;
  virtual Status layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                     const Tensor& dx, float* dgamma, float* dbeta) noexcept = 0;

  /// y = x / (1 - rate) where the random word is at least rate 2^32 (rounded to nearest), else 0;
  /// in place if wished. Its own backward operation. rate: in [0, 1).
  virtual Status dropout(float rate, const RandomKey& key, const Tensor& x,
                         const Tensor& y) noexcept = 0;

  // Losses. losses: f32 [m], of each row; rows whose label is negative lose 0 and teach nothing.
  // d: gradient of scale state->loss_scale sum(losses); null data: not wanted. d may be in place.
  virtual Status class_loss(const ClassLoss& loss, const Tensor& logits /* [m, classes] */,
                            const std::int32_t* labels /* [m] */, float scale,
                            const StepState* state, float* losses,
                            const Tensor& dlogits) noexcept = 0;
  /// The mean over the columns of (y - target)^2; target: f32 [m, n].
  virtual Status squared_loss(const Tensor& y /* [m, n] */, const float* target, float scale,
                              const StepState* state, float* losses, const Tensor& dy) noexcept = 0;
  /// Softmax of rows, f32 [m, classes].
  virtual Status softmax(const Tensor& logits /* [m, classes] */,
                         float* probabilities) noexcept = 0;
  /// total += sum of n f32 numbers, added up as f64.
  virtual Status add_sum(const float* numbers, std::int64_t n, double* total) noexcept = 0;
  /// Mean and variance (divided by n) of n f32 numbers times `state->factor` (null: 1).
  virtual Status mean_and_variance(const float* numbers, std::int64_t n, const StepState* state,
                                   float* mean_variance /* [2] */) noexcept = 0;

  // Updating. `state` is on the device.
  /// Looks at all gradients of a step: sets norm, factor, skip, and moves the loss scale.
  virtual Status judge_gradients(const float* gradients, std::int64_t n, const GradientRule& rule,
                                 StepState* state) noexcept = 0;
  /// Neither does anything when state->skip is 1. Gradients are multiplied by state->factor.
  virtual Status sgd(const UpdateArrays& arrays, const SgdStep& step,
                     const StepState* state) noexcept = 0;
  virtual Status adam(const UpdateArrays& arrays, const AdamStep& step,
                      const StepState* state) noexcept = 0;
};

}  // namespace autoglm::nn
