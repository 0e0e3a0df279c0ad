//! What happens to the study of sizes, and what taking one of its values does to the text.

use super::super::history::Edit;
use super::super::study::Step;
use super::super::work::Work;
use super::super::{Arrival, State, trouble};
use super::{Act, Sizes, present};
use std::rc::Rc;

impl State {
    /// Carries out `act`.
    pub(in super::super) fn size(&mut self, act: Act) {
        match act {
            Act::Open(path) => {
                let events = self.run.as_ref().map_or(1, |run| run.trace().len() as u64);
                if let Some(sizes) = Sizes::open(&self.work, &path, events) {
                    self.sizes = Some(Rc::new(sizes));
                    self.ask_for_sizes();
                }
            }
            Act::Close => self.sizes = None,
            Act::Run => self.ask_for_sizes(),
            Act::Take(cell) => self.take_size(cell),
            Act::Back => {
                let before = self.sizes.as_mut().and_then(|sizes| Rc::make_mut(sizes).before.take());
                self.tune_all(before.unwrap_or_default());
            }
            Act::Type(_) | Act::Stop | Act::Told(..) | Act::Over(..) | Act::Limit(..) | Act::Look(_) => {
                if let Some(sizes) = &mut self.sizes {
                    Rc::make_mut(sizes).take(act, &mut self.asked);
                }
            }
        }
    }

    fn ask_for_sizes(&mut self) {
        let Some(sizes) = self.sizes.as_mut().map(Rc::make_mut) else { return };
        match sizes.ask(&self.work) {
            Ok(asked) => {
                (sizes.wrong, sizes.limit, sizes.millis) = (None, None, 0.0);
                let paths = |axes: &[(String, Vec<String>)]| {
                    axes.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>()
                };
                let old = sizes.asked.as_ref().map(|asked| paths(&asked.axes));
                if old.is_some_and(|old| old != paths(&asked.axes)) {
                    sizes.before = None;
                }
                (sizes.is_stale, sizes.asked) = (false, Some(Rc::new(asked)));
                sizes.study.apply(Step::Ask, &mut self.asked);
            }
            Err(why) => sizes.wrong = Some(why),
        }
    }

    /// Puts a cell's values into the text: its run plays.
    fn take_size(&mut self, cell: usize) {
        let Some(sizes) = self.sizes.as_mut().map(Rc::make_mut) else { return };
        let values = sizes.values(cell);
        let before = values
            .iter()
            .filter_map(|(path, _)| Some((path.clone(), present(&self.work.tunables, path)?.to_owned())));
        if sizes.before.is_none() {
            sizes.before = Some(before.collect());
        }
        self.tune_all(values);
    }

    fn tune_all(&mut self, values: Vec<(String, String)>) {
        if values.is_empty() {
            return;
        }
        let tune = |work: &mut Work| values.iter().try_for_each(|(path, value)| work.tune(path, value));
        if let Err(why) = self.step(Edit::Size, tune) {
            self.notice = Some(trouble(why));
        }
        self.change_in_place();
        self.arrival = Arrival::Play;
    }
}

impl Sizes {
    /// What concerns nothing but the study itself.
    fn take(&mut self, act: Act, last: &mut u32) {
        match act {
            Act::Type(fields) => (self.fields, self.wrong) = (*fields, None),
            Act::Stop => self.study.apply(Step::Stop, last),
            Act::Told(number, so_far, millis) if number == self.study.number => {
                self.millis = millis;
                self.study.apply(Step::SweepProgress(number, so_far), last);
            }
            Act::Over(number, how) if number == self.study.number => {
                self.study.apply(Step::Over(number, how.is_ok()), last);
                self.wrong = how.err();
            }
            Act::Limit(number, words) if number == self.study.number => self.limit = Some(words.into()),
            Act::Look(looked) => self.looked = looked,
            Act::Told(..) | Act::Over(..) | Act::Limit(..) => {}
            Act::Open(_) | Act::Close | Act::Run | Act::Take(_) | Act::Back => {}
        }
    }
}
