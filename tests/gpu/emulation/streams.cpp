#include "tests/gpu/emulation/streams.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <random>
#include <set>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"

namespace autoglm::emulation {
namespace {

/// A stream does not grow beyond this; what is at its front runs then.
constexpr std::size_t kMostWaiting = 4096;

struct Operation {
  std::string what{};
  Actor actor{};
  std::function<void(const Actor&)> work{};
  Clock after{};  // of other streams: what must have run first
};

/// The order of a stream outlives it: a place that is free again goes on counting.
struct Queue {
  std::unique_ptr<int> handle{};
  std::deque<Operation> waiting{};
  std::uint32_t submitted = 0;
  std::uint32_t run = 0;
  Clock last{};   // of the last operation submitted, itself included
  Clock after{};  // what events let the next one wait for
};

struct Event {
  unsigned stream = 0;
  Clock clock{};  // of what it stands behind
};

std::array<Queue, kMostStreams> queues;
std::set<const void*> events;
Clock host;  // what the host has waited for

std::mt19937_64& draw() {
  static std::mt19937_64 made(settings().seed);
  return made;
}

unsigned place_of(cudaStream_t stream) {
  for (unsigned i = 0; i < kMostStreams; ++i) {
    if (queues[i].handle != nullptr &&
        static_cast<void*>(queues[i].handle.get()) == static_cast<void*>(stream)) {
      return i;
    }
  }
  return kMostStreams;
}

/// Runs the stream's operations up to and with `sequence`, and those of other streams before them.
void run_until(unsigned place, std::uint32_t sequence) {
  Queue& queue = queues[place];
  while (queue.run < sequence && !queue.waiting.empty()) {
    const Operation operation = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    for (unsigned other = 0; other < kMostStreams; ++other) {
      if (other != place) {
        run_until(other, operation.after.done[other]);
      }
    }
    if (!broken()) {
      const DeviceAccess allowed;
      operation.work(operation.actor);
    }
    queue.run = operation.actor.sequence;
  }
}

void wait_until(unsigned place, const Clock& clock) {
  run_until(place, clock.done[place]);
  host.join(clock);
}

Event& event_of(cudaEvent_t event) { return *reinterpret_cast<Event*>(event); }

}  // namespace

cudaStream_t make_stream() {
  for (Queue& queue : queues) {
    if (queue.handle == nullptr) {
      queue.handle = std::make_unique<int>(0);
      count_live(1);
      return reinterpret_cast<cudaStream_t>(queue.handle.get());
    }
  }
  return nullptr;
}

bool is_stream(cudaStream_t stream) { return place_of(stream) < kMostStreams; }

void end_stream(cudaStream_t stream) {
  wait_for(stream);
  queues[place_of(stream)].handle.reset();
  count_live(-1);
}

Clock submit(cudaStream_t stream, std::string what, std::function<void(const Actor&)> work) {
  const unsigned place = place_of(stream);
  Queue& queue = queues[place];
  Operation operation{.what = std::move(what), .work = std::move(work), .after = queue.after};
  queue.after = {};
  operation.actor = {.stream = place, .sequence = ++queue.submitted, .before = queue.last};
  operation.actor.before.join(operation.after);
  operation.actor.before.join(host);
  queue.last = operation.actor.before;
  queue.last.done[place] = queue.submitted;
  queue.waiting.push_back(std::move(operation));
  if (queue.waiting.size() > kMostWaiting || settings().streams == Settings::Streams::eager ||
      (settings().streams == Settings::Streams::random && draw()() % 3 == 0)) {
    run_until(place, queue.waiting.front().actor.sequence);
  }
  Clock own;
  own.done[place] = queue.submitted;
  return own;
}

bool was_waited_for(const Clock& clock) {
  return std::equal(clock.done.begin(), clock.done.end(), host.done.begin(),
                    [](std::uint32_t wanted, std::uint32_t done) { return wanted <= done; });
}

void wait_for(cudaStream_t stream) {
  ++control().waits;
  const unsigned place = place_of(stream);
  wait_until(place, queues[place].last);
}

void wait_for_all() {
  ++control().waits;
  for (unsigned place = 0; place < kMostStreams; ++place) {
    wait_until(place, queues[place].last);
  }
}

std::uint64_t pending() {
  std::uint64_t sum = 0;
  for (const Queue& queue : queues) {
    sum += queue.waiting.size();
  }
  return sum;
}

cudaEvent_t make_event() {
  auto made = std::make_unique<Event>();
  events.insert(made.get());
  count_live(1);
  return reinterpret_cast<cudaEvent_t>(made.release());
}

bool is_event(cudaEvent_t event) { return events.count(event) > 0; }

void end_event(cudaEvent_t event) {
  events.erase(event);
  count_live(-1);
  const std::unique_ptr<Event> ended(&event_of(event));
}

void record(cudaEvent_t event, cudaStream_t stream) {
  const unsigned place = place_of(stream);
  event_of(event) = {place, queues[place].last};
}

void let_wait(cudaStream_t stream, cudaEvent_t event) {
  queues[place_of(stream)].after.join(event_of(event).clock);
}

void wait_for(cudaEvent_t event) {
  ++control().event_waits;
  wait_until(event_of(event).stream, event_of(event).clock);
}

}  // namespace autoglm::emulation
