use async_channel::{Receiver, Sender};
use wasm_bindgen::JsCast;
use web_sys::{Document, Event, PageTransitionEvent, StorageEvent, VisibilityState};

use super::{listener::Listener, stores};
use crate::core::PlatformEvent;

/// The reports of the browser about the page.
///
/// Bevy does not update while the page is hidden, so none of this may wait for an update.
pub(in crate::shells) struct PlatformEvents {
    events: Receiver<PlatformEvent>,
    _listeners: Vec<Listener>,
}

impl PlatformEvents {
    pub(in crate::shells) fn watch() -> Self {
        let (sender, events) = async_channel::unbounded();
        Self {
            events,
            _listeners: listeners(&sender).unwrap_or_default(),
        }
    }

    pub(in crate::shells) async fn next(&self) -> PlatformEvent {
        match self.events.recv().await {
            Ok(event) => event,
            // There is no page.
            Err(_) => std::future::pending().await,
        }
    }
}

fn listeners(sender: &Sender<PlatformEvent>) -> Option<Vec<Listener>> {
    let window = web_sys::window()?;
    let document = window.document()?;
    if is_hidden(&document) {
        let _ = sender.try_send(PlatformEvent::Hidden);
    }
    let report = |read: fn(&Event) -> Option<PlatformEvent>| {
        let sender = sender.clone();
        move |event: Event| {
            if let Some(event) = read(&event) {
                let _ = sender.try_send(event);
            }
        }
    };
    Some(vec![
        Listener::new(&document, "visibilitychange", report(on_visibility_change)),
        Listener::new(&document, "freeze", report(|_| Some(PlatformEvent::Frozen))),
        Listener::new(&document, "resume", report(|_| Some(PlatformEvent::Thawed))),
        // When Firefox hides a page that is left, it is too late to save anything.
        Listener::new(
            &window,
            "beforeunload",
            report(|_| Some(PlatformEvent::Leaving)),
        ),
        Listener::new(&window, "pagehide", report(on_page_hide)),
        Listener::new(&window, "pageshow", report(on_page_show)),
        Listener::new(&window, "online", report(|_| Some(PlatformEvent::Online))),
        Listener::new(&window, "storage", report(on_storage)),
    ])
}

fn on_visibility_change(_: &Event) -> Option<PlatformEvent> {
    let document = web_sys::window()?.document()?;
    Some(if is_hidden(&document) {
        PlatformEvent::Hidden
    } else {
        PlatformEvent::Visible
    })
}

fn is_hidden(document: &Document) -> bool {
    document.visibility_state() == VisibilityState::Hidden
}

/// A page in the back/forward cache does not run, but its connection would stay open for the server.
fn on_page_hide(event: &Event) -> Option<PlatformEvent> {
    Some(if was_kept(event) {
        PlatformEvent::Frozen
    } else {
        PlatformEvent::Exiting
    })
}

fn on_page_show(event: &Event) -> Option<PlatformEvent> {
    was_kept(event).then_some(PlatformEvent::Thawed)
}

fn was_kept(event: &Event) -> bool {
    let transition = event.dyn_ref::<PageTransitionEvent>();
    transition.is_some_and(PageTransitionEvent::persisted)
}

/// Reports changes by other pages: a page gets no event for its own.
fn on_storage(event: &Event) -> Option<PlatformEvent> {
    // Without a key, the whole storage was cleared.
    let key = event.dyn_ref::<StorageEvent>()?.key();
    key.is_none_or(|key| key.starts_with(stores::PREFIX))
        .then_some(PlatformEvent::StorageChanged)
}
