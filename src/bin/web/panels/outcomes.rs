//! How each variant comes out, before it is opened: a dot on its tab, and whether it is another load or another design.
//!
//! Invariant: one variant at a time, when the page has nothing else to do; a run that is too long is not judged.

use super::verdict::RunStatus;
use crate::store::work::OpenDocument;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::RunSession;
use yew::{UseStateSetter, hook, use_effect_with, use_mut_ref, use_state};

/// A run that takes more events than this is not judged.
const MAX_EVENTS: u64 = 40_000;
/// Milliseconds between two runs, so that the page can answer in between.
const PAUSE_MS: u32 = 30;
/// Milliseconds that the text rests before its variants are run.
const QUIET_MS: u32 = 350;
/// Maximum number of texts whose outcomes are remembered.
const MAX_KNOWN: usize = 64;

/// What is known of a variant beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariantOutcome {
    /// How it comes out; `None` if it takes too long to say.
    pub status: Option<RunStatus>,
    /// It has the executors, tasks and resources of the base, and only other arrivals.
    pub is_other_load: bool,
}

/// Outcomes by the name of the variant.
pub type Outcomes = BTreeMap<String, VariantOutcome>;

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Rc<Outcomes>>> = RefCell::default();
}

/// The outcomes of the document's variants, as far as they are known.
#[hook]
pub fn use_outcomes(work: &OpenDocument) -> Rc<Outcomes> {
    let known = use_state(Rc::<Outcomes>::default);
    let timer = use_mut_ref(|| None::<Timeout>);
    let (setter, name, source) = (known.setter(), work.name.clone(), Rc::clone(&work.source));
    let is_good = !work.is_broken();
    use_effect_with((Rc::clone(&work.source), is_good), move |_| {
        *timer.borrow_mut() = None;
        if !is_good {
            return;
        }
        if let Some(before) = KNOWN.with_borrow(|known| known.get(&*source).cloned()) {
            setter.set(before);
            return;
        }
        let slot = Rc::clone(&timer);
        let begin = move || {
            let Ok(document) = Document::parse(&name, &source) else { return };
            let variants = document.variants().into_iter().rev().map(|variant| variant.name).collect();
            let base = document.scenario(BASE, &Overrides::default()).ok().map(Arc::new);
            go_on(VariantQueue { document, variants, base, source, so_far: Outcomes::new(), setter, slot });
        };
        *timer.borrow_mut() = Some(Timeout::new(QUIET_MS, begin));
    });
    Rc::clone(&known)
}

/// The variants still to be run, the next one last.
struct VariantQueue {
    document: Document,
    variants: Vec<String>,
    base: Option<Arc<Scenario>>,
    source: Rc<str>,
    so_far: Outcomes,
    setter: UseStateSetter<Rc<Outcomes>>,
    slot: Rc<RefCell<Option<Timeout>>>,
}

fn go_on(mut judging: VariantQueue) {
    let Some(name) = judging.variants.pop() else {
        let all = Rc::new(judging.so_far);
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= MAX_KNOWN {
                known.clear();
            }
            known.insert(judging.source.to_string(), Rc::clone(&all));
        });
        return judging.setter.set(all);
    };
    if let Ok(scenario) = judging.document.scenario(&name, &Overrides::default()) {
        let is_other_load = judging.base.as_ref().is_some_and(|base| is_other_load(base, &scenario));
        let outcome = VariantOutcome { status: judge(Arc::new(scenario)), is_other_load };
        judging.so_far.insert(name, outcome);
    }
    judging.setter.set(Rc::new(judging.so_far.clone()));
    let slot = Rc::clone(&judging.slot);
    *slot.borrow_mut() = Some(Timeout::new(PAUSE_MS, move || go_on(judging)));
}

fn judge(scenario: Arc<Scenario>) -> Option<RunStatus> {
    let mut session = RunSession::new(scenario);
    session.advance(MAX_EVENTS)?;
    Some(RunStatus::of(&Digest::owning(session.finish())))
}

/// Whether a variant changes nothing but what arrives.
fn is_other_load(base: &Scenario, variant: &Scenario) -> bool {
    base.executors == variant.executors && base.tasks == variant.tasks && base.resources == variant.resources
}
