//! Watches how much room an element has.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ResizeObserver};

/// Looks again whenever an element changes its size, until it is dropped.
pub struct ResizeWatcher {
    observer: Option<ResizeObserver>,
    _look: Closure<dyn FnMut()>,
}

impl ResizeWatcher {
    /// Looks now, and whenever `element` has another size. Without an element it looks once.
    pub fn new(element: Option<&HtmlElement>, mut look: impl FnMut() + 'static) -> ResizeWatcher {
        look();
        let look = Closure::<dyn FnMut()>::new(look);
        let observer = ResizeObserver::new(look.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, element) {
            observer.observe(element);
        }
        ResizeWatcher { observer, _look: look }
    }
}

impl Drop for ResizeWatcher {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
