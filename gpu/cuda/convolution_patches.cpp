#include <algorithm>

#include "gpu/cuda/convolution.h"
#include "gpu/cuda/gemm.h"
#include "gpu/cuda/images.h"

namespace autoglm::gpu {
namespace {

/// Patches are made of so many images at a time that they stay below this, but of one at least.
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

/// `count` images from `first` on.
struct Part {
  nn::Tensor x{};
  char* y = nullptr;
  std::int64_t places = 0;  // outputs of one channel
};

class Patches {
 public:
  Patches(Context& context, const Convolution& convolution, const ConvolutionArrays& arrays)
      : context_(context), convolution_(convolution), arrays_(arrays) {}

  Status run() {
    const std::int64_t images = convolution_.x[0];
    if (convolution_.is_pixelwise()) {
      return treat(part(0, images));
    }
    const std::size_t bytes = bytes_of_image();
    const std::int64_t at_once =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(kMostBytes / bytes), 1, images);
    Status status = context_.scratch(bytes * static_cast<std::size_t>(at_once), &patches_);
    for (std::int64_t first = 0; first < images && status == Status::ok; first += at_once) {
      status = treat(part(first, std::min(at_once, images - first)));
    }
    return status;
  }

 private:
  std::size_t bytes_of_image() const {
    const DType type =
        convolution_.kind == Convolution::Kind::data ? DType::f32 : convolution_.type;
    return static_cast<std::size_t>(convolution_.y[1] * convolution_.y[2] * convolution_.patch()) *
           nn::size_of(type);
  }
  Part part(std::int64_t first, std::int64_t count) const {
    const nn::Shape shape{count, convolution_.x[1], convolution_.x[2], convolution_.x[3]};
    const std::int64_t outputs = convolution_.y[1] * convolution_.y[2] * convolution_.y[3];
    const std::int64_t size = static_cast<std::int64_t>(nn::size_of(convolution_.type));
    const std::int64_t image = shape.count() / count;
    return {{static_cast<char*>(arrays_.x) + first * image * size, convolution_.type, shape},
            static_cast<char*>(arrays_.y) + first * outputs * size,
            count * convolution_.y[1] * convolution_.y[2]};
  }

  Status treat(const Part& part) {
    switch (convolution_.kind) {
      case Convolution::Kind::forward:
        return forward(part);
      case Convolution::Kind::data:
        return data(part);
      case Convolution::Kind::weight:
        return weight(part);
    }
    return Status::bad_argument;
  }

  Status gather(const Part& part) {
    if (convolution_.is_pixelwise()) {
      patches_ = part.x.data;
      return Status::ok;
    }
    return context_.check(gather_patches(context_.queue(), convolution_.window, part.x, patches_));
  }

  // y = patches w^T
  Status forward(const Part& part) {
    const Status status = gather(part);
    return status != Status::ok ? status
                                : multiply(context_, {.m = part.places,
                                                      .n = convolution_.outputs(),
                                                      .k = convolution_.patch(),
                                                      .a = {patches_, convolution_.patch(), false},
                                                      .b = {arrays_.w, convolution_.patch(), true},
                                                      .type = convolution_.type,
                                                      .result = part.y,
                                                      .result_type = convolution_.type});
  }
  // patches = dy w, then added up to dx
  Status data(const Part& part) {
    const bool direct = convolution_.is_pixelwise();
    const Status status =
        multiply(context_, {.m = part.places,
                            .n = convolution_.patch(),
                            .k = convolution_.outputs(),
                            .a = {part.y, convolution_.outputs(), false},
                            .b = {arrays_.w, convolution_.patch(), false},
                            .type = convolution_.type,
                            .result = direct ? part.x.data : patches_,
                            .result_type = direct ? convolution_.type : DType::f32});
    return status != Status::ok || direct
               ? status
               : context_.check(add_patches(context_.queue(), convolution_.window,
                                            static_cast<const float*>(patches_), part.x));
  }
  // dw += dy^T patches
  Status weight(const Part& part) {
    const Status status = gather(part);
    return status != Status::ok ? status
                                : multiply(context_, {.m = convolution_.outputs(),
                                                      .n = convolution_.patch(),
                                                      .k = part.places,
                                                      .a = {part.y, convolution_.outputs(), true},
                                                      .b = {patches_, convolution_.patch(), false},
                                                      .type = convolution_.type,
                                                      .result = arrays_.w,
                                                      .result_type = DType::f32,
                                                      .accumulate = true});
  }

  Context& context_;
  const Convolution& convolution_;
  const ConvolutionArrays& arrays_;
  void* patches_ = nullptr;
};

}  // namespace

Status convolve_patches(Context& context, const Convolution& convolution,
                        const ConvolutionArrays& arrays) {
  return Patches(context, convolution, arrays).run();
}

}  // namespace autoglm::gpu
