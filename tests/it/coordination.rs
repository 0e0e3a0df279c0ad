//! Semaphores and locks of every sort, read-write locks, conditions, latches and barriers: who goes on when, and what is
//! said of tasks that wait for ever.

use crate::channels::told;
use crate::support::{lives, run, same};
use insta::assert_snapshot;

/// Runs a document and compares when its tasks end.
#[track_caller]
fn ends(toml: &str, expected: &str) {
    let lives = run(toml).lives();
    let is_end = |line: &&str| line.contains(" ends") || line.contains(" fails");
    same(&lives.lines().filter(is_end).collect::<Vec<_>>().join("\n"), expected, toml);
}

const GREEDY: &str = r#"
    tasks.greedy.steps = ["acquire s", "run 3s", "release s", "acquire s", "run 2s", "release s", "acquire s", "run 2s", "release s"]
    tasks.polite.steps = ["acquire s", "run 2s", "release s"]
    arrivals = [{ task = "greedy", to = "p" }, { task = "polite", to = "p", at = "1s", count = 2, every = "1s" }]"#;

#[track_caller]
fn greedy(keys: &str, expected: &str) {
    let head = format!(
        "executors.p = {{ kind = \"threads\", workers = 9 }}\nsemaphores.s = {{ permits = 1, {keys} }}\n{GREEDY}"
    );
    ends(&head, expected);
}

#[test]
fn who_finds_it_taken_waits_again_last_or_in_place_or_is_next() {
    // The greedy one barges at 3 s and at 5 s; the one woken first keeps its place, or does not.
    greedy("barging = \"requeue\"", "7 greedy#0 ends\n9 polite#0 ends\n11 polite#1 ends");
    greedy("barging = \"keep-place\"", "7 greedy#0 ends\n9 polite#0 ends\n11 polite#1 ends");
    // Go: it wins once; then the permit is handed over until nobody waits.
    greedy("barging = \"once\"", "7 polite#0 ends\n9 polite#1 ends\n11 greedy#0 ends");
    greedy("fair = true", "5 polite#0 ends\n7 polite#1 ends\n11 greedy#0 ends");
}

#[test]
fn a_large_request_at_the_head_holds_back_small_ones_until_it_gives_up() {
    let document = |keys: &str, timeout: &str| {
        format!(
            r#"
        executors.p = {{ kind = "threads", workers = 9 }}
        semaphores.s = {{ permits = 3, {keys} }}
        tasks.holder.steps = ["acquire s 2", "run 4s", "release s 2"]
        tasks.big.steps = ["run 1s", "acquire s 3{timeout}", "run 1s", "release s 3"]
        tasks.small.steps = ["run 2s", "acquire s", "run 1s", "release s"]
        arrivals = [{{ task = "holder", to = "p" }}, {{ task = "big", to = "p" }}, {{ task = "small", to = "p" }}]"#
        )
    };
    ends(&document("fair = true", ""), "4 holder#0 ends\n5 big#0 ends\n6 small#0 ends");
    // Whoever comes may barge past the waiting one.
    ends(&document("barging = \"keep-place\"", ""), "3 small#0 ends\n4 holder#0 ends\n5 big#0 ends");
    ends(&document("fair = true", " timeout 2s"), "4 holder#0 ends\n4 big#0 fails NotHolder\n4 small#0 ends");
}

#[test]
fn anybody_may_release_a_semaphore_without_owners() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        semaphores.done = { permits = 0, owned = false }
        tasks.waiter.steps = ["acquire done 2", "run 1s"]
        tasks.worker.steps = ["run 2s", "release done"]
        arrivals = [{ task = "waiter", to = "p" }, { task = "worker", to = "p", count = 2, every = "1s" }]"#,
        "0 waiter#0 starts
         0 worker#0 starts
         1 worker#1 starts
         2 worker#0 ends
         3 worker#1 ends
         4 waiter#0 ends
         4 completed",
    );
}

#[test]
fn a_reentrant_lock_is_free_after_as_many_unlocks() {
    lives(
        r#"
        runtime = "java-21"
        executors.p = { kind = "threads", workers = 9 }
        locks.l = {}
        tasks.outer.steps = ["lock l", "with l", "run 1s", "end", "run 1s", "unlock l", "run 1s"]
        tasks.other.steps = ["run 500ms", "lock l", "unlock l"]
        arrivals = [{ task = "outer", to = "p" }, { task = "other", to = "p" }]"#,
        "0 outer#0 starts
         0 other#0 starts
         2 other#0 ends
         3 outer#0 ends
         3 completed",
    );
}

