#include "replica/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace akqueue::sim {
namespace {

using Steady = std::chrono::steady_clock;

/// SQLite's codes that are precise enough by themselves.
struct CodeState {
  int code;
  std::string_view sqlstate;
};
constexpr CodeState kCodes[] = {
    {SQLITE_CONSTRAINT_NOTNULL, "23502"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503"},
    {SQLITE_CONSTRAINT_UNIQUE, "23505"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "23505"},
    {SQLITE_CONSTRAINT_ROWID, "23505"},
    {SQLITE_CONSTRAINT_CHECK, "23514"},
    {SQLITE_READONLY, "25006"},
    {SQLITE_BUSY, "55P03"},
    {SQLITE_LOCKED, "55P03"},
    {SQLITE_INTERRUPT, "57014"},
    {SQLITE_MISMATCH, "22P02"},
    {SQLITE_TOOBIG, "54000"},
    {SQLITE_RANGE, "08P01"},
    {SQLITE_NOMEM, "53200"},
    {SQLITE_FULL, "53100"},
    {SQLITE_IOERR, "58030"},
    {SQLITE_CORRUPT, "XX001"},
    {SQLITE_NOTADB, "XX001"},
    {SQLITE_AUTH, "42501"},
};

/// If the code is only "error", the text says which.
struct TextState {
  std::string_view text;
  std::string_view sqlstate;
};
constexpr TextState kTexts[] = {
    {"no such table", "42P01"},         {"no such view", "42P01"},        {"no such column", "42703"},
    {"has no column named", "42703"},   {"syntax error", "42601"},        {"incomplete input", "42601"},
    {"unrecognized token", "42601"},    {"values for", "42601"},          {"values were supplied", "42601"},
    {"ambiguous column", "42702"},      {"no such function", "42883"},    {"wrong number of arguments", "42883"},
    {"already exists", "42P07"},        {"misuse of aggregate", "42803"}, {"malformed JSON", "22P02"},
    {"JSON cannot hold BLOB", "22P02"}, {"integer overflow", "22003"},
};

std::string_view sqlstate_of(int extended, std::string_view message) {
  for (const int code : {extended, extended & 0xff}) {
    const auto* const known = std::ranges::find(kCodes, code, &CodeState::code);
    if (known != std::end(kCodes)) return known->sqlstate;
  }
  const auto* const known = std::ranges::find_if(
      kTexts, [&](const TextState& row) { return message.find(row.text) != std::string_view::npos; });
  return known == std::end(kTexts) ? "XX000" : known->sqlstate;
}

SqlValue value_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_value_int64(value)};
    case SQLITE_FLOAT: return sqlite3_value_double(value);
    case SQLITE_TEXT:
      return std::string(reinterpret_cast<const char*>(sqlite3_value_text(value)),
                         static_cast<std::size_t>(sqlite3_value_bytes(value)));
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      return Blob{bytes == nullptr ? "" : std::string(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)))};
    }
    default: return std::monostate();
  }
}

void give_result(sqlite3_context* context, const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return sqlite3_result_int64(context, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_result_double(context, *real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_result_text64(context, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_result_blob64(context, blob->bytes.data(), blob->bytes.size(), SQLITE_TRANSIENT);
  }
  sqlite3_result_null(context);
}

}  // namespace

Error sql_error(std::string_view sqlstate, const std::string& message) {
  std::string line = message;
  std::ranges::replace(line, '\n', ' ');
  Error error(ErrorCode::sql, line);
  error.with_sqlstate(std::string(sqlstate));
  return error;
}

/// The context of SQLite's callbacks; it must not move.
struct Database::Hooks {
  struct Added {
    Hooks* hooks;
    Function function;
  };

  Limits limits;
  Steady::time_point started = Steady::now();
  std::function<bool()> cancelled;
  bool timed_out = false;
  std::optional<Error> thrown;  ///< by a function, until the statement fails with it
  std::vector<std::unique_ptr<Added>> functions;

  bool out_of_time() {
    if (limits.statement && Steady::now() - started > *limits.statement) timed_out = true;
    return timed_out;
  }

  static int progress(void* self) {
    auto& hooks = *static_cast<Hooks*>(self);
    return hooks.out_of_time() || (hooks.cancelled && hooks.cancelled()) ? 1 : 0;
  }

  /// Another connection is writing: try again after a moment, until a limit is reached.
  static int busy(void* self, int) {
    auto& hooks = *static_cast<Hooks*>(self);
    const auto waited = Steady::now() - hooks.started;
    if (hooks.limits.lock && waited > *hooks.limits.lock) return 0;
    if (progress(self) != 0) return 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return 1;
  }

  static void call(sqlite3_context* context, int count, sqlite3_value** values) {
    auto& added = *static_cast<Added*>(sqlite3_user_data(context));
    try {
      std::vector<SqlValue> arguments;
      for (int i = 0; i < count; ++i) arguments.push_back(value_of(values[i]));
      give_result(context, added.function(arguments));
    } catch (const Error& error) {
      added.hooks->thrown = error;
      sqlite3_result_error(context, error.what(), -1);
    }
  }
};

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(const std::string& path, Open how) : hooks_(std::make_unique<Hooks>()) {
  sqlite3* opened = nullptr;
  // One thread uses it, and nobody asks SQLite for its memory: together a tenth of the time of a million rows. (Once
  // SQLite has begun, this changes nothing.)
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (how == Open::create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) {
    throw Error(ErrorCode::system,
                "can't open " + path + ": " + (opened == nullptr ? "out of memory" : sqlite3_errmsg(opened)));
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_busy_handler(opened, &Hooks::busy, hooks_.get());
  sqlite3_progress_handler(opened, 4000, &Hooks::progress, hooks_.get());
  set_schema("public");
  run("PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON");
}

Database::~Database() = default;

void Database::fail(int code) {
  if (hooks_->thrown) {
    const Error error = *std::exchange(hooks_->thrown, std::nullopt);
    throw error;
  }
  if (std::exchange(hooks_->timed_out, false)) throw sql_error("57014", "canceling statement due to statement timeout");
  const std::string message = sqlite3_errmsg(database_.get());
  const std::string_view state = sqlstate_of(code, message);
  if (state == "57014") throw sql_error(state, "canceling statement due to user request");
  if (state == "55P03") throw sql_error(state, "canceling statement due to lock timeout");
  if (state == "25006") throw sql_error(state, "cannot write in a read-only transaction");
  throw sql_error(state, message);
}

void Database::set_schema(const std::string& name) {
  schema_ = name;
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_MAINDBNAME, schema_.c_str());
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, &rest);
  Statement prepared(*this, statement);
  if (code != SQLITE_OK) fail(code);
  if (statement == nullptr) throw sql_error("42601", "the text has no statement in it");
  sqlite3_stmt* second = nullptr;
  const auto behind = static_cast<int>(sql.data() + sql.size() - rest);
  const int more = sqlite3_prepare_v2(database_.get(), rest, behind, &second, nullptr);
  const bool another = second != nullptr;
  sqlite3_finalize(second);
  if (more != SQLITE_OK || another) {
    throw sql_error("42601", "cannot insert multiple commands into a prepared statement");
  }
  return prepared;
}

