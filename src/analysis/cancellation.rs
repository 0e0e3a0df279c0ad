//! Bounds from outside: whoever asks for long work says how long it may go on.

/// Asked every few milliseconds whether work may go on: a bound on time, or Ctrl-C, says no. What was found until then
/// stands.
pub type ShouldContinue<'a> = &'a (dyn Fn() -> bool + Sync);

/// Work without a bound of its own.
pub fn without_bound() -> bool {
    true
}
