// Replaces the global allocation functions of this test program by ones that count.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "cli/load.h"

namespace {

std::atomic<long> allocation_count{0};

void* counted(std::size_t size) {
  ++allocation_count;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocation_count;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t& nothrow) noexcept {
  return operator new(size, nothrow);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace vippl {

TEST_CASE("evaluating a model allocates nothing once its buffers are there") {
  struct Case {
    const char* folder;
    const char* script;
    const char* data;
  };
  const Case cases[] = {{"wine", "wine.vi", "wine.csv"},
                        {"eight_schools", "centered.vi", "schools.json"},
                        {"logistic", "cancer.vi", "breast_cancer.csv"},
                        {"posteriordb", "hudson_lynx_hare-lotka_volterra.vi",
                         "data/hudson_lynx_hare-lotka_volterra.json"},
                        {"posteriordb", "low_dim_gauss_mix-low_dim_gauss_mix.vi",
                         "data/low_dim_gauss_mix-low_dim_gauss_mix.json"},
                        {"posteriordb", "bball_drive_event_0-hmm_drive_0.vi",
                         "data/bball_drive_event_0-hmm_drive_0.json"}};
  for (const Case& c : cases) {
    const std::string folder = std::string(VIPPL_SOURCE_DIR) + "/examples/" + c.folder + "/";
    CAPTURE(folder);
    const auto loaded = cli::load_model(folder + c.script, {folder + c.data}, {});
    const runtime::Model& model = *loaded.model;
    for (const Eigen::Index points : {1, 8, 11}) {
      const auto workspace = model.make_workspace();
      const runtime::Points z = runtime::Points::Constant(points, model.dimension(), 0.1);
      runtime::Points gradients(points, model.dimension());
      runtime::LogDensities values(points);
      model.evaluate(z, {}, *workspace, values, gradients);
      const long before = allocation_count;
      model.evaluate(z, {}, *workspace, values, gradients);
      model.evaluate(z, {}, *workspace, values);
      CHECK(allocation_count == before);
    }
  }
}

}  // namespace vippl
