#include "gpu/cuda/gemm.h"

#include <algorithm>

#include "gpu/cuda/dense.h"

namespace autoglm::gpu {
namespace {

cudaDataType_t data_type(DType type) {
  switch (type) {
    case DType::f32:
      return CUDA_R_32F;
    case DType::bf16:
      return CUDA_R_16BF;
    case DType::f16:
      return CUDA_R_16F;
  }
  return CUDA_R_32F;
}

std::int64_t rows_at_once(const Context& context, const Product& product) {
  const std::int64_t row = product.n * static_cast<std::int64_t>(sizeof(float));
  const auto most = static_cast<std::int64_t>(context.limits().wide_bytes);
  return std::clamp<std::int64_t>(most / row, 1, product.m);
}

/// `count` rows of the product from `first` on. REQUIRES: a is not transposed.
Product rows_of(const Product& product, std::int64_t first, std::int64_t count) {
  const auto size = static_cast<std::int64_t>(nn::size_of(product.type));
  const auto result_size = static_cast<std::int64_t>(nn::size_of(product.result_type));
  Product part = product;
  part.m = count;
  part.a.data = static_cast<const char*>(product.a.data) + first * product.a.columns * size;
  part.result = static_cast<char*>(product.result) + first * product.n * result_size;
  return part;
}

}  // namespace

// cuBLAS takes columns where we have rows, so it sees every matrix transposed: we have it compute
// result^T = b^T a^T, which is b times a as it sees them.
Status multiply(Context& context, const Product& product) {
  if (product.m == 0 || product.n == 0) {
    return Status::ok;
  }
  const float one = 1;
  const float beta = product.accumulate ? 1 : 0;
  const auto operation = [](const Factor& factor) {
    return factor.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  };
  return context.check(cublasGemmEx_64(
      context.cublas(), operation(product.b), operation(product.a), product.n, product.m, product.k,
      &one, product.b.data, data_type(product.type), product.b.columns, product.a.data,
      data_type(product.type), product.a.columns, &beta, product.result,
      data_type(product.result_type), product.n, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
}

std::size_t product_scratch(const Context& context, const Product& product,
                            const Epilogue& epilogue) {
  if (!epilogue.widens(product.result_type) || product.m == 0 || product.n == 0) {
    return 0;
  }
  return static_cast<std::size_t>(rows_at_once(context, product) * product.n) * sizeof(float);
}

// cublasLt has an epilogue with a bias, but of the result's type: a 16-bit one would be rounded
// before it is added.
Status multiply(Context& context, const Product& product, const Epilogue& epilogue, void* scratch) {
  if (product.m == 0 || product.n == 0) {
    return Status::ok;
  }
  if (!epilogue.widens(product.result_type)) {
    const Status status = multiply(context, product);
    return status == Status::ok ? finish(context, epilogue, product.result, product.result_type,
                                         product.m, product.n)
                                : status;
  }
  Status status = Status::ok;
  const std::int64_t at_once = rows_at_once(context, product);
  for (std::int64_t first = 0; first < product.m && status == Status::ok; first += at_once) {
    const Product part = rows_of(product, first, std::min(at_once, product.m - first));
    const Rows sums{scratch, DType::f32, part.m, part.n};
    const Rows y{part.result, part.result_type, part.m, part.n};
    Product wide = part;
    wide.result = sums.data;
    wide.result_type = sums.type;
    status = multiply(context, wide);
    if (status == Status::ok) {
      status = context.check(add_bias(context.queue(), sums, y, epilogue.bias, epilogue.relu));
    }
  }
  return status;
}

Status finish(Context& context, const Epilogue& epilogue, void* y, DType type, std::int64_t rows,
              std::int64_t columns) {
  if (epilogue.bias == nullptr && !epilogue.relu) {
    return Status::ok;
  }
  const Rows sums{y, type, rows, columns};
  return context.check(add_bias(context.queue(), sums, sums, epilogue.bias, epilogue.relu));
}

}  // namespace autoglm::gpu
