// Ctrl-C, counted. A command that only looks ends at the first; one that deletes takes the first as "end after this
// batch" and the second as "end at once".
#pragma once

#include <functional>
#include <utility>

namespace akqueue::system {

/// Abstract so that tests can interrupt at a chosen moment.
class Interrupts {
 public:
  virtual ~Interrupts() = default;

  /// How many times SIGINT, SIGTERM or SIGHUP has come so far.
  virtual int count() const = 0;

  /// Whether to drop everything now. Throws nothing; called several times a second while something is waiting.
  bool at_once() const { return count() - forgotten_ > patience_ || (cut_ && cut_()); }
  /// Whether to end at the next good place.
  bool requested() const { return count() > forgotten_; }

  /// While one exists, the first interrupt is only a request.
  class Grace {
   public:
    explicit Grace(Interrupts& interrupts) : interrupts_(interrupts) { ++interrupts_.patience_; }
    ~Grace() { --interrupts_.patience_; }
    Grace(const Grace&) = delete;
    Grace& operator=(const Grace&) = delete;

   private:
    Interrupts& interrupts_;
  };

  /// While one exists, `cut` also makes waiting code drop everything: a deadline has passed, a key was typed. It is
  /// called in the waiting thread, several times a second.
  class Cut {
   public:
    Cut(Interrupts& interrupts, std::function<bool()> cut)
        : interrupts_(interrupts), before_(std::exchange(interrupts.cut_, std::move(cut))) {}
    ~Cut() { interrupts_.cut_ = std::move(before_); }
    Cut(const Cut&) = delete;
    Cut& operator=(const Cut&) = delete;

   private:
    Interrupts& interrupts_;
    std::function<bool()> before_;
  };

  /// While one exists, earlier interrupts are forgotten: what cleans up after an interrupt can itself be interrupted.
  class Afresh {
   public:
    explicit Afresh(Interrupts& interrupts) : interrupts_(interrupts), before_(interrupts.forgotten_) {
      interrupts_.forgotten_ = interrupts.count();
    }
    ~Afresh() { interrupts_.forgotten_ = before_; }
    Afresh(const Afresh&) = delete;
    Afresh& operator=(const Afresh&) = delete;

   private:
    Interrupts& interrupts_;
    int before_;
  };

 private:
  int patience_ = 0;
  int forgotten_ = 0;
  std::function<bool()> cut_;
};

/// The process's own signals, from its construction on.
class SignalInterrupts final : public Interrupts {
 public:
  SignalInterrupts();
  int count() const override;
};

}  // namespace akqueue::system
