// Writes Python pickles (protocol 4) of plain values, as `pickle.dumps` of Python 3.8 to 3.13 does: the messages of
// Dramatiq's PickleEncoder and the arguments of schedules. Source: Python's Lib/pickletools.py.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::sim {

/// Values one after another, in the order in which Python's pickler writes them.
class Pickle {
 public:
  Pickle& none();
  Pickle& boolean(bool value);
  Pickle& integer(std::int64_t value);
  Pickle& real(double value);
  Pickle& text(std::string_view value);
  /// A `uuid.UUID`, from its 36 characters.
  Pickle& uuid(std::string_view value);
  /// The items of a tuple are written between begin_tuple and end_tuple.
  Pickle& begin_tuple(std::size_t size);
  Pickle& end_tuple(std::size_t size);
  /// The keys and values of a dict are written between begin_dict and end_dict, in turn.
  Pickle& begin_dict(std::size_t size);
  Pickle& end_dict(std::size_t size);
  /// Any of the above from JSON: arrays are tuples, objects are dicts, {"uuid": "…"} is a UUID.
  Pickle& value(const Json& json);

  /// A piece written earlier by another Pickle. Pieces refer to nothing outside themselves.
  Pickle& piece(std::string_view body) {
    body_ += body;
    return *this;
  }
  const std::string& body() const { return body_; }

  /// The finished pickle.
  std::string bytes() const;

 private:
  void number(std::uint64_t value, int bytes);

  std::string body_;
};

}  // namespace akqueue::sim
