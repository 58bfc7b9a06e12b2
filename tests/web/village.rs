//! The village of examples/game in a page: what a player sees and does there. `tests/web/run-village` builds the page and the
//! program that serves it.

use std::{
    env,
    fs::File,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use async_io::Timer;
use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event, Events},
    model::TextMessage,
};
use futures_lite::future::{FutureExt, block_on};

use super::{
    browser::{Browser, PATIENCE},
    tab::Tab,
};

/// The keys that a page would act on itself.
const KEYS_OF_PAGES: [&str; 4] = ["Tab", "Backspace", "F5", "'"];

/// Keeps what the game reports, and which keys the browser may act on.
const WATCH: &str = "
    window.reports = [];
    const log = console.log;
    console.log = (line, ...more) => { reports.push(String(line)); log(line, ...more); };
    window.leaked = [];
    addEventListener('keydown', (event) => { if (!event.defaultPrevented) leaked.push(event.key); });
";

/// The smallest screenshot of a village that is drawn, in characters. A page of one colour has a tenth of that.
const DRAWN: usize = 80_000;

/// The program that serves the village. It ends with its standard input.
struct Host {
    address: String,
    _program: Child,
}

static HOST: LazyLock<Host> = LazyLock::new(Host::start);

impl Host {
    fn start() -> Self {
        let variable = |name: &str| env::var(name).expect("started by tests/web/run-village");
        let mut program = Command::new("bash")
            .args(["-c", r#""$@" & cat >/dev/null; kill $!"#, "bash"])
            .arg(variable("VILLAGE_HOST"))
            .arg(variable("VILLAGE_PAGE"))
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = program.stdout.take().expect("a pipe from the program");
        let mut address = String::new();
        let read = BufReader::new(output).read_line(&mut address);
        assert!(read.is_ok() && !address.is_empty(), "it did not start");
        Self {
            address: address.trim_end().to_owned(),
            _program: program,
        }
    }

    /// The address of its chat server.
    fn server(&self) -> &str {
        let (_, server) = self.address.split_once("server=").expect("a query");
        server
    }
}

/// A player in a page.
struct Player {
    tab: Tab,
    name: &'static str,
}

impl Player {
    /// A player who stands in the square and is in its chat.
    fn enter(uid: &str, name: &'static str) -> Self {
        let tab = Browser::shared().open("about:blank");
        tab.prepare(WATCH);
        tab.go_to(&format!("{}&as={uid}", HOST.address));
        tab.wait_until("document.getElementById('loading')?.hidden");
        let player = Self { tab, name };
        player.hears("connected: the server accepted the connection");
        player.hears("in the chat of Fountain Square");
        player
    }

    /// Waits until the game has reported this.
    fn hears(&self, what: &str) {
        let what = format!("s] {what}");
        self.tab
            .wait_until(&format!("reports.some((it) => it.includes({what:?}))"));
    }

    /// Waits until the player's own line is said.
    fn has_said(&self, line: &str) {
        self.hears(&format!("{}, in Fountain Square: {line}", self.name));
    }

    /// Opens the chat box, and waits until the page's input field has the focus.
    fn open_chat(&self) {
        self.tab.press("Enter");
        self.tab.wait_until("document.activeElement.id == 'field'");
    }

    fn say(&self, line: &str) {
        self.open_chat();
        self.tab.type_text(line);
        self.tab.press("Enter");
        self.has_said(line);
        self.tab
            .wait_until("document.activeElement.id == 'village'");
    }

    /// Saves what the player sees, for a look at it.
    fn take_screenshot(&self, name: &str) {
        let screenshot = self.tab.screenshot();
        assert!(screenshot.len() > DRAWN, "{}", screenshot.len());
        let folder = env::var("VILLAGE_PAGE").expect("started by tests/web/run-village");
        let path = format!("{folder}/{name}.png");
        let mut decoder = Command::new("base64")
            .arg("--decode")
            .stdin(Stdio::piped())
            .stdout(File::create(&path).expect("a file"))
            .spawn()
            .expect("the program starts");
        let mut input = decoder.stdin.take().expect("a pipe to the program");
        input.write_all(screenshot.as_bytes()).expect("it reads");
        drop(input);
        assert!(decoder.wait().expect("it ends").success());
        println!("what the player sees: {path}");
    }
}

/// Has the browser's clipboard hold this.
fn copy(text: &str) {
    let page = Browser::shared().open("about:blank");
    page.evaluate(&format!(
        "const field = document.body.appendChild(document.createElement('textarea'));
         field.value = {text:?};
         field.select()"
    ));
    page.press_with_control("c");
}

/// Wren, a player without a page, in the chat of the square.
async fn wren() -> (Client, Events) {
    let (client, events) = Client::start().expect("a thread");
    let server = HOST.server().parse().expect("an address");
    let settings = AppSettings::builder()
        .local_server(server, None)
        .session_in_memory();
    client
        .init("village", settings.build())
        .await
        .expect("init");
    client
        .login(AuthKey::new("wren", "village-key"))
        .await
        .expect("login");
    client.join_group("square", None).await.expect("a group");
    (client, events)
}

/// Waits until somebody says this.
async fn heard(events: &mut Events, uid: &str, text: &str) {
    let said = async {
        while let Some(event) = events.next().await {
            if let Event::MessageReceived(message) = event
                && message.sender.uid == *uid
                && message.text() == Some(text)
            {
                return true;
            }
        }
        false
    };
    let too_late = async {
        Timer::after(PATIENCE).await;
        false
    };
    assert!(said.or(too_late).await, "{uid} did not say {text:?}");
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn a_villager_answers_what_is_typed_in_the_page() {
    let robin = Player::enter("robin", "Robin");
    robin.say("Hello, Mira!");
    robin.hears("Mira, in Fountain Square: Hello, dear!");
    robin.take_screenshot("answered");
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn players_in_a_page_and_in_a_native_client_talk() {
    let finch = Player::enter("finch", "Finch");
    block_on(async {
        let (wren, mut events) = wren().await;
        let greeting = TextMessage::to_group("square", "Good evening, Finch!");
        wren.send_message(greeting).await.expect("it is sent");
        finch.hears("Wren, in Fountain Square: Good evening, Finch!");
        finch.say("Good evening, Wren!");
        heard(&mut events, "finch", "Good evening, Wren!").await;
    });
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn an_input_method_composes_in_the_chat_box() {
    let sparrow = Player::enter("sparrow", "Sparrow");
    sparrow.open_chat();
    sparrow.tab.type_text("a ");
    sparrow.tab.compose("にほんご", "日本語");
    sparrow.tab.type_text(" b");
    sparrow.tab.press("Enter");
    sparrow.has_said("a 日本語 b");
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn pasted_lines_are_one_line() {
    copy("First,\n  second.\n");
    let sparrow = Player::enter("sparrow", "Sparrow");
    sparrow.open_chat();
    sparrow.tab.press_with_control("v");
    sparrow.tab.press("Enter");
    sparrow.has_said("First, second.");
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn the_page_acts_on_no_key_of_the_game() {
    let sparrow = Player::enter("sparrow", "Sparrow");
    let press_all = || KEYS_OF_PAGES.iter().for_each(|key| sparrow.tab.press(key));
    press_all();
    sparrow.open_chat();
    press_all();
    assert_eq!(sparrow.tab.evaluate("leaked.join()"), "");
    let focused = sparrow.tab.evaluate("document.activeElement.id");
    assert_eq!(focused, "field");
}

#[test]
#[ignore = "tests/web/run-village builds the page"]
fn a_page_without_a_server_says_so() {
    let tab = Browser::shared().open("about:blank");
    let (page, _) = HOST.address.split_once('?').expect("a query");
    tab.go_to(&format!("{page}index.html"));
    tab.wait_until("document.body?.innerText.includes('the address of the server is missing')");
}
