//! A page in the browser that uses CometChat's SDK.

use std::{
    cell::RefCell,
    collections::VecDeque,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use crossbeam_channel::Receiver;
use serde_json::{Value, json};

use super::{
    browser::{Browser, Outcome, PATIENCE, Report},
    stage::{APP, KEY},
};

static PAGES: AtomicU64 = AtomicU64::new(0);

/// One page, with a listener of each kind.
pub(super) struct Page<'b> {
    browser: &'b Browser,
    name: String,
    reports: Receiver<Report>,
    /// What was reported and not asked for yet.
    unheard: RefCell<VecDeque<Report>>,
    /// Whether another page uses the same storage.
    is_beside: bool,
}

impl<'b> Page<'b> {
    /// A page with storage of its own. The SDK is loaded, and that is all.
    pub(super) fn open(browser: &'b Browser) -> Self {
        Self::load(browser, None)
    }

    /// A page in the same browser: what one stores, the other sees.
    pub(super) fn open_beside(&self) -> Self {
        Self::load(self.browser, Some(&self.name))
    }

    fn load(browser: &'b Browser, beside: Option<&str>) -> Self {
        let name = format!("page-{}", PAGES.fetch_add(1, Ordering::Relaxed));
        let reports = browser.reports(&name);
        browser
            .command("open", json!({"page": name, "beside": beside}))
            .expect("the page opens");
        Self {
            browser,
            name,
            reports,
            unheard: RefCell::default(),
            is_beside: beside.is_some(),
        }
    }

    /// `CometChat.init` for a server at `address`, in auto mode.
    pub(super) fn init(&self, address: SocketAddr) {
        self.init_with(address, "subscribePresenceForAllUsers()");
    }

    /// `CometChat.init` with further settings: calls on the builder.
    pub(super) fn init_with(&self, address: SocketAddr, settings: &str) {
        self.init_app(APP, address, settings);
    }

    /// As [`init_with`](Self::init_with), for an app of another id.
    pub(super) fn init_app(&self, app: &str, address: SocketAddr, settings: &str) {
        let code = format!(
            "CometChat.init(app, new CometChat.AppSettingsBuilder().setRegion('us').overrideClientHost(host)\
             .overrideAdminHost(host).{settings}.build())"
        );
        let host = format!("{address}/v3.0");
        let is_open = self.run_with(&code, json!({"app": app, "host": host}));
        assert_eq!(is_open, true);
    }

    /// Logs in by the auth key; ends with what `login` does.
    pub(super) fn log_in(&self, uid: &str) -> Value {
        self.run_with("CometChat.login(uid, key)", json!({"uid": uid, "key": KEY}))
    }

    /// Logs in, and waits until the server takes the socket for the user's: the SDK says that it is connected before.
    pub(super) fn go_online(&self, uid: &str) {
        self.log_in(uid);
        self.next("onConnected");
        assert_eq!(self.next("authenticated")["status"], "OK");
    }

    /// The value of an expression, or what the promise that it makes resolves to.
    #[track_caller]
    pub(super) fn run(&self, code: &str) -> Value {
        self.run_with(code, json!({}))
    }

    /// As [`run`](Self::run); the code sees the members of `args` by their names.
    #[track_caller]
    pub(super) fn run_with(&self, code: &str, args: Value) -> Value {
        self.try_run(code, args)
            .unwrap_or_else(|error| panic!("{code} failed: {error:?}"))
    }

    /// The code of the error that the expression ends with.
    #[track_caller]
    pub(super) fn refused(&self, code: &str, args: Value) -> String {
        match self.try_run(code, args) {
            Ok(value) => panic!("{code} was not refused: {value}"),
            Err(error) => error.code,
        }
    }

    pub(super) fn try_run(&self, code: &str, args: Value) -> Outcome {
        let rest = json!({"page": self.name, "code": code, "args": args});
        self.browser.command("run", rest)
    }

    /// Waits for a call of a listener, and takes its first argument. Other calls wait to be asked for.
    #[track_caller]
    pub(super) fn next(&self, listener: &str) -> Value {
        let mut args = self.next_args(listener);
        if args.is_empty() {
            Value::Null
        } else {
            args.remove(0)
        }
    }

    /// As [`next`](Self::next), with all arguments.
    #[track_caller]
    pub(super) fn next_args(&self, listener: &str) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(args) = self.take(listener) {
                return args;
            }
            match self.reports.recv_deadline(deadline) {
                Ok(report) => self.unheard.borrow_mut().push_back(report),
                Err(_) => panic!(
                    "{listener} was not called in time; unheard: {:#?}",
                    self.unheard.borrow()
                ),
            }
        }
    }

    fn take(&self, listener: &str) -> Option<Vec<Value>> {
        let mut unheard = self.unheard.borrow_mut();
        let at = unheard.iter().position(|report| report.name == listener)?;
        unheard.remove(at).map(|report| report.args)
    }

    /// That the listener was not called, of what was reported so far: ask only after something that comes later.
    #[track_caller]
    pub(super) fn heard_no(&self, listener: &str) {
        self.unheard.borrow_mut().extend(self.reports.try_iter());
        if let Some(args) = self.take(listener) {
            panic!("{listener} was called: {args:?}");
        }
    }

    /// Loads the page again, as a user does.
    pub(super) fn reload(&self) {
        self.browser
            .command("reload", json!({"page": self.name}))
            .expect("the page loads");
    }

    /// An object that fetches a list page by page: `builder` is the code that configures it.
    pub(super) fn pager(&self, builder: &str) -> Pager<'_, 'b> {
        self.pager_with(builder, json!({}))
    }

    pub(super) fn pager_with(&self, builder: &str, args: Value) -> Pager<'_, 'b> {
        let name = format!("pager{}", PAGES.fetch_add(1, Ordering::Relaxed));
        self.run_with(&format!("(keep.{name} = {builder}.build(), null)"), args);
        Pager { page: self, name }
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        let rest = json!({"page": self.name, "last": !self.is_beside});
        if !std::thread::panicking() {
            let _ = self.browser.command("close", rest);
        }
    }
}

/// One of the SDK's request objects, which keeps the cursor of a list.
pub(super) struct Pager<'p, 'b> {
    page: &'p Page<'b>,
    name: String,
}

impl Pager<'_, '_> {
    #[track_caller]
    pub(super) fn next(&self) -> Vec<Value> {
        self.fetch("fetchNext")
    }

    #[track_caller]
    pub(super) fn previous(&self) -> Vec<Value> {
        self.fetch("fetchPrevious")
    }

    #[track_caller]
    fn fetch(&self, method: &str) -> Vec<Value> {
        match self.page.run(&format!("keep.{}.{method}()", self.name)) {
            Value::Array(items) => items,
            other => panic!("{method} made no list: {other}"),
        }
    }
}
