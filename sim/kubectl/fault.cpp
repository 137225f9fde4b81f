#include "kubectl/fault.hpp"

#include <algorithm>
#include <charconv>

#include "akqueue/json_depth.hpp"

namespace akqueue::sim {
namespace {

struct FaultRow {
  std::string_view name;
  FaultKind kind;
};
constexpr FaultRow kFaults[] = {
    {"", FaultKind::none},
    {"banner", FaultKind::banner},
    {"silent", FaultKind::silent},
    {"wrong-version", FaultKind::wrong_version},
    {"rubbish", FaultKind::rubbish},
    {"cut-after", FaultKind::cut},
    {"stall", FaultKind::stall},
    {"no-python", FaultKind::no_python},
    {"no-interpreter", FaultKind::no_interpreter},
    {"no-authentik", FaultKind::hello},
    {"config", FaultKind::hello},
    {"connect", FaultKind::hello},
    {"no-tables", FaultKind::no_tables},
    {"no-upgrade", FaultKind::no_upgrade},
};

std::string hello_error(const std::string& code) {
  if (code == "no-authentik") return R"(! {"code":"no-authentik","message":"No module named 'authentik'"})";
  if (code == "config")
    return R"(! {"code":"config","message":"[Errno 13] Permission denied: '/run/secrets/postgresql'"})";
  return R"(! {"code":"connect","message":"connection failed: connection to server at \"10.96.0.20\",)"
         R"( port 5432 failed: Connection refused"})";
}

bool asks_for(std::string_view line, std::string_view op) {
  const auto request = parse_foreign<ForeignJson>(line);
  return request.is_object() && request.value("op", std::string()) == op;
}

}  // namespace

Fault parse_fault(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto* known = std::ranges::find(kFaults, name, &FaultRow::name);
  if (known == std::end(kFaults)) {
    std::string list;
    for (const FaultRow& row : kFaults) list += (list.empty() ? "" : ", ") + std::string(row.name);
    throw Error(ErrorCode::usage, "AKQUEUE_SIM_FAULT: there is no fault '" + std::string(text) + "'",
                "there are " + list);
  }
  Fault fault{known->kind, std::string(name), 0};
  if (fault.kind == FaultKind::cut) {
    const std::string_view number = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), fault.lines);
    if (failure != std::errc() || end != number.data() + number.size() || fault.lines < 0) {
      throw Error(ErrorCode::usage, "AKQUEUE_SIM_FAULT: cut-after needs a number of lines, like cut-after=3");
    }
  }
  return fault;
}

bool FaultyServer::handle(std::string_view line, const ReplicaServer::Writer& write) {
  ++requests_;
  switch (fault_.kind) {
    case FaultKind::hello: write.line(hello_error(fault_.code)); return true;
    case FaultKind::rubbish:
      if (requests_ != 2) break;
      write.line("Segmentation fault (core dumped)");
      return true;
    case FaultKind::stall:
      if (requests_ < 2) break;
      return true;
    case FaultKind::no_tables:
      if (!asks_for(line, "introspect")) break;
      write.line(R"(= {"tables":[],"references":[]})");
      return true;
    case FaultKind::cut: return cut(line, write);
    default: break;
  }
  return server_.handle(line, write);
}

bool FaultyServer::cut(std::string_view line, const ReplicaServer::Writer& write) {
  const auto until = [&](const ReplicaServer::Write& whole) {
    return [&](std::string_view piece) {
      if (killed_) return;
      if (lines_++ < fault_.lines) return whole(piece);
      write.bytes(piece.substr(0, piece.size() / 2));
      killed_ = true;
    };
  };
  const bool more = server_.handle(line, {until(write.line), until(write.bytes)});
  return more && !killed_;
}

}  // namespace akqueue::sim
