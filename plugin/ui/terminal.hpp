// Where a command's words go: results to standard output, everything else to standard error.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "system/interrupts.hpp"
#include "ui/table_style.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {

/// Whoever read our output has gone, as in `… | head`. Ends the command quietly.
struct OutputClosed {};

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool operator==(const TerminalSize&) const = default;
};

/// The whole terminal while one lives: its own screen, keys as they are typed and not shown. Afterwards everything is
/// as it was, whatever ends its life; and while the program is stopped by Ctrl-Z as well.
class FullScreen {
 public:
  virtual ~FullScreen() = default;

  virtual void write(const Text& text) = 0;
  /// What was typed, after at most `patience`; empty for nothing.
  virtual std::string typed(std::chrono::milliseconds patience) = 0;
  virtual TerminalSize size() const = 0;
  /// True once after something else may stand on the screen: at the beginning, and after a stop.
  virtual bool disturbed() = 0;
};

/// Abstract so that tests can be the person. It takes Text alone: whatever else is printed is escaped by becoming one.
class Terminal {
 public:
  virtual ~Terminal() = default;

  /// Results. Throws OutputClosed.
  virtual void out(const Text& text) = 0;
  /// Progress, questions, notices, errors.
  virtual void err(const Text& text) = 0;
  virtual bool out_is_terminal() const = 0;
  virtual bool err_is_terminal() const = 0;
  virtual bool in_is_terminal() const = 0;
  /// Columns of standard output; 80 where it is not a terminal.
  virtual std::size_t width() const = 0;
  /// Whether colours are wanted on standard error.
  virtual bool colours() const = 0;
  /// A line typed by the person; nothing at the end of input or on Ctrl-C.
  virtual std::optional<std::string> read_line() = 0;
  /// The whole of it for a program that draws; null where standard input or output is none, or it can't place text.
  virtual std::unique_ptr<FullScreen> take_over() { return nullptr; }

  /// How whoever draws a table here draws it.
  const TableStyle& tables() const { return tables_; }
  void draw_tables(TableStyle style) { tables_ = std::move(style); }

  /// While one lives, something stands on the screen that a line in between would spoil.
  class Drawing {
   public:
    explicit Drawing(Terminal& terminal) : terminal_(terminal) { ++terminal_.drawings_; }
    ~Drawing() { --terminal_.drawings_; }
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;

   private:
    Terminal& terminal_;
  };
  bool is_drawn_on() const { return drawings_ > 0; }

  /// `text` in a colour where that is wanted.
  Text warning(const Text& text) const { return coloured("\x1b[33m", text); }
  Text failure(const Text& text) const { return coloured("\x1b[31m", text); }
  Text strong(const Text& text) const { return coloured("\x1b[1m", text); }

 private:
  int drawings_ = 0;
  TableStyle tables_;
  Text coloured(const Text& start, const Text& text) const { return colours() ? start + text + "\x1b[0m" : text; }
};

/// The process's own three streams. On Windows a console that does not know terminals' sequences counts as none, so
/// that what is shown there is plain lines.
class SystemTerminal final : public Terminal {
 public:
  explicit SystemTerminal(const system::Interrupts& interrupts);
  ~SystemTerminal() override;

  void out(const Text& text) override;
  void err(const Text& text) override;
  bool out_is_terminal() const override;
  bool err_is_terminal() const override;
  bool in_is_terminal() const override;
  std::size_t width() const override;
  bool colours() const override;
  std::optional<std::string> read_line() override;
  std::unique_ptr<FullScreen> take_over() override;

 private:
  const system::Interrupts& interrupts_;
  /// What the streams' terminals were set to, given back in the end. Where that needs nothing, null.
  struct Modes;
  std::unique_ptr<Modes> modes_;
};

}  // namespace akqueue::ui
