// cuBLAS of the emulated device: one product, by the rules and the table of types of NVIDIA's
// reference (cublasGemmEx, compute type CUBLAS_COMPUTE_32F). What is not in the table is refused.
#include <cublas_v2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/numbers.h"
#include "tests/gpu/emulation/streams.h"
#include "tests/gpu/emulation/workspace.h"

struct cublasContext {
  cudaStream_t stream = nullptr;
  int math = CUBLAS_DEFAULT_MATH;
  autoglm::emulation::Workspace workspace{};
};

namespace autoglm::emulation {
namespace {

std::set<const void*> handles;

std::optional<Number> number_of(cudaDataType_t type) {
  switch (type) {
    case CUDA_R_32F:
      return Number::f32;
    case CUDA_R_16F:
      return Number::f16;
    case CUDA_R_16BF:
      return Number::bf16;
    case CUDA_R_64F:
      break;
  }
  return std::nullopt;
}

/// Columns of numbers, one behind the other at distance `leading`.
struct Matrix {
  char* data = nullptr;
  Number type = Number::f32;
  std::int64_t rows = 0;  // as they lie in memory
  std::int64_t columns = 0;
  std::int64_t leading = 0;

  std::size_t bytes() const {
    return rows == 0 || columns == 0
               ? 0
               : static_cast<std::size_t>((columns - 1) * leading + rows) * size_of(type);
  }
  bool is_legal() const {
    return rows >= 0 && columns >= 0 && leading >= std::max<std::int64_t>(1, rows) &&
           (bytes() == 0 || is_allocated(data, bytes()));
  }
  /// Column by column: what lies between is not touched.
  bool touched(const Actor& actor, Access access) const {
    const auto run = static_cast<std::size_t>(rows) * size_of(type);
    for (std::int64_t column = 0; column < columns && rows > 0; ++column) {
      const char* at = data + static_cast<std::size_t>(column * leading) * size_of(type);
      if (!touch(actor, "a product of cuBLAS", at, run, access)) {
        return false;
      }
    }
    return true;
  }
};

struct Product {
  Matrix a{};
  Matrix b{};
  Matrix c{};
  bool a_transposed = false;
  bool b_transposed = false;
  float alpha = 1;
  float beta = 0;
  bool tf32 = false;
  bool narrow_sums = false;  // partial sums may have the result's 16 bits
};

/// The factor's numbers, each run of k together.
std::vector<float> runs_of(const Matrix& factor, bool columns, bool tf32) {
  const std::int64_t runs = columns ? factor.columns : factor.rows;
  const std::int64_t k = columns ? factor.rows : factor.columns;
  std::vector<float> numbers(static_cast<std::size_t>(runs * k));
  for (std::int64_t run = 0; run < runs; ++run) {
    for (std::int64_t i = 0; i < k; ++i) {
      const float value = load(factor.type, factor.data,
                               columns ? run * factor.leading + i : i * factor.leading + run);
      numbers[static_cast<std::size_t>(run * k + i)] = tf32 ? as_tf32(value) : value;
    }
  }
  return numbers;
}

/// In an order of its own: sums of every eighth product, the last ones first.
float sum_of_products(const float* a, const float* b, std::int64_t k, const Product& product) {
  constexpr std::int64_t kSums = 8;
  float sums[kSums] = {};
  for (std::int64_t i = 0; i + kSums <= k; i += kSums) {
    for (std::int64_t j = 0; j < kSums; ++j) {
      sums[j] += a[i + j] * b[i + j];
    }
  }
  float sum = 0;
  for (std::int64_t i = k / kSums * kSums; i < k; ++i) {
    sum += a[i] * b[i];
  }
  for (std::int64_t j = kSums - 1; j >= 0; --j) {
    sum += product.narrow_sums ? rounded(product.c.type, sums[j]) : sums[j];
    sum = product.narrow_sums ? rounded(product.c.type, sum) : sum;
  }
  return sum;
}

void multiply(const Product& product, std::int64_t k) {
  const std::vector<float> a = runs_of(product.a, product.a_transposed, product.tf32);
  const std::vector<float> b = runs_of(product.b, !product.b_transposed, product.tf32);
  const Matrix& c = product.c;
  for (std::int64_t column = 0; column < c.columns; ++column) {
    for (std::int64_t row = 0; row < c.rows; ++row) {
      const std::int64_t at = column * c.leading + row;
      const float sum =
          product.alpha * sum_of_products(a.data() + row * k, b.data() + column * k, k, product);
      // With beta 0 what was there is not read; it may be NaN.
      store(c.type, c.data, at,
            product.beta == 0 ? sum : sum + product.beta * load(c.type, c.data, at));
    }
  }
}

void run(const Product& product, std::int64_t k, const Workspace& workspace, const Actor& actor) {
  const std::string what = "a product of cuBLAS";
  if (workspace.spoil(actor, what) && product.a.touched(actor, Access::read) &&
      product.b.touched(actor, Access::read) &&
      (product.beta == 0 || product.c.touched(actor, Access::read)) &&
      product.c.touched(actor, Access::write)) {
    multiply(product, k);
    workspace.spoil(actor, what);
  }
}

cublasStatus_t checked(const Call& call, cublasHandle_t handle) {
  if (handles.count(handle) == 0) {
    return CUBLAS_STATUS_NOT_INITIALIZED;
  }
  if (call.told_status() != 0) {
    return static_cast<cublasStatus_t>(call.told_status());
  }
  return call.fails() ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS;
}

/// Factors of one type; a result of theirs or of f32.
bool is_in_table(cudaDataType_t a, cudaDataType_t b, cudaDataType_t c) {
  return a == b && number_of(a).has_value() && (c == a || c == CUDA_R_32F);
}

}  // namespace
}  // namespace autoglm::emulation

