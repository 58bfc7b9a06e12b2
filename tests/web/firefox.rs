//! Firefox, driven by WebDriver BiDi, which it speaks itself.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
    thread,
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, protocol::Role};

use super::{
    browser::Page,
    commands::{Answers, Commands},
};

/// Names of this machine, beside `localhost`.
const PREFERENCES: &str = r#"user_pref("network.dns.localDomains", "game.test");"#;

pub(crate) struct Firefox {
    commands: Commands,
    _process: Child,
}

impl Firefox {
    pub(super) fn start() -> Self {
        let profile = env::temp_dir().join(format!("web-test-{}", std::process::id()));
        fs::create_dir_all(&profile).expect("a profile");
        fs::write(profile.join("user.js"), PREFERENCES).expect("preferences");
        let program = env::var("FIREFOX").unwrap_or_else(|_| "firefox-esr".into());
        // Unlike Chromium, it would outlive this process.
        let mut process = Command::new("bash")
            .args(["-c", r#""$@" & cat >/dev/null; kill $!"#, "bash", &program])
            .args(["--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(&profile)
            .env("HOME", &profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let address = address(process.stderr.take().expect("a pipe from the browser"));
        let stream = TcpStream::connect(&address).expect("the browser listens");
        let url = format!("ws://{address}/session");
        let (reader, _) = tungstenite::client::client(url, stream).expect("it speaks BiDi");
        let stream = reader.get_ref().try_clone().expect("a socket");
        let mut writer = WebSocket::from_raw_socket(stream, Role::Client, None);
        let answers: &'static Answers = Box::leak(Box::default());
        thread::spawn(move || read(reader, answers));
        let send = move |command: &str| {
            writer
                .send(Message::text(command))
                .expect("the browser takes commands");
        };
        let firefox = Self {
            commands: Commands::new(send, answers),
            _process: process,
        };
        firefox.run("session.new", json!({ "capabilities": {} }));
        firefox
    }

    pub(super) fn open(&'static self) -> FirefoxPage {
        let created = self.run("browsingContext.create", json!({ "type": "window" }));
        let context = created["context"].as_str().expect("text").to_owned();
        FirefoxPage {
            browser: self,
            context,
        }
    }

    fn run(&self, method: &str, params: Value) -> Value {
        self.commands
            .run(json!({ "method": method, "params": params }))
    }
}

/// The address that the browser prints. What else it prints is read and dropped, so that it can go on.
fn address(output: ChildStderr) -> String {
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| {
            let (_, url) = line.split_once("BiDi listening on ws://")?;
            Some(url.to_owned())
        })
        .expect("the browser starts");
    thread::spawn(move || lines.for_each(drop));
    address
}

fn read(mut reader: WebSocket<TcpStream>, answers: &Answers) {
    while let Ok(message) = reader.read() {
        if let Message::Text(message) = message {
            answers.on_message(message.as_bytes());
        }
    }
    answers.on_end();
}

pub(super) struct FirefoxPage {
    browser: &'static Firefox,
    context: String,
}

impl FirefoxPage {
    fn run(&self, method: &str, mut params: Value) -> Value {
        params["context"] = self.context.as_str().into();
        self.browser.run(method, params)
    }

    fn act(&self, keys: &Value) {
        let params = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.run("input.performActions", params);
    }
}

impl Page for FirefoxPage {
    fn evaluate(&self, expression: &str) -> Result<Value, Value> {
        // The protocol's own form of values has types in it.
        let expression = Value::from(expression);
        let expression = format!(
            "Promise.resolve((0, eval)({expression})).then((it) => JSON.stringify(it ?? null))"
        );
        let command = json!({
            "method": "script.evaluate",
            "params": {
                "expression": expression,
                "target": { "context": self.context },
                "awaitPromise": true,
            },
        });
        let mut evaluated = self.browser.commands.try_run(command)?;
        match evaluated["result"]["value"].as_str() {
            Some(value) => Ok(serde_json::from_str(value).expect("JSON")),
            None => Err(evaluated["exceptionDetails"].take()),
        }
    }

    fn prepare(&self, script: &str) {
        let params = json!({
            "functionDeclaration": format!("() => {{ {script} }}"),
            "contexts": [self.context],
        });
        self.browser.run("script.addPreloadScript", params);
    }

    fn go_to(&self, url: &str) {
        let params = json!({ "url": url, "wait": "none" });
        self.run("browsingContext.navigate", params);
    }

    fn go_back(&self) {
        self.run("browsingContext.traverseHistory", json!({ "delta": -1 }));
    }

    fn press(&self, key: &str) {
        // Keys without a character are in WebDriver's own area.
        let value = match key {
            "Backspace" => "\u{E003}",
            "Tab" => "\u{E004}",
            "Enter" => "\u{E007}",
            "Escape" => "\u{E00C}",
            "F5" => "\u{E035}",
            key => key,
        };
        self.act(&json!([
            { "type": "keyDown", "value": value },
            { "type": "keyUp", "value": value },
        ]));
    }

    fn press_with_control(&self, key: &str) {
        let control = "\u{E009}";
        self.act(&json!([
            { "type": "keyDown", "value": control },
            { "type": "keyDown", "value": key },
            { "type": "keyUp", "value": key },
            { "type": "keyUp", "value": control },
        ]));
    }

    fn compose(&self, draft: &str, text: &str) {
        // The protocol has no input methods.
        let events = [
            ("start", ""),
            ("update", draft),
            ("update", text),
            ("end", text),
        ];
        for (kind, data) in events {
            let event = format!("new CompositionEvent('composition{kind}', {{ data: {data:?} }})");
            let dispatch = format!("document.activeElement.dispatchEvent({event})");
            self.evaluate(&dispatch).expect("the event is dispatched");
        }
    }

    fn screenshot(&self) -> String {
        let taken = self.run("browsingContext.captureScreenshot", json!({}));
        taken["data"].as_str().expect("text").to_owned()
    }

    fn set_minimized(&self, is_minimized: bool) {
        let tree = self.browser.run(
            "browsingContext.getTree",
            json!({ "root": self.context, "maxDepth": 0 }),
        );
        let params = json!({
            "clientWindow": tree["contexts"][0]["clientWindow"],
            "state": if is_minimized { "minimized" } else { "normal" },
        });
        self.browser.run("browser.setClientWindowState", params);
    }

    fn script_memory(&self) -> f64 {
        0.0
    }

    fn close(&self) {
        self.run("browsingContext.close", json!({}));
    }
}
