#include "tests/gpu/emulation/fiber.h"

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <utility>

namespace autoglm::emulation {
namespace {

namespace context = boost::context;

constexpr std::size_t kStack = std::size_t{128} << 10U;

/// Remembers where the stack is.
class Stack {
 public:
  explicit Stack(context::stack_context& made) : made_(made) {}
  context::stack_context allocate() { return made_ = stacks_.allocate(); }
  void deallocate(context::stack_context& stack) noexcept { stacks_.deallocate(stack); }

 private:
  context::stack_context& made_;
  context::protected_fixedsize_stack stacks_{kStack};
};

}  // namespace

struct Fiber::State {
  context::stack_context stack{};
  context::fiber inside{};   // while the job stands still
  context::fiber outside{};  // while the job runs
  const std::function<void()>* job = nullptr;
};

Fiber::Fiber() : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.inside =
      context::fiber(std::allocator_arg, Stack(state.stack), [&state](context::fiber&& outside) {
        state.outside = std::move(outside);
        for (;;) {
          (*state.job)();
          state.job = nullptr;
          state.outside = std::move(state.outside).resume();
        }
        return std::move(state.outside);
      });
}

Fiber::~Fiber() = default;

void Fiber::begin(const std::function<void()>& job) {
  state_->job = &job;
  go_on();
}

void Fiber::go_on() { state_->inside = std::move(state_->inside).resume(); }

bool Fiber::is_free() const { return state_->job == nullptr; }

void Fiber::stop() { state_->outside = std::move(state_->outside).resume(); }

const char* Fiber::stack_begin() const { return stack_end() - state_->stack.size; }
const char* Fiber::stack_end() const { return static_cast<const char*>(state_->stack.sp); }

}  // namespace autoglm::emulation
