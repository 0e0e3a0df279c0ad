//! The second of two runs: its pictures speak of tasks of their own.

use super::SendAction;
use crate::store::Action;
use yew::Callback;

/// Where actions of the second picture and timeline go: its tasks are those of the run beside.
pub fn for_other_run(send: &SendAction) -> SendAction {
    let send = send.clone();
    Callback::from(move |action| {
        send.emit(match action {
            Action::Select(task) => Action::SelectBeside(task),
            Action::Point(task) => Action::PointBeside(task),
            action => action,
        })
    })
}
