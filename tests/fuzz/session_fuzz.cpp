// The plugin's side of the protocol: whatever lines a peer answers with.
#include "fuzz.hpp"
#include "session/session.hpp"

using namespace akqueue;

namespace {

class FuzzedPeer final : public session::Channel {
 public:
  explicit FuzzedPeer(std::string_view text) : lines_(fuzz::lines_of(text)) {}
  void send(std::string_view) override {}
  std::optional<std::string_view> receive(std::chrono::milliseconds) override {
    if (next_ == lines_.size()) return std::nullopt;
    return lines_[next_++];
  }
  std::optional<std::string_view> receive_bytes(std::size_t count, std::chrono::milliseconds) override {
    if (next_ == lines_.size() || lines_[next_].size() != count) return std::nullopt;
    return lines_[next_++];
  }
  Ending ending() override { return {137, "killed"}; }

 private:
  std::vector<std::string> lines_;
  std::size_t next_ = 0;
};

struct CountingSink final : session::RowSink {
  void rows(std::string_view tuples) override { bytes += tuples.size(); }
  std::size_t bytes = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  session::Session session(std::make_unique<FuzzedPeer>(fuzz::text_of(data, size)));
  CountingSink sink;
  fuzz::refused([&] { session.hello(); });
  fuzz::refused([&] { session.introspect("authentik_tasks_task"); });
  fuzz::refused([&] { session.begin({}); });
  fuzz::refused([&] {
    session.query({"SELECT 1"}, [](const session::Value& row) {
      for (const session::Value& value : row) fuzz::refused([&] { session::integer(value); });
      for (const session::Value& value : row) fuzz::refused([&] { session::text(value); });
      for (const session::Value& value : row) fuzz::refused([&] { session::timestamp(value); });
    });
  });
  fuzz::refused([&] { session.execute({"UPDATE"}); });
  fuzz::refused([&] { session.copy_out("SELECT", sink); });
  fuzz::refused([&] {
    session.begin_copy_in("t");
    session.copy_rows("rows");
    session.end_copy_in();
  });
  fuzz::refused([&] { session.commit(); });
  return 0;
}
