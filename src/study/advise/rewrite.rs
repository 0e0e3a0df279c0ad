//! Steps as text, rewritten: another executor, a timeout, another order of locks, a lock around some of them.
//!
//! It works on the words of a step as the document has them, so that params stay params.

use crate::model::program::Program;

/// `submit TASK …` with `to EXECUTOR`.
pub(super) fn with_target(step: &str, executor: &str) -> Option<String> {
    let mut words: Vec<&str> = step.split_whitespace().collect();
    if words.first() != Some(&"submit") || words.len() < 2 {
        return None;
    }
    if words.get(2) == Some(&"to") {
        *words.get_mut(3)? = executor;
    } else {
        words.splice(2..2, ["to", executor]);
    }
    Some(words.join(" "))
}

/// A `wait` or `result` with a timeout; `None` if it is neither, or has one.
pub(super) fn with_timeout(step: &str, timeout: &str) -> Option<String> {
    let mut words = step.split_whitespace();
    let waits = matches!(words.next(), Some("wait" | "result" | "send" | "receive" | "wait-on" | "await"));
    (waits && !step.contains(" timeout ")).then(|| format!("{} timeout {timeout}", step.trim_end()))
}

/// The steps with the locks of `order` taken in that order. What a task takes too late is taken earlier, just
/// before the first that should come after it. `None` if they are in order, or cannot be moved.
pub(super) fn in_order(steps: &[String], program: &Program, order: &[&str]) -> Option<Vec<String>> {
    let mut steps = steps.to_vec();
    let taken = |step: &str| -> Option<(bool, usize)> {
        let words: Vec<&str> = step.split_whitespace().collect();
        match words[..] {
            [verb @ ("lock" | "acquire" | "with"), name]
            | [verb @ ("lock" | "with"), name, "read" | "write"] => {
                order.iter().position(|known| *known == name).map(|rank| (verb == "with", rank))
            }
            _ => None,
        }
    };
    let mut moved = false;
    // Each move puts one pair right; there are no more pairs than this.
    for _ in 0..order.len() * order.len() {
        let takes: Vec<(usize, (bool, usize))> =
            steps.iter().enumerate().filter_map(|(at, step)| taken(step).map(|how| (at, how))).collect();
        let wrong = takes.windows(2).find(|pair| pair[0].1.1 > pair[1].1.1);
        let Some([(early, (with_early, _)), (late, (with_late, _))]) = wrong.map(|pair| [pair[0], pair[1]])
        else {
            break;
        };
        if with_early != with_late
            || steps[early..late]
                .iter()
                .any(|step| step.starts_with("unlock ") || step.starts_with("release "))
        {
            return None;
        }
        let depth = |at: usize| program.steps.get(at).map(|step| step.depth);
        if with_early {
            steps.swap(early, late);
        } else if depth(early) == depth(late) {
            let step = steps.remove(late);
            steps.insert(early, step);
        } else {
            return None;
        }
        moved = true;
    }
    moved.then_some(steps)
}

/// The steps with a lock held from the first that reads a cell to the last that writes it.
pub(super) fn locked(steps: &[String], program: &Program, cell: &str, lock: &str) -> Option<Vec<String>> {
    let touches = |step: &String, verbs: &[&str]| {
        let mut words = step.split_whitespace();
        verbs.contains(&words.next().unwrap_or_default()) && words.next() == Some(cell)
    };
    let first = steps.iter().position(|step| touches(step, &["read", "add", "write"]))?;
    let last = steps.iter().rposition(|step| touches(step, &["read", "add", "write"]))?;
    let depths = program.steps.get(first..=last)?;
    let level = depths.first()?.depth;
    if depths.last()?.depth != level || depths.iter().any(|step| step.depth < level) {
        return None;
    }
    let mut steps = steps.to_vec();
    steps.insert(last + 1, "end".to_owned());
    steps.insert(first, format!("with {lock}"));
    Some(steps)
}