using namespace autoglm::emulation;  // NOLINT(google-build-using-namespace): the fakes are cuBLAS's

// NOLINTBEGIN(readability-identifier-naming,readability-function-size): cuBLAS's own.
extern "C" {

cublasStatus_t cublasCreate(cublasHandle_t* handle) {
  const Call call("cublasCreate");
  if (call.told_status() != 0) {
    return static_cast<cublasStatus_t>(call.told_status());
  }
  if (call.fails() || is_other_device()) {
    return CUBLAS_STATUS_NOT_INITIALIZED;
  }
  auto made = std::make_unique<cublasContext>();
  handles.insert(made.get());
  count_live(1);
  *handle = made.release();
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle) {
  const Call call("cublasDestroy");
  const cublasStatus_t status = checked(call, handle);
  if (handles.erase(handle) > 0) {
    const std::unique_ptr<cublasContext> ended(handle);
    count_live(-1);
  }
  return status;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
  const Call call("cublasSetStream");
  const cublasStatus_t status = checked(call, handle);
  if (status == CUBLAS_STATUS_SUCCESS) {
    handle->stream = stream;
    handle->workspace = {};  // it is cuBLAS's own again
  }
  return status;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  const Call call("cublasSetMathMode");
  const cublasStatus_t status = checked(call, handle);
  if (status == CUBLAS_STATUS_SUCCESS) {
    handle->math = mode;
  }
  return status;
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  const Call call("cublasSetWorkspace");
  const cublasStatus_t status = checked(call, handle);
  if (status != CUBLAS_STATUS_SUCCESS) {
    return status;
  }
  if (reinterpret_cast<std::uintptr_t>(workspace) % 256 != 0 || !is_allocated(workspace, bytes)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  handle->workspace = {workspace, bytes};
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetProperty(libraryPropertyType, int* value) {
  *value = 0;
  return CUBLAS_STATUS_SUCCESS;
}

const char* cublasGetStatusString(cublasStatus_t status) {
  if (broken()) {
    return control().complaint;
  }
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "unknown status";
}

cublasStatus_t cublasGemmEx_64(cublasHandle_t handle, cublasOperation_t operation_a,
                               cublasOperation_t operation_b, std::int64_t m, std::int64_t n,
                               std::int64_t k, const void* alpha, const void* a,
                               cudaDataType_t a_type, std::int64_t lda, const void* b,
                               cudaDataType_t b_type, std::int64_t ldb, const void* beta, void* c,
                               cudaDataType_t c_type, std::int64_t ldc, cublasComputeType_t compute,
                               cublasGemmAlgo_t algorithm) {
  const Call call("cublasGemmEx_64");
  if (const cublasStatus_t status = checked(call, handle); status != CUBLAS_STATUS_SUCCESS) {
    return status;
  }
  if (compute != CUBLAS_COMPUTE_32F || algorithm != CUBLAS_GEMM_DEFAULT ||
      !is_in_table(a_type, b_type, c_type)) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if (m < 0 || n < 0 || k < 0 || alpha == nullptr || beta == nullptr ||
      !is_stream(handle->stream)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (is_other_device()) {
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  // With cuBLAS's own, results may differ from run to run where there are streams (reference,
  // "Results reproducibility").
  if (handle->workspace.at == nullptr) {
    complain("a product of cuBLAS without a workspace of its user");
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  const bool a_transposed = operation_a == CUBLAS_OP_T;
  const bool b_transposed = operation_b == CUBLAS_OP_T;
  const auto bytes_of = [](const void* data) {
    return const_cast<char*>(static_cast<const char*>(data));
  };
  const Product product{
      .a = {bytes_of(a), *number_of(a_type), a_transposed ? k : m, a_transposed ? m : k, lda},
      .b = {bytes_of(b), *number_of(b_type), b_transposed ? n : k, b_transposed ? k : n, ldb},
      .c = {bytes_of(c), *number_of(c_type), m, n, ldc},
      .a_transposed = a_transposed,
      .b_transposed = b_transposed,
      .alpha = *static_cast<const float*>(alpha),
      .beta = *static_cast<const float*>(beta),
      .tf32 = a_type == CUDA_R_32F && (handle->math & 7) == CUBLAS_TF32_TENSOR_OP_MATH,
      .narrow_sums = c_type != CUDA_R_32F &&
                     (handle->math & CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION) == 0};
  if (!product.a.is_legal() || !product.b.is_legal() || !product.c.is_legal()) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  submit(handle->stream, "a product of cuBLAS",
         [product, k, workspace = handle->workspace](const Actor& actor) {
           run(product, k, workspace, actor);
         });
  return CUBLAS_STATUS_SUCCESS;
}
}
// NOLINTEND(readability-identifier-naming,readability-function-size)
