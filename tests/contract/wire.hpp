// The protocol itself, line by line: for what the plugin's Session never sends or does not hand on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "peer.hpp"

namespace akqueue::contract {

/// A whole answer: its rows as they came, without their tags, the bytes of its frames, and the object that ended it.
struct Reply {
  std::vector<std::string> lines;
  std::vector<std::string> frames;
  ForeignJson object;
  bool failed = false;

  /// `sql 42601`, `state`; empty for an answer that is not a failure.
  std::string failure() const;
  /// The rows of a query.
  std::vector<ForeignJson> rows() const;
  /// Those of a copy of one column.
  std::vector<std::string> texts() const;
};

/// A row of one column.
std::string tuple_of(std::string_view text);

class Wire {
 public:
  /// A peer that has greeted and said its hello.
  explicit Wire(Peer& peer);

  Reply ask(const ForeignJson& request);
  /// Several in one piece, and their answers.
  std::vector<Reply> ask_together(const std::vector<ForeignJson>& requests);
  Reply ask_line(std::string_view line);
  Reply query(const std::string& sql, const ForeignJson& params = ForeignJson::array());
  Reply execute(const std::string& sql, const ForeignJson& params = ForeignJson::array());
  /// A row of one column for each text, all in one frame.
  Reply copy_in(const std::string& table, const std::vector<std::string>& texts);
  /// Frames as they are, each with the sum that it should have.
  Reply copy_frames(const std::string& table, const std::vector<std::string>& frames);
  /// Anything, and the answer to it.
  Reply tell(const std::string& bytes);
  void begin(bool read_only = false);

  /// Ends its input and waits for its end. The exit status.
  int hang_up();

 private:
  Reply read_reply();
  std::unique_ptr<system::Process> process_;
};

}  // namespace akqueue::contract