/// The place where a semaphore or lock is taken, and the next on the same level where it is given back.
fn taken_and_given_back(steps: &[String], program: &Program, name: &str) -> Option<(usize, usize)> {
    let is = |step: &String, verbs: &[&str]| {
        let words: Vec<&str> = step.split_whitespace().collect();
        matches!(words[..], [verb, named] if verbs.contains(&verb) && named == name)
    };
    let taken = steps.iter().position(|step| is(step, &["acquire", "lock"]))?;
    let given = taken + 1 + steps[taken + 1..].iter().position(|step| is(step, &["release", "unlock"]))?;
    let between = program.steps.get(taken..=given)?;
    let level = between.first()?.depth;
    let is_block = between.last()?.depth == level && between.iter().all(|step| step.depth >= level);
    let is_alone = !steps[taken + 1..given].iter().any(|step| is(step, &["acquire", "lock"]));
    (is_block && is_alone).then_some((taken, given))
}

/// The steps with `with NAME … end` in place of taking it and giving it back.
pub(super) fn with_block(steps: &[String], program: &Program, name: &str) -> Option<Vec<String>> {
    let (taken, given) = taken_and_given_back(steps, program, name)?;
    let mut steps = steps.to_vec();
    steps[taken] = format!("with {name}");
    "end".clone_into(&mut steps[given]);
    Some(steps)
}

/// The steps with what is taken given back before the first wait that comes while it is held.
pub(super) fn released_before_wait(steps: &[String], program: &Program, name: &str) -> Option<Vec<String>> {
    let waits = |step: &String| {
        let verb = step.split_whitespace().next();
        matches!(verb, Some("wait" | "result" | "receive" | "send" | "await"))
    };
    let is_end = |at: usize, level| {
        steps.get(at).map(String::as_str) == Some("end")
            && program.steps.get(at).is_some_and(|step| step.depth == level)
    };
    let block = steps.iter().position(|step| *step == format!("with {name}")).and_then(|taken| {
        let level = program.steps.get(taken)?.depth;
        let end = (taken + 1..steps.len()).find(|at| is_end(*at, level))?;
        Some((taken, end))
    });
    let (taken, given) = taken_and_given_back(steps, program, name).or(block)?;
    let wait = taken + 1 + steps[taken + 1..given].iter().position(waits)?;
    let inner = program.steps.get(taken)?.depth + u8::from(steps[taken].starts_with("with "));
    if program.steps.get(wait)?.depth != inner {
        return None;
    }
    let mut steps = steps.to_vec();
    let back = steps.remove(given);
    steps.insert(wait, back);
    Some(steps)
}

/// The steps with shutdowns that do not wait; `None` if there is none that does.
pub(super) fn without_waiting_for_shutdown(steps: &[String]) -> Option<Vec<String>> {
    let waits = |step: &String| {
        let words: Vec<&str> = step.split_whitespace().collect();
        words.first() == Some(&"shutdown") && !words.contains(&"nowait")
    };
    steps.iter().any(waits).then(|| {
        steps.iter().map(|step| if waits(step) { format!("{step} nowait") } else { step.clone() }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_rewritten_word_by_word() {
        assert_eq!(with_target("submit a to b as c", "d").as_deref(), Some("submit a to d as c"));
        assert_eq!(with_target("submit a as c", "d").as_deref(), Some("submit a to d as c"));
        assert_eq!(with_target("submit a", "d").as_deref(), Some("submit a to d"));
        assert_eq!(with_target("run 1s", "d"), None);
        assert_eq!(with_timeout("wait any a b", "1s").as_deref(), Some("wait any a b timeout 1s"));
        assert_eq!(with_timeout("result a timeout $t", "1s"), None);
    }

    #[test]
    fn locks_are_put_in_order() {
        let steps = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let program = Program {
            steps: vec![crate::model::program::Step { text: String::new(), depth: 0 }; 5],
            ..Program::default()
        };
        let wrong = steps(&["lock b", "run 1s", "lock a", "unlock a", "unlock b"]);
        let right = steps(&["lock a", "lock b", "run 1s", "unlock a", "unlock b"]);
        assert_eq!(in_order(&wrong, &program, &["a", "b"]), Some(right.clone()));
        assert_eq!(in_order(&right, &program, &["a", "b"]), None);
    }
}