/// Readers at 0 and 3 s, a writer at 1 s, another at 2 s.
fn readers_and_writers(prefer: &str) -> String {
    format!(
        r#"
        executors.p = {{ kind = "threads", workers = 9 }}
        rwlocks.w = {{ prefer = "{prefer}" }}
        tasks.r.steps = ["lock w read", "run 4s", "unlock w read"]
        tasks.w.steps = ["lock w write", "run 2s", "unlock w write"]
        arrivals = [
          {{ task = "r", to = "p" }}, {{ task = "w", to = "p", at = "1s", count = 2, every = "1s" }},
          {{ task = "r", to = "p", at = "3s" }},
        ]"#
    )
}

#[test]
fn who_goes_first_at_a_read_write_lock() {
    ends(&readers_and_writers("queue"), "4 r#0 ends\n6 w#0 ends\n8 w#1 ends\n12 r#1 ends");
    // The second reader passes the writers.
    ends(&readers_and_writers("readers"), "4 r#0 ends\n7 r#1 ends\n9 w#0 ends\n11 w#1 ends");
    // It goes in at the first writer's unlock, before the second writer, who has waited longer.
    ends(&readers_and_writers("go"), "4 r#0 ends\n6 w#0 ends\n10 r#1 ends\n12 w#1 ends");
}

#[test]
fn a_downgrade_works_and_an_upgrade_waits_for_itself() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        rwlocks.w = {}
        tasks.down.steps = ["lock w write", "run 1s", "lock w read", "unlock w write", "run 2s", "unlock w read"]
        tasks.reader.steps = ["with w read", "run 1s", "end"]
        arrivals = [{ task = "down", to = "p" }, { task = "reader", to = "p" }]"#,
        "0 down#0 starts
         0 reader#0 starts
         2 reader#0 ends
         3 down#0 ends
         3 completed",
    );
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 9 }
        rwlocks.w = {}
        tasks.up.steps = ["lock w read", "lock w write"]
        arrivals = [{ task = "up", to = "p" }]"#), @"At 0 s up#0 waits for read-write lock `w`, which it holds itself. No timeout can end this wait.");
}

#[test]
fn two_that_hold_half_and_want_more_are_a_deadlock() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 9 }
        semaphores.s = { permits = 4, fair = true }
        tasks.t.steps = ["acquire s 2", "run 1s", "acquire s 2"]
        arrivals = [{ task = "t", to = "p", count = 2 }]"#), @"At 1 s each of t#0 and t#1 holds some of the 4 permits of `s` and waits for more. No timeout can break this.");
}

#[test]
fn a_condition_gives_its_lock_up_and_takes_it_again() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.m = { reentrant = true }
        conditions.c = { lock = "m" }
        tasks.waiter.steps = ["with m", "with m", "wait-on c", "run 1s", "end", "run 1s", "end"]
        tasks.setter.steps = ["run 1s", "with m", "notify c", "run 2s", "end"]
        tasks.third.steps = ["run 500ms", "with m", "end"]
        tasks.late.steps = ["run 4s", "with m", "end"]
        arrivals = [
          { task = "waiter", to = "p" }, { task = "setter", to = "p" },
          { task = "third", to = "p" }, { task = "late", to = "p" },
        ]"#,
        "0 waiter#0 starts
         0 setter#0 starts
         0 third#0 starts
         0 late#0 starts
         0.5 third#0 ends
         3 setter#0 ends
         5 waiter#0 ends
         5 late#0 ends
         5 completed",
    );
}

#[test]
fn a_timed_wait_on_a_condition_has_the_lock_before_it_goes_on() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.m = {}
        conditions.c = { lock = "m" }
        tasks.waiter.steps = ["with m", "wait-on c timeout 1s", "on-timeout", "run 1s", "end", "end"]
        tasks.other.steps = ["run 500ms", "with m", "run 2s", "end"]
        tasks.stranger.steps = ["wait-on c"]
        arrivals = [{ task = "waiter", to = "p" }, { task = "other", to = "p" }, { task = "stranger", to = "p" }]"#,
        "0 waiter#0 starts
         0 other#0 starts
         0 stranger#0 starts
         0 stranger#0 fails NotHolder
         2.5 other#0 ends
         3.5 waiter#0 ends
         3.5 completed",
    );
}

