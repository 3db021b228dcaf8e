#include "runtime/deep_stack.h"

#include <pthread.h>

#include <exception>
#include <new>

namespace vippl::runtime {

namespace {

// 10 000 calls of a script's function take some 20 MB. Address space only: pages are taken as they
// are touched.
constexpr std::size_t stack_size = std::size_t{1} << 30;

// What may be used of it. The address sanitizer cleans up at most 64 MB of a stack when an
// exception passes, and reports errors that are none beyond that.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t usable_size = std::size_t{48} << 20;
#else
constexpr std::size_t usable_size = stack_size - (std::size_t{16} << 20);
#endif

// Where the stack of this thread begins; it grows downwards.
thread_local const char* stack_begin = nullptr;

struct Task {
  const std::function<void()>* body;
  std::exception_ptr failure;
};

void* run(void* argument) {
  auto* task = static_cast<Task*>(argument);
  const char here = 0;
  stack_begin = &here;
  try {
    (*task->body)();
  } catch (...) {
    task->failure = std::current_exception();
  }
  return nullptr;
}

}  // namespace

void run_on_deep_stack(const std::function<void()>& body) {
  Task task{&body, nullptr};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  pthread_t thread{};
  const int status = pthread_create(&thread, &attributes, &run, &task);
  pthread_attr_destroy(&attributes);
  if (status != 0) throw std::bad_alloc();
  pthread_join(thread, nullptr);
  if (task.failure) std::rethrow_exception(task.failure);
}

bool is_deep_stack_used_up() {
  const char here = 0;
  return stack_begin != nullptr && static_cast<std::size_t>(stack_begin - &here) > usable_size;
}

}  // namespace vippl::runtime
