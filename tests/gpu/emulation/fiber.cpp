#include "tests/gpu/emulation/fiber.h"

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <utility>

#include "tests/gpu/emulation/sanitizer.h"

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
  WatchedStack inner{};
  WatchedStack outer{};
  const std::function<void()>* job = nullptr;

  void enter(bool begins) {
    sanitizer().leave(outer, inner, begins);
    inside = std::move(inside).resume();
    sanitizer().arrive(outer, inner);
  }
  void leave() {
    sanitizer().leave(inner, outer, false);
    outside = std::move(outside).resume();
    sanitizer().arrive(inner, outer);
  }
};

Fiber::Fiber() : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.inside =
      context::fiber(std::allocator_arg, Stack(state.stack), [&state](context::fiber&& outside) {
        state.outside = std::move(outside);
        sanitizer().arrive(state.inner, state.outer);
        for (;;) {
          (*state.job)();
          state.job = nullptr;
          state.leave();
        }
        return std::move(state.outside);
      });
  state.inner = {.begin = stack_begin(), .bytes = state.stack.size};
  sanitizer().meet(state.inner);
}

Fiber::~Fiber() = default;

void Fiber::begin(const std::function<void()>& job) {
  state_->job = &job;
  state_->enter(true);
}

void Fiber::go_on() { state_->enter(false); }

bool Fiber::is_free() const { return state_->job == nullptr; }

void Fiber::stop() { state_->leave(); }

const char* Fiber::stack_begin() const { return stack_end() - state_->stack.size; }
const char* Fiber::stack_end() const { return static_cast<const char*>(state_->stack.sp); }

}  // namespace autoglm::emulation