#[test]
fn a_lost_notification_is_named() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.m = {}
        conditions.ready = { lock = "m" }
        tasks.waiter.steps = ["run 1s", "with m", "wait-on ready", "end"]
        tasks.setter.steps = ["with m", "notify ready", "end"]
        arrivals = [{ task = "waiter", to = "p" }, { task = "setter", to = "p" }]"#), @"At 1 s waiter#0 waits for a notification of condition `ready`, and nobody is left to notify it: one notification was lost, because nobody waited when it came. No timeout can end this wait.");
}

#[test]
fn a_latch_opens_and_can_be_closed_again() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        latches.l = { count = 2 }
        tasks.waiter.steps = ["await l", "note through"]
        tasks.counter.steps = ["run 1s", "count-down l", "run 1s", "count-down l 5", "run 1s", "reset l", "run 3s", "count-down l 2"]
        arrivals = [{ task = "counter", to = "p" }, { task = "waiter", to = "p", count = 4, every = "2500ms" }]"#,
        "0 counter#0 starts
         0 waiter#0 starts
         2 waiter#0 note through
         2 waiter#0 ends
         2.5 waiter#1 starts
         2.5 waiter#1 note through
         2.5 waiter#1 ends
         5 waiter#2 starts
         6 counter#0 ends
         6 waiter#2 note through
         6 waiter#2 ends
         7.5 waiter#3 starts
         7.5 waiter#3 note through
         7.5 waiter#3 ends
         7.5 completed",
    );
}

#[test]
fn a_latch_that_nobody_counts_down_is_named() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 9 }
        latches.started = { count = 2 }
        tasks.gate.steps = ["await started"]
        tasks.service.steps = ["run 1s", "count-down started"]
        arrivals = [{ task = "gate", to = "p" }, { task = "service", to = "p" }]"#), @"At 1 s gate#0 waits for latch `started`, which must be counted down once more, and nobody is left to count it down. No timeout can end this wait.");
}

#[test]
fn a_barrier_lets_its_parties_go_together_again_and_again() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        barriers.b = { parties = 2 }
        tasks.slow.steps = ["run 2s", "await b", "run 1s", "await b"]
        tasks.fast.steps = ["run 1s", "await b", "run 3s", "await b"]
        arrivals = [{ task = "slow", to = "p" }, { task = "fast", to = "p" }]"#,
        "0 slow#0 starts
         0 fast#0 starts
         5 fast#0 ends
         5 slow#0 ends
         5 completed",
    );
}

#[test]
fn a_timeout_breaks_a_barrier_for_all_and_for_ever() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        barriers.b = { parties = 4 }
        tasks.handles.steps = ["await b timeout 1s", "on-timeout", "run 1s", "end"]
        tasks.raises.steps = ["await b timeout 5s"]
        tasks.waits.steps = ["await b"]
        tasks.late.steps = ["run 3s", "await b"]
        arrivals = [
          { task = "handles", to = "p" }, { task = "raises", to = "p" },
          { task = "waits", to = "p" }, { task = "late", to = "p" },
        ]"#,
        "0 handles#0 starts
         0 raises#0 starts
         0 waits#0 starts
         0 late#0 starts
         1 raises#0 fails BrokenBarrier
         1 waits#0 fails BrokenBarrier
         2 handles#0 ends
         3 late#0 fails BrokenBarrier
         3 completed",
    );
}

#[test]
fn a_barrier_whose_parties_share_too_few_workers_is_a_deadlock() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 2 }
        barriers.phase = { parties = 3 }
        tasks.t.steps = ["run 1s", "await phase"]
        arrivals = [{ task = "t", to = "p", count = 3 }]"#), @"At 1 s the 2 workers of `p` are held by t#0 and t#1. t#0 and t#1 wait for barrier `phase`, to which two of 3 have come, and only t#2 could come to it, and t#2 is queued behind them on `p`. No timeout can break this.");
}
