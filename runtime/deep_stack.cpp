#include "runtime/deep_stack.h"

#include <pthread.h>

#include <exception>
#include <new>

namespace vippl::runtime {

namespace {

// 10 000 calls of a script's function, at up to 100 kB each in an instrumented build. Address space
// only: pages are taken as they are touched.
constexpr std::size_t stack_size = std::size_t{1} << 30;

struct Task {
  const std::function<void()>* body;
  std::exception_ptr failure;
};

void* run(void* argument) {
  auto* task = static_cast<Task*>(argument);
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

}  // namespace vippl::runtime
