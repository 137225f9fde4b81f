#include "system/overlapped_pipe.hpp"

#include <atomic>

namespace akqueue::system {
namespace {

constexpr DWORD kBuffer = 256 << 10;

}  // namespace

void OverlappedPipe::begin_read(char* bytes, std::size_t size) {
  operation_ = {};
  operation_.hEvent = event_.get();
  begun(::ReadFile(pipe_.get(), bytes, static_cast<DWORD>(size), nullptr, &operation_) != 0);
}

void OverlappedPipe::begin_write(const char* bytes, std::size_t size) {
  operation_ = {};
  operation_.hEvent = event_.get();
  begun(::WriteFile(pipe_.get(), bytes, static_cast<DWORD>(size), nullptr, &operation_) != 0);
}

/// An operation that ended at once has also set the event. One that failed to begin is reported by result().
void OverlappedPipe::begun(bool ended_at_once) {
  busy_ = true;
  if (ended_at_once || ::GetLastError() == ERROR_IO_PENDING) return;
  pipe_.close();
  ::SetEvent(event_.get());
}

std::optional<std::size_t> OverlappedPipe::result() {
  busy_ = false;
  DWORD count = 0;
  if (!pipe_ || ::GetOverlappedResult(pipe_.get(), &operation_, &count, FALSE) == 0) return std::nullopt;
  return count;
}

void OverlappedPipe::close() {
  if (busy_ && pipe_) {
    // Until the operation has ended, the system writes into it and into the bytes.
    DWORD ignored = 0;
    ::CancelIoEx(pipe_.get(), &operation_);
    ::GetOverlappedResult(pipe_.get(), &operation_, &ignored, TRUE);
  }
  busy_ = false;
  pipe_.close();
}

OverlappedPipe::Ends make_pipe(OverlappedPipe::Direction direction) {
  // Only named pipes allow waiting without blocking. Nobody else gets in: the only instance is taken at once.
  static std::atomic<unsigned> made{0};
  const std::wstring name =
      L"\\\\.\\pipe\\akqueue-" + std::to_wstring(::GetCurrentProcessId()) + L"-" + std::to_wstring(made.fetch_add(1));
  const bool to_child = direction == OverlappedPipe::Direction::to_child;
  const DWORD access =
      (to_child ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE;
  PrivateToUser only;
  Handle ours(::CreateNamedPipeW(name.c_str(), access,
                                 PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                                 kBuffer, kBuffer, 0, only.attributes()));
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  Handle childs(
      ::CreateFileW(name.c_str(), to_child ? GENERIC_READ : GENERIC_WRITE, 0, &inheritable, OPEN_EXISTING, 0, nullptr));
  if (!ours || !childs) return {};
  return {std::move(ours), std::move(childs)};
}

}  // namespace akqueue::system
