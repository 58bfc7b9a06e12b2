use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::browser::{Browser, PATIENCE};

/// A page in a window of its own. It is closed when dropped.
pub(crate) struct Tab {
    browser: &'static Browser,
    target: String,
    session: String,
    is_closed: bool,
}

impl Tab {
    pub(super) fn open(browser: &'static Browser, url: &str) -> Self {
        let blank = json!({ "url": "about:blank", "newWindow": true });
        let target = text(&browser.command(None, "Target.createTarget", blank)["targetId"]);
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = browser.command(None, "Target.attachToTarget", attach);
        let tab = Self {
            browser,
            target,
            session: text(&attached["sessionId"]),
            is_closed: false,
        };
        tab.command("Page.enable", json!({}));
        tab.go_to(url);
        tab
    }

    /// What an expression in the page, or its promise, evaluates to.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let result = self.try_evaluate(expression);
        result.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true, in whatever page is there by then.
    pub(crate) fn wait_until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let expression = format!("!!({expression})");
        while self.try_evaluate(&expression) != Ok(true.into()) {
            assert!(Instant::now() < end, "never {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn try_evaluate(&self, expression: &str) -> Result<Value, Value> {
        let mut evaluated = self.browser.try_command(
            Some(&self.session),
            "Runtime.evaluate",
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        )?;
        if evaluated["exceptionDetails"].is_null() {
            Ok(evaluated["result"]["value"].take())
        } else {
            Err(evaluated["exceptionDetails"].take())
        }
    }

    /// Has scripts run in each page that is loaded from now on, before the page's own.
    pub(crate) fn prepare(&self, script: &str) {
        let script = json!({ "source": script });
        self.command("Page.addScriptToEvaluateOnNewDocument", script);
    }

    pub(crate) fn go_to(&self, url: &str) {
        self.command("Page.navigate", json!({ "url": url }));
    }

    /// Goes one page back in the history of the tab.
    pub(crate) fn go_back(&self) {
        let history = self.command("Page.getNavigationHistory", json!({}));
        let current = history["currentIndex"].as_u64().expect("a number");
        let before = &history["entries"][usize::try_from(current).expect("few") - 1]["id"];
        self.command("Page.navigateToHistoryEntry", json!({ "entryId": before }));
    }

    /// Minimises the window, which hides the page.
    pub(crate) fn hide(&self) {
        self.set_window("minimized");
        self.wait_until("document.visibilityState == 'hidden'");
    }

    pub(crate) fn show(&self) {
        self.set_window("normal");
        self.wait_until("document.visibilityState == 'visible'");
    }

    /// How many bytes the page holds, in its code's memory and its scripts'.
    pub(crate) fn memory(&self) -> u64 {
        self.command("HeapProfiler.collectGarbage", json!({}));
        let heap = &self.command("Runtime.getHeapUsage", json!({}))["usedSize"];
        let code = self.evaluate("memory.buffer.byteLength");
        let bytes = [heap, &code].map(|it| it.as_f64().expect("a number"));
        bytes.iter().sum::<f64>() as u64
    }

    pub(crate) fn close(mut self) {
        self.close_target();
    }

    fn set_window(&self, state: &str) {
        let target = json!({ "targetId": self.target });
        let window = self
            .browser
            .command(None, "Browser.getWindowForTarget", target);
        let bounds = json!({ "windowId": window["windowId"], "bounds": { "windowState": state } });
        self.browser
            .command(None, "Browser.setWindowBounds", bounds);
    }

    fn command(&self, method: &str, params: Value) -> Value {
        self.browser.command(Some(&self.session), method, params)
    }

    fn close_target(&mut self) {
        if !std::mem::replace(&mut self.is_closed, true) {
            let target = json!({ "targetId": self.target });
            self.browser.command(None, "Target.closeTarget", target);
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // A second panic would abort the process.
        if !thread::panicking() {
            self.close_target();
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
