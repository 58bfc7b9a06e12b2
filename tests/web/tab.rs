use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::browser::{PATIENCE, Page};

/// A page in a window of its own. It is closed when dropped.
pub(crate) struct Tab {
    page: Box<dyn Page>,
    is_closed: bool,
}

impl Tab {
    pub(super) fn of(page: Box<dyn Page>) -> Self {
        Self {
            page,
            is_closed: false,
        }
    }

    /// What an expression in the page, or its promise, evaluates to.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let result = self.page.evaluate(expression);
        result.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true, in whatever page is there by then.
    pub(crate) fn wait_until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let expression = format!("!!({expression})");
        while self.page.evaluate(&expression) != Ok(true.into()) {
            assert!(Instant::now() < end, "never {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Has scripts run in each page that is loaded from now on, before the page's own.
    pub(crate) fn prepare(&self, script: &str) {
        self.page.prepare(script);
    }

    pub(crate) fn go_to(&self, url: &str) {
        self.page.go_to(url);
    }

    /// Goes one page back in the history of the tab.
    pub(crate) fn go_back(&self) {
        self.page.go_back();
    }

    /// Presses and releases a key: a character, or `Enter`, `Tab`, `Backspace`, `Escape` or `F5`.
    pub(crate) fn press(&self, key: &str) {
        self.page.press(key);
    }

    /// Presses a character with Control held, as for a shortcut of the browser's.
    pub(crate) fn press_with_control(&self, key: &str) {
        self.page.press_with_control(key);
    }

    pub(crate) fn type_text(&self, text: &str) {
        let mut character = [0; 4];
        text.chars()
            .for_each(|it| self.press(it.encode_utf8(&mut character)));
    }

    /// Has an input method compose a draft, and then write a text instead.
    pub(crate) fn compose(&self, draft: &str, text: &str) {
        self.page.compose(draft, text);
    }

    /// What the page shows, as a PNG in base 64.
    pub(crate) fn screenshot(&self) -> String {
        self.page.screenshot()
    }

    /// Minimises the window, which hides the page.
    pub(crate) fn hide(&self) {
        self.page.set_minimized(true);
        self.wait_until("document.visibilityState == 'hidden'");
    }

    pub(crate) fn show(&self) {
        self.page.set_minimized(false);
        self.wait_until("document.visibilityState == 'visible'");
    }

    /// How many bytes the page holds, in its code's memory and its scripts'.
    pub(crate) fn memory(&self) -> u64 {
        let code = self.evaluate("memory.buffer.byteLength");
        (self.page.script_memory() + code.as_f64().expect("a number")) as u64
    }

    pub(crate) fn close(mut self) {
        self.close_page();
    }

    fn close_page(&mut self) {
        if !std::mem::replace(&mut self.is_closed, true) {
            self.page.close();
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // A second panic would abort the process.
        if !thread::panicking() {
            self.close_page();
        }
    }
}
