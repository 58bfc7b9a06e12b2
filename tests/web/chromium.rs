//! Chromium, driven by the DevTools protocol over a pipe.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
};

use serde_json::{Value, json};

use super::{
    browser::Page,
    commands::{Answers, Commands},
};

pub(crate) struct Chromium {
    commands: Commands,
    _process: Child,
}

impl Chromium {
    pub(super) fn start() -> Self {
        let profile = env::temp_dir().join(format!("web-test-{}", std::process::id()));
        let program = env::var("CHROMIUM").unwrap_or_else(|_| "chromium".into());
        // The protocol is spoken over the descriptors 3 and 4.
        let mut process = Command::new("bash")
            .args([
                "-c",
                r#"exec "$@" 3<&0 4>&1 0</dev/null 1>&2"#,
                "bash",
                &program,
            ])
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-unsafe-swiftshader",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP *.test 127.0.0.1",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let mut pipe = process.stdin.take().expect("a pipe to the browser");
        let output = process.stdout.take().expect("a pipe from the browser");
        let answers: &'static Answers = Box::leak(Box::default());
        thread::spawn(move || read(output, answers));
        let send = move |command: &str| {
            write!(pipe, "{command}\0").expect("the browser takes commands");
        };
        Self {
            commands: Commands::new(send, answers),
            _process: process,
        }
    }

    pub(super) fn open(&'static self) -> ChromiumPage {
        let blank =
            json!({ "url": "about:blank", "newWindow": true, "width": 1280, "height": 720 });
        let target = text(&self.run("Target.createTarget", blank)["targetId"]);
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = self.run("Target.attachToTarget", attach);
        let page = ChromiumPage {
            browser: self,
            target,
            session: text(&attached["sessionId"]),
        };
        page.devtools("Page.enable", json!({}));
        page
    }

    fn run(&self, method: &str, params: Value) -> Value {
        let command = json!({ "method": method, "params": params });
        self.commands.run(command)
    }
}

fn read(output: ChildStdout, answers: &Answers) {
    let mut output = BufReader::new(output);
    loop {
        let mut message = Vec::new();
        match output.read_until(0, &mut message) {
            Ok(1..) => message.pop(),
            _ => return answers.on_end(),
        };
        answers.on_message(&message);
    }
}

pub(super) struct ChromiumPage {
    browser: &'static Chromium,
    target: String,
    session: String,
}

impl ChromiumPage {
    fn devtools(&self, method: &str, params: Value) -> Value {
        self.browser.commands.run(self.command(method, params))
    }

    fn command(&self, method: &str, params: Value) -> Value {
        json!({ "sessionId": self.session, "method": method, "params": params })
    }
}

impl Page for ChromiumPage {
    fn evaluate(&self, expression: &str) -> Result<Value, Value> {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let command = self.command("Runtime.evaluate", params);
        let mut evaluated = self.browser.commands.try_run(command)?;
        if evaluated["exceptionDetails"].is_null() {
            Ok(evaluated["result"]["value"].take())
        } else {
            Err(evaluated["exceptionDetails"].take())
        }
    }

    fn prepare(&self, script: &str) {
        let script = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script);
    }

    fn go_to(&self, url: &str) {
        self.devtools("Page.navigate", json!({ "url": url }));
    }

    fn go_back(&self) {
        let history = self.devtools("Page.getNavigationHistory", json!({}));
        let current = history["currentIndex"].as_u64().expect("a number");
        let before = &history["entries"][usize::try_from(current).expect("few") - 1]["id"];
        self.devtools("Page.navigateToHistoryEntry", json!({ "entryId": before }));
    }

    fn press(&self, key: &str) {
        let is_character = key.chars().count() == 1;
        let code = match key {
            " " => "Space".into(),
            key if is_character => format!("Key{}", key.to_uppercase()),
            key => key.into(),
        };
        let mut event = json!({ "type": "keyDown", "key": key, "code": code });
        if is_character {
            event["text"] = key.into();
        }
        self.devtools("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        self.devtools("Input.dispatchKeyEvent", event);
    }

    fn press_with_control(&self, key: &str) {
        // A headless browser has no window that maps shortcuts to editing commands, so the event names the command.
        let command = match key {
            "c" => "copy",
            "v" => "paste",
            key => panic!("no command has the key {key}"),
        };
        let key_code = key.to_uppercase().bytes().next();
        let mut event = json!({
            "type": "rawKeyDown",
            "modifiers": 2,
            "key": key,
            "code": format!("Key{}", key.to_uppercase()),
            "windowsVirtualKeyCode": key_code,
            "commands": [command],
        });
        self.devtools("Input.dispatchKeyEvent", event.clone());
        event["commands"] = json!([]);
        event["type"] = "keyUp".into();
        self.devtools("Input.dispatchKeyEvent", event);
    }

    fn compose(&self, draft: &str, text: &str) {
        let end = draft.encode_utf16().count();
        let params = json!({ "text": draft, "selectionStart": end, "selectionEnd": end });
        self.devtools("Input.imeSetComposition", params);
        self.devtools("Input.insertText", json!({ "text": text }));
    }

    fn screenshot(&self) -> String {
        text(&self.devtools("Page.captureScreenshot", json!({}))["data"])
    }

    fn set_minimized(&self, is_minimized: bool) {
        let state = if is_minimized { "minimized" } else { "normal" };
        let target = json!({ "targetId": self.target });
        let window = self.browser.run("Browser.getWindowForTarget", target);
        let bounds = json!({ "windowId": window["windowId"], "bounds": { "windowState": state } });
        self.browser.run("Browser.setWindowBounds", bounds);
    }

    fn script_memory(&self) -> f64 {
        self.devtools("HeapProfiler.collectGarbage", json!({}));
        let usage = self.devtools("Runtime.getHeapUsage", json!({}));
        usage["usedSize"].as_f64().expect("a number")
    }

    fn close(&self) {
        let target = json!({ "targetId": self.target });
        self.browser.run("Target.closeTarget", target);
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
