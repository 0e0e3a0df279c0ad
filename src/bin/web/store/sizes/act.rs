//! What happens to the study of sizes, and what taking one of its values does to the text.

use super::super::history::EditKind;
use super::super::state::NewRunCursor;
use super::super::study::{StudyAction, StudyStatus};
use super::super::work::OpenDocument;
use super::super::{State, UserNotice};
use super::range::ParameterRangeFields;
use super::{SizesAction, SizesPanelState, present};
use std::rc::Rc;

impl State {
    /// Carries out `act`.
    pub(in super::super) fn size(&mut self, act: SizesAction) {
        match act {
            SizesAction::Open(path) => {
                let events = self.run.as_ref().map_or(1, |run| run.trace().len() as u64);
                if let Some(sizes) = SizesPanelState::open(&self.work, &path, events) {
                    self.sizes = Some(Rc::new(sizes));
                    self.ask_for_sizes();
                }
            }
            SizesAction::Close => self.sizes = None,
            SizesAction::Run => self.ask_for_sizes(),
            SizesAction::Take(cell) => self.take_size(cell),
            SizesAction::Back => {
                let before = self.sizes.as_mut().and_then(|sizes| Rc::make_mut(sizes).before.take());
                self.tune_all(before.unwrap_or_default());
            }
            SizesAction::Against(path) => self.sweep_against(&path),
            SizesAction::Over(..) => {
                if let Some(sizes) = &mut self.sizes {
                    Rc::make_mut(sizes).take(act, &mut self.asked);
                }
                self.widen_sizes();
            }
            SizesAction::Type(_)
            | SizesAction::Stop
            | SizesAction::Progress(..)
            | SizesAction::Limit(..)
            | SizesAction::Look(_) => {
                if let Some(sizes) = &mut self.sizes {
                    Rc::make_mut(sizes).take(act, &mut self.asked);
                }
            }
        }
    }

    /// Sweeps the same slider against another one.
    fn sweep_against(&mut self, path: &str) {
        let tunable = self.work.tunables.iter().find(|tunable| tunable.path == path);
        let (Some(range), Some(sizes)) = (tunable.and_then(ParameterRangeFields::of), &mut self.sizes) else {
            return;
        };
        Rc::make_mut(sizes).fields.second = Some(range);
        self.ask_for_sizes();
    }

    /// Where none of the proposed values meets what is expected, sweeps the whole slider.
    fn widen_sizes(&mut self) {
        let Some(sizes) = self.sizes.as_ref().filter(|sizes| sizes.study.stage == StudyStatus::Done) else {
            return;
        };
        let is_none_met = sizes.fields.second.is_none()
            && sizes.swept().is_some_and(|swept| swept.cells.iter().all(|cell| cell.standing.is_failed()));
        let first = &sizes.fields.first;
        let tunable = self.work.tunables.iter().find(|tunable| tunable.path == first.path);
        let wider =
            tunable.filter(|_| is_none_met && !sizes.is_stale).and_then(|tunable| first.wider(tunable));
        let (Some(wider), Some(sizes)) = (wider, &mut self.sizes) else { return };
        Rc::make_mut(sizes).fields.first = wider;
        self.ask_for_sizes();
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
                sizes.study.apply(StudyAction::Ask, &mut self.asked);
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
        let tune =
            |work: &mut OpenDocument| values.iter().try_for_each(|(path, value)| work.tune(path, value));
        if let Err(why) = self.step(EditKind::Size, tune) {
            self.notice = Some(UserNotice::trouble(why));
        }
        self.change_in_place();
        self.arrival = NewRunCursor::Play;
    }
}

impl SizesPanelState {
    /// What concerns nothing but the study itself.
    fn take(&mut self, act: SizesAction, last: &mut u32) {
        match act {
            SizesAction::Type(fields) => (self.fields, self.wrong) = (*fields, None),
            SizesAction::Stop => self.study.apply(StudyAction::Stop, last),
            SizesAction::Progress(number, so_far, millis) if number == self.study.number => {
                self.millis = millis;
                self.study.apply(StudyAction::Progress(number, so_far), last);
            }
            SizesAction::Over(number, how) if number == self.study.number => {
                self.study.apply(StudyAction::Over(number, how.is_ok()), last);
                self.wrong = how.err();
            }
            SizesAction::Limit(number, words) if number == self.study.number => {
                self.limit = Some(words.into())
            }
            SizesAction::Look(looked) => self.looked = looked,
            SizesAction::Progress(..) | SizesAction::Over(..) | SizesAction::Limit(..) => {}
            SizesAction::Open(_)
            | SizesAction::Close
            | SizesAction::Run
            | SizesAction::Against(_)
            | SizesAction::Take(_)
            | SizesAction::Back => {}
        }
    }
}
