//! The site that a page is loaded from. The page asks it for what happens at the server.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use bevy_cometchat::model::MessageId;
use futures_lite::future::block_on;

use crate::scenarios::{native::Native, stage::Stage};

const INDEX: &str = r#"<!doctype html><script type="module">
import init, * as page from "/page.js";
window.memory = (await init()).memory;
window.page = page;
</script>"#;

/// A site, an origin of its own, with the server behind it.
pub(crate) struct Site {
    address: SocketAddr,
    world: Arc<Mutex<Native>>,
}

impl Site {
    pub(crate) fn start() -> Self {
        Self::around(Native::default())
    }

    /// A site with this server behind it.
    pub(crate) fn around(world: Native) -> Self {
        let world = Arc::new(Mutex::new(world));
        let served = world.clone();
        Self {
            address: serve(move |path| reply(path, &served)),
            world,
        }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The same under a name that is not this machine's: another origin.
    pub(crate) fn public_address(&self) -> String {
        format!("http://game.test:{}/", self.address.port())
    }

    /// Does something to the server or its network.
    pub(crate) fn world<T>(&self, act: impl FnOnce(&mut Native) -> T) -> T {
        act(&mut self.world.lock().unwrap())
    }
}

/// Serves what `reply` returns for a path: its kind and its body.
pub(super) fn serve(
    reply: impl Fn(&str) -> (&'static str, Vec<u8>) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let reply = Arc::new(reply);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let reply = reply.clone();
            thread::spawn(move || serve_client(client, &*reply));
        }
    });
    address
}

fn serve_client(client: TcpStream, reply: impl Fn(&str) -> (&'static str, Vec<u8>)) -> Option<()> {
    let mut lines = BufReader::new(&client).lines();
    let request = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let path = request.split(' ').nth(1)?;
    let (kind, body) = reply(path);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    (&client).write_all(&[head.as_bytes(), &body].concat()).ok()
}

fn reply(path: &str, world: &Mutex<Native>) -> (&'static str, Vec<u8>) {
    let file = |name: &str| {
        let folder = std::env::var("WEB_PAGE").expect("started by tests/web/run");
        fs::read(format!("{folder}/{name}")).expect("the page was built")
    };
    match path {
        "/page.js" => ("text/javascript", file("page.js")),
        "/page_bg.wasm" => ("application/wasm", file("page_bg.wasm")),
        path => match path.strip_prefix("/host/") {
            Some(command) => ("text/plain", carry_out(command, world).into_bytes()),
            None => ("text/html", INDEX.into()),
        },
    }
}

/// Does what a page asks for.
fn carry_out(command: &str, world: &Mutex<Native>) -> String {
    let command = command.replace("%20", " ");
    let mut words = command.split('/');
    let name = words.next().unwrap_or_default();
    let mut word = || words.next().unwrap_or_default();
    let mut world = world.lock().unwrap();
    match name {
        "start" => return world.address().to_string(),
        "start_with_expiring_tokens" => {
            *world = block_on(Native::with_expiring_tokens());
            return world.address().to_string();
        }
        "bob_says" => return block_on(world.bob_says(word())).0.to_string(),
        "bob_edits" => {
            let id = MessageId(word().parse().expect("an id"));
            block_on(world.bob_edits(id, word()));
        }
        "cut" => block_on(world.cut()),
        "restore" => block_on(world.restore()),
        "break_connections" => block_on(world.break_connections()),
        "lose_next_reply" => block_on(world.lose_next_reply()),
        _ => panic!("there is no {name}"),
    }
    String::new()
}
