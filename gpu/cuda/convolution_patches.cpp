#include <algorithm>

#include "gpu/cuda/convolution.h"
#include "gpu/cuda/images.h"

namespace autoglm::gpu {
namespace {

/// Rows of patches begin at multiples of so many numbers, so that cuBLAS and the kernel that
/// gathers them can move 16 bytes at once.
constexpr std::int64_t kPitch = 8;

/// `count` images from `first` on.
struct Part {
  nn::Tensor x{};
  char* y = nullptr;
  std::int64_t places = 0;  // outputs of one channel
};

class PatchProducts {
 public:
  PatchProducts(Context& context, const Convolution& convolution, const ConvolutionArrays& arrays,
                const Epilogue& epilogue)
      : context_(context), convolution_(convolution), arrays_(arrays), epilogue_(epilogue) {}

  Status run() {
    const std::int64_t images = convolution_.x[0];
    const std::size_t most = context_.limits().patch_bytes / bytes_of_image();
    const std::int64_t at_once =
        convolution_.is_pixelwise()
            ? images
            : std::clamp<std::int64_t>(static_cast<std::int64_t>(most), 1, images);
    Status status = reserve(at_once);
    for (std::int64_t first = 0; first < images && status == Status::ok; first += at_once) {
      status = treat(part(first, std::min(at_once, images - first)));
    }
    return status;
  }

 private:
  bool is_data() const { return convolution_.kind == Convolution::Kind::data; }

  /// From a patch to the next. Those of dx are added up from f32 numbers without gaps.
  std::int64_t pitch() const {
    return is_data() || convolution_.is_pixelwise()
               ? convolution_.patch()
               : (convolution_.patch() + kPitch - 1) / kPitch * kPitch;
  }
  std::size_t bytes_of_image() const {
    const DType type = is_data() ? DType::f32 : convolution_.type;
    return static_cast<std::size_t>(convolution_.y[1] * convolution_.y[2] * pitch()) *
           nn::size_of(type);
  }
  /// Scratch memory for the patches of so many images, and behind them for their product.
  Status reserve(std::int64_t images) {
    constexpr std::size_t kRaster = 256;
    const std::size_t bytes =
        convolution_.is_pixelwise() ? 0 : bytes_of_image() * static_cast<std::size_t>(images);
    const std::size_t behind = (bytes + kRaster - 1) / kRaster * kRaster;
    const std::size_t more = convolution_.kind == Convolution::Kind::forward
                                 ? product_scratch(context_, product(part(0, images)), epilogue_)
                                 : 0;
    const Status status = context_.scratch(behind + more, &patches_);
    product_scratch_ = static_cast<char*>(patches_) + behind;
    return status;
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
    if (is_data()) {
      return data(part);
    }
    const Status status = gather(part);
    if (status != Status::ok) {
      return status;
    }
    return convolution_.kind == Convolution::Kind::forward
               ? multiply(context_, product(part), epilogue_, product_scratch_)
               : multiply(context_, product(part));
  }

  Status gather(const Part& part) {
    if (convolution_.is_pixelwise()) {
      patches_ = part.x.data;
      return Status::ok;
    }
    return context_.check(
        gather_patches(context_.queue(), convolution_.window, part.x, {patches_, pitch()}));
  }

  /// Of gathered patches: y = patches w^T, or dw += dy^T patches.
  Product product(const Part& part) const {
    const std::int64_t outputs = convolution_.outputs();
    const std::int64_t length = convolution_.patch();
    if (convolution_.kind == Convolution::Kind::forward) {
      return {.m = part.places,
              .n = outputs,
              .k = length,
              .a = {patches_, pitch(), false},
              .b = {arrays_.w, length, true},
              .type = convolution_.type,
              .result = part.y,
              .result_type = convolution_.type};
    }
    return {.m = outputs,
            .n = length,
            .k = part.places,
            .a = {part.y, outputs, true},
            .b = {patches_, pitch(), false},
            .type = convolution_.type,
            .result = arrays_.w,
            .result_type = DType::f32,
            .accumulate = true};
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

  Context& context_;
  const Convolution& convolution_;
  const ConvolutionArrays& arrays_;
  const Epilogue& epilogue_;
  void* patches_ = nullptr;
  void* product_scratch_ = nullptr;
};

}  // namespace

Status convolve_patches(Context& context, const Convolution& convolution,
                        const ConvolutionArrays& arrays, const Epilogue& epilogue) {
  return PatchProducts(context, convolution, arrays, epilogue).run();
}

}  // namespace autoglm::gpu
