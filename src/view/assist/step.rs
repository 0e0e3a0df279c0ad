//! What may stand next in a step, read off the way in which steps of its verb are written.

use super::scan::DocumentScan;
use crate::language::vocabulary;

/// What may be the next word of a step.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NextStepWords<'a> {
    /// Words of the language.
    pub words: Vec<&'static str>,
    /// Names of the document, or of children.
    pub names: Vec<&'a str>,
}

/// How a step of this verb is written.
pub(super) fn form(verb: &str) -> Option<&'static str> {
    vocabulary::verbs().iter().find(|(name, _)| *name == verb).map(|(_, form)| *form)
}

/// What may follow these words of a step.
pub(super) fn next<'a>(typed: &[&str], scan: &DocumentScan<'a>) -> NextStepWords<'a> {
    let mut next = NextStepWords::default();
    let (Some(verb), Some(last)) = (typed.first(), typed.last()) else {
        next.words = vocabulary::verbs().iter().map(|(verb, _)| *verb).collect();
        return next;
    };
    let Some(form) = form(verb).map(written) else { return next };
    let tokens: Vec<&'static str> = form.split(is_between).filter(|token| !token.is_empty()).collect();
    let is_word = tokens.contains(last);
    let followers = tokens.windows(2).filter(|pair| is_word && pair[0] == *last).map(|pair| pair[1]);
    for follower in followers.filter(|follower| follower != verb && *follower != "or") {
        if follower.starts_with(|ch: char| ch.is_ascii_uppercase()) {
            next.names.extend(names(follower, last, scan, &mut next.words));
        } else if !typed.contains(&follower) {
            next.words.push(follower);
        }
    }
    if !is_word {
        next.words.extend(options(form).into_iter().filter(|option| !typed.contains(option)));
    }
    next
}

/// The form alone, without what is said of its block.
fn written(form: &'static str) -> &'static str {
    [", with an ", ", directly ", ", between "]
        .iter()
        .fold(form, |form, tail| form.split(tail).next().unwrap_or(form))
}

fn is_between(ch: char) -> bool {
    ch.is_whitespace() || matches!(ch, '[' | ']' | '|' | ',' | '…' | '(' | ')' | '`')
}

/// The words that may be added: those that stand in square brackets first, or after a bar.
fn options(form: &'static str) -> Vec<&'static str> {
    let parts = form.split('[').skip(1).filter_map(|part| part.split(']').next());
    let words = parts.flat_map(|part| part.split('|')).filter_map(|option| option.split_whitespace().next());
    words.filter(|word| word.starts_with(|ch: char| ch.is_ascii_lowercase())).collect()
}

/// The names that a placeholder such as `TASK` or `SEMAPHORE-OR-LOCK` stands for.
fn names<'a>(
    placeholder: &str,
    before: &str,
    scan: &DocumentScan<'a>,
    words: &mut Vec<&'static str>,
) -> Vec<&'a str> {
    match placeholder {
        "NAME" if before == "as" => Vec::new(),
        "NAME" => children(&scan.before),
        "POLICY" => {
            words.extend(vocabulary::policies());
            Vec::new()
        }
        _ => {
            let sections = placeholder.split("-OR-").flat_map(|one| {
                let one = one.to_ascii_lowercase();
                [format!("{one}s"), format!("{one}es")]
            });
            sections.flat_map(|section| scan.names(&section)).collect()
        }
    }
}

/// The names of the children that these steps submit.
fn children<'a>(steps: &[&'a str]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for step in steps {
        let words: Vec<&str> = step.split_whitespace().collect();
        let [verb, task, rest @ ..] = words.as_slice() else { continue };
        if !matches!(*verb, "submit" | "call") {
            continue;
        }
        let given = rest.iter().position(|word| *word == "as").and_then(|at| rest.get(at + 1));
        let name = *given.unwrap_or(task);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;
    use crate::view::highlight;

    const TEXT: &str = "[executors.pool]\n[semaphores.db]\n[locks.l]\n[tasks.child]\n[tasks.parent]\nsteps = [\"submit child as a\", \"submit child\", \"";

    fn told(step: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let scan = scan(TEXT, &highlight::parts(TEXT), TEXT.len());
        let typed: Vec<&str> = step.split_whitespace().collect();
        let next = next(&typed, &scan);
        (next.words, next.names)
    }

    #[test]
    fn what_follows_is_read_off_the_form_of_the_step() {
        assert!(told("").0.contains(&"submit"));
        assert_eq!(told("submit").1, ["child", "parent"]);
        assert_eq!(
            told("submit child").0,
            ["to", "as", "after", "every", "fixed-rate", "key", "priority", "on_full"]
        );
        assert_eq!(told("submit child to").1, ["pool"]);
        assert_eq!(
            told("submit child to pool").0,
            ["as", "after", "every", "fixed-rate", "key", "priority", "on_full"]
        );
        assert_eq!(told("submit child as").1, Vec::<&str>::new());
        assert!(told("submit child on_full").0.contains(&"caller-runs"));
        assert_eq!(told("wait"), (vec!["any", "all"], vec!["a", "child"]));
        assert_eq!(told("wait a").0, ["timeout"]);
        assert_eq!(told("with").1, ["db", "l"]);
        assert!(told("nonsense").0.is_empty());
    }
}
