//! A fake cloud: a proxy before the local server that does on purpose what clouds do and the local server does not.

mod faults;
mod http;
mod list;
mod rows;
mod socket;

use std::{
    collections::{HashMap, HashSet},
    io::{self, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bevy_cometchat::model::MessageId;
use fastrand::Rng;
use serde_json::{Value, json};

use super::{history::NOISE, server::APP};
use http::Message;
use list::List;
use rows::Rows;

pub(crate) use faults::{Fault, Faults};

/// How long a message that is withheld is missing from lists.
pub(crate) const WITHHELD: Duration = Duration::from_millis(300);

/// The proxy. Its address is the server's, as far as the games know.
pub(crate) struct FakeCloud {
    pub(crate) address: SocketAddr,
    cloud: Arc<Cloud>,
}

/// What all of its connections share.
pub(super) struct Cloud {
    server: SocketAddr,
    seed: u64,
    faults: Faults,
    rows: Rows,
    /// The token of the user whose messages are shown as rows that are no messages.
    noise: String,
    is_over: AtomicBool,
    /// The socket credentials that were accepted, and those that were refused since.
    accepted: Mutex<HashSet<String>>,
    refused: Mutex<HashSet<String>>,
    /// When each message that is withheld was first seen.
    withheld: Mutex<HashMap<u64, Instant>>,
}

impl FakeCloud {
    pub(crate) fn start(server: SocketAddr, seed: u64, faults: Faults, noise: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let cloud = Arc::new(Cloud {
            server,
            seed,
            rows: Rows::new(seed, faults.clone()),
            faults,
            noise,
            is_over: AtomicBool::new(false),
            accepted: Mutex::default(),
            refused: Mutex::default(),
            withheld: Mutex::default(),
        });
        let shared = cloud.clone();
        thread::spawn(move || shared.listen(&listener));
        Self { address, cloud }
    }

    /// The messages that became visible later than others with larger ids.
    pub(crate) fn withheld(&self) -> Vec<MessageId> {
        let withheld = self.cloud.withheld.lock().expect("no panic");
        withheld.keys().copied().map(MessageId).collect()
    }

    /// How often it did what.
    pub(crate) fn summary(&self) -> String {
        self.cloud.faults.summary()
    }
}

impl Drop for FakeCloud {
    fn drop(&mut self) {
        self.cloud.is_over.store(true, Ordering::Relaxed);
        // It looks up from waiting for a connection.
        drop(TcpStream::connect(self.address));
    }
}

impl Cloud {
    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for number in 0.. {
            let Ok((client, _)) = listener.accept() else {
                continue;
            };
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let cloud = self.clone();
            let rng = Rng::with_seed(self.seed ^ number);
            // That a connection broke is its end, and nobody else's business.
            thread::spawn(move || drop(cloud.serve(client, rng)));
        }
    }

    /// Serves one connection of a client's, over one connection to the server.
    fn serve(self: &Arc<Self>, client: TcpStream, mut rng: Rng) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut client = BufReader::new(client);
        let mut server = None;
        let mut is_open = false;
        while let Some(request) = Message::read(&mut client)? {
            let is_kept_alive = std::mem::replace(&mut is_open, true);
            if is_kept_alive && self.faults.does(Fault::Close, &mut rng, 20) {
                return Ok(());
            }
            if let Some(refusal) = self.throttle(&request, &mut rng) {
                refusal.write(client.get_mut())?;
                continue;
            }
            let server = match &mut server {
                Some(server) => server,
                none => none.insert(self.connect()?),
            };
            if request.header("upgrade").is_some() {
                return socket::relay(self, client, server, &request, rng);
            }
            self.make_noise(&request, server, &mut rng)?;
            let reply = match List::of(&request) {
                Some(list) => self.list(list, &request, server)?,
                None => request.exchange(server)?,
            };
            let reply = self.rows.reply(&request, reply, &mut rng);
            reply.write(client.get_mut())?;
        }
        Ok(())
    }

    fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let server = TcpStream::connect(self.server)?;
        server.set_nodelay(true)?;
        Ok(BufReader::new(server))
    }

    /// What a server answers that has too much to do, in one of the forms in which servers say so.
    fn throttle(&self, request: &Message, rng: &mut Rng) -> Option<Message> {
        let one_in = match (request.method(), List::of(request)) {
            ("GET", Some(_)) => 10,
            ("POST", None) if request.sends_message() => 60,
            _ => return None,
        };
        if !self.faults.does(Fault::Throttle, rng, one_in) {
            return None;
        }
        let now = std::time::SystemTime::now();
        let soon = now + Duration::from_secs(1);
        let since_1970 = soon.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        let (status, header) = match rng.u32(..4) {
            0 => ("429 Too Many Requests", ("retry-after", "1".into())),
            1 => ("503 Service Unavailable", ("retry-after", "0".into())),
            2 => (
                "503 Service Unavailable",
                ("retry-after", httpdate::fmt_http_date(soon)),
            ),
            _ => (
                "429 Too Many Requests",
                ("x-rate-limit-reset", since_1970.to_string()),
            ),
        };
        let bodies = [
            "",
            "{}",
            "<html>busy</html>",
            r#"{"error":{"code":"ERR_TOO_MANY_REQUESTS","message":"slow down"}}"#,
            r#"{"error":{"code":429,"message":null}}"#,
            r#"{"data":[]}"#,
        ];
        Some(Message::reply(status, header, rng.choice(bodies)?))
    }

    /// Stores, before a message of a game's, one that is shown as a row that is no message.
    fn make_noise(
        &self,
        request: &Message,
        server: &mut BufReader<TcpStream>,
        rng: &mut Rng,
    ) -> io::Result<()> {
        if !request.sends_message() || !self.rows.shows_noise() || rng.u32(..6) > 0 {
            return Ok(());
        }
        let Ok(message) = serde_json::from_slice::<Value>(&request.body) else {
            return Ok(());
        };
        let noise = json!({
            "receiver": message["receiver"],
            "receiverType": message["receiverType"],
            "category": "custom",
            "type": NOISE,
            "data": {"customData": {"noise": true}},
        });
        let headers = [
            ("host", request.header("host").unwrap_or_default()),
            ("appId", APP),
            ("authToken", &self.noise),
            ("resource", NOISE),
        ];
        let path = request.target();
        let noise = Message::request("POST", path, &headers, noise.to_string());
        noise.exchange(server).map(drop)
    }

    /// Whether a list has the message yet.
    fn is_visible(&self, id: u64) -> bool {
        if !self.is_withheld(id) {
            return true;
        }
        let mut withheld = self.withheld.lock().expect("no panic");
        let since = withheld.entry(id).or_insert_with(Instant::now);
        since.elapsed() > WITHHELD
    }

    fn is_withheld(&self, id: u64) -> bool {
        let mut rng = Rng::with_seed(self.seed ^ id);
        self.faults.has(Fault::Withheld) && rng.u32(..15) == 0
    }

    /// Whether to refuse a socket credential as stale: one that was accepted before, and once.
    fn refuses(&self, jwt: &str, rng: &mut Rng) -> bool {
        let mut accepted = self.accepted.lock().expect("no panic");
        if accepted.insert(jwt.to_owned()) {
            return false;
        }
        let mut refused = self.refused.lock().expect("no panic");
        !refused.contains(jwt)
            && self.faults.does(Fault::Jwt, rng, 6)
            && refused.insert(jwt.to_owned())
    }
}
