//! The browser that all tests share: Chromium, or Firefox with `WEB_BROWSER=firefox`. It ends when this process does.

use std::{env, sync::LazyLock, time::Duration};

use serde_json::Value;

use super::{chromium::Chromium, firefox::Firefox, tab::Tab};

/// How long anything may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

static SHARED: LazyLock<Browser> = LazyLock::new(Browser::start);

pub(crate) enum Browser {
    Chromium(Chromium),
    Firefox(Firefox),
}

/// A page in a window of its own, as a browser's own protocol drives it.
pub(super) trait Page {
    /// What an expression evaluates to, or what its promise does.
    fn evaluate(&self, expression: &str) -> Result<Value, Value>;

    /// Has a script run in each page that is loaded from now on, before the page's own.
    fn prepare(&self, script: &str);

    fn go_to(&self, url: &str);

    fn go_back(&self);

    /// Presses and releases a key: a character, or `Enter`, `Tab`, `Backspace`, `Escape` or `F5`.
    fn press(&self, key: &str);

    /// Presses a character with Control held.
    fn press_with_control(&self, key: &str);

    /// Has an input method compose a draft, and then write a text instead.
    fn compose(&self, draft: &str, text: &str);

    /// What the page shows, as a PNG in base 64.
    fn screenshot(&self) -> String;

    /// Minimises the window, or shows it again.
    fn set_minimized(&self, is_minimized: bool);

    /// Frees the memory that scripts have left, and returns how much of it they use, in bytes, where that can be known.
    fn script_memory(&self) -> f64;

    fn close(&self);
}

impl Browser {
    pub(crate) fn shared() -> &'static Self {
        &SHARED
    }

    fn start() -> Self {
        match env::var("WEB_BROWSER").as_deref() {
            Ok("firefox") => Self::Firefox(Firefox::start()),
            _ => Self::Chromium(Chromium::start()),
        }
    }

    /// The code with which a socket is closed when the player goes to another page. Firefox closes it before it tells the
    /// page.
    pub(crate) fn close_code_of_leaving(&self) -> u16 {
        match self {
            Self::Chromium(_) => 1000,
            Self::Firefox(_) => 1001,
        }
    }

    /// Whether a page with an open socket goes to the back/forward cache. Firefox loads it again.
    pub(crate) fn keeps_connected_pages(&self) -> bool {
        matches!(self, Self::Chromium(_))
    }

    /// Opens a page in a window of its own.
    pub(crate) fn open(&'static self, url: &str) -> Tab {
        let page: Box<dyn Page> = match self {
            Self::Chromium(it) => Box::new(it.open()),
            Self::Firefox(it) => Box::new(it.open()),
        };
        page.go_to(url);
        Tab::of(page)
    }
}