void Database::run(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::optional<std::string> Database::text_of(std::string_view sql, std::span<const SqlValue> params) {
  Statement statement = prepare(sql);
  for (std::size_t i = 0; i < params.size(); ++i) statement.bind(static_cast<int>(i) + 1, params[i]);
  if (!statement.step() || statement.kind(0) == SqlKind::null) return std::nullopt;
  return std::string(statement.text(0));
}

std::int64_t Database::integer_of(std::string_view sql, std::span<const SqlValue> params) {
  Statement statement = prepare(sql);
  for (std::size_t i = 0; i < params.size(); ++i) statement.bind(static_cast<int>(i) + 1, params[i]);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }
std::int64_t Database::total_changes() const { return sqlite3_total_changes64(database_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

void Database::add_function(const std::string& name, int arguments, Function function) {
  hooks_->functions.push_back(std::make_unique<Hooks::Added>(Hooks::Added{hooks_.get(), std::move(function)}));
  const int code = sqlite3_create_function_v2(database_.get(), name.c_str(), arguments, SQLITE_UTF8 | SQLITE_INNOCUOUS,
                                              hooks_->functions.back().get(), &Hooks::call, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void Database::set_limits(const Limits& limits) { hooks_->limits = limits; }
void Database::start_statement() {
  hooks_->started = Steady::now();
  hooks_->timed_out = false;
}
void Database::set_cancelled(std::function<bool()> cancelled) { hooks_->cancelled = std::move(cancelled); }

void Statement::check(int code) {
  if (code != SQLITE_OK) database_->fail(code);
}

int Statement::parameter_count() const { return sqlite3_bind_parameter_count(statement_.get()); }

std::string Statement::parameter_name(int parameter) const {
  const char* name = sqlite3_bind_parameter_name(statement_.get(), parameter);
  return name == nullptr ? "" : name;
}

Statement& Statement::bind(int parameter, const SqlValue& value) {
  sqlite3_stmt* statement = statement_.get();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    check(sqlite3_bind_int64(statement, parameter, *integer));
  } else if (const auto* real = std::get_if<double>(&value)) {
    check(sqlite3_bind_double(statement, parameter, *real));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    check(sqlite3_bind_text64(statement, parameter, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    check(sqlite3_bind_blob64(statement, parameter, blob->bytes.data(), blob->bytes.size(), SQLITE_TRANSIENT));
  } else {
    check(sqlite3_bind_null(statement, parameter));
  }
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

Statement& Statement::bind_integer(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view value) {
  // A null pointer would bind NULL; an empty bytea is something else.
  check(
      sqlite3_bind_blob64(statement_.get(), parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  database_->fail(code);
}

void Statement::run() {
  while (step()) {}
  reset();
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

int Statement::column_count() const { return sqlite3_column_count(statement_.get()); }

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_.get(), column);
  return name == nullptr ? "" : name;
}

std::string_view Statement::declared_type(int column) const {
  const char* type = sqlite3_column_decltype(statement_.get(), column);
  return type == nullptr ? std::string_view() : type;
}

SqlKind Statement::kind(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER: return SqlKind::integer;
    case SQLITE_FLOAT: return SqlKind::real;
    case SQLITE_TEXT: return SqlKind::text;
    case SQLITE_BLOB: return SqlKind::blob;
    default: return SqlKind::null;
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = kind(column) == SqlKind::blob
                          ? static_cast<const char*>(sqlite3_column_blob(statement_.get(), column))
                          : reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

}  // namespace akqueue::sim
