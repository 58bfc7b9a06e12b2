//! The network simulator on real sockets: that each condition is what it says.

use std::{
    io::{ErrorKind, Read, Write},
    iter,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use bevy_cometchat::test_util::{NetworkCondition, NetworkSimulator};

/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing happens where nothing should.
const QUIET: Duration = Duration::from_millis(200);

/// A server whose connections the test takes.
struct Server {
    address: SocketAddr,
    connections: Receiver<TcpStream>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (accepted, connections) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                if accepted.send(stream).is_err() {
                    return;
                }
            }
        });
        Self {
            address,
            connections,
        }
    }

    fn accept(&self) -> TcpStream {
        self.connections.recv_timeout(PATIENCE).unwrap()
    }
}

fn start() -> (Server, NetworkSimulator) {
    let server = Server::start();
    let network = NetworkSimulator::start(server.address, 7).unwrap();
    (server, network)
}

fn connect(network: &NetworkSimulator) -> TcpStream {
    let stream = TcpStream::connect(network.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A connection that has carried a byte each way: the client's end and the server's.
fn connection(server: &Server, network: &NetworkSimulator) -> (TcpStream, TcpStream) {
    let mut client = connect(network);
    client.write_all(b"?").unwrap();
    let mut at_server = server.accept();
    assert_eq!(read(&mut at_server, 1), b"?");
    at_server.write_all(b"!").unwrap();
    assert_eq!(read(&mut client, 1), b"!");
    (client, at_server)
}

fn read(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

fn assert_quiet(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(QUIET)).unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{error}"
    );
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
}

fn assert_reset(stream: &mut TcpStream) {
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

/// Waits until it is so.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_perfect_network_passes_everything_and_counts_it() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    let sent: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let to_send = sent.clone();
    let sender = thread::spawn(move || {
        client.write_all(&to_send).unwrap();
        client
    });
    assert_eq!(read(&mut at_server, sent.len()), sent);
    let mut client = sender.join().unwrap();
    at_server.write_all(b"answer").unwrap();
    assert_eq!(read(&mut client, 6), b"answer");
    eventually("all are counted", || {
        (network.bytes_to_server(), network.bytes_to_clients()) == (1_000_001, 7)
    });
    assert_eq!((network.connections(), network.open_connections()), (1, 1));
}

#[test]
fn each_end_may_stop_sending_and_go_on_reading() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(at_server.read(&mut [0]).unwrap(), 0);
    at_server.write_all(b"last words").unwrap();
    drop(at_server);
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"last words");
    eventually("the connection is over", || network.open_connections() == 0);
}

#[test]
fn an_answer_takes_twice_the_latency() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    let one_way = Duration::from_millis(50);
    network.set(NetworkCondition::perfect().latency(one_way));
    let start = Instant::now();
    client.write_all(b"?").unwrap();
    read(&mut at_server, 1);
    assert!(start.elapsed() >= one_way);
    at_server.write_all(b"!").unwrap();
    read(&mut client, 1);
    assert!(start.elapsed() >= 2 * one_way);
}

#[test]
fn jitter_does_not_change_the_order() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    network.set(NetworkCondition::perfect().jitter(Duration::from_millis(20)));
    for number in 0..100 {
        client.write_all(&[number]).unwrap();
        thread::sleep(Duration::from_millis(1));
    }
    let expected: Vec<u8> = (0..100).collect();
    assert_eq!(read(&mut at_server, 100), expected);
}

#[test]
fn a_slow_line_passes_so_many_bytes_a_second_over_all_connections() {
    let (server, network) = start();
    let connections = [(); 2].map(|()| connection(&server, &network));
    network.set(NetworkCondition::perfect().bytes_per_second(40_000));
    let start = Instant::now();
    let readers = connections.map(|(mut client, mut at_server)| {
        client.write_all(&[7; 10_000]).unwrap();
        thread::spawn(move || (read(&mut at_server, 10_000), client))
    });
    for reader in readers {
        reader.join().unwrap();
    }
    // 20,000 bytes take half a second.
    assert!(
        start.elapsed() >= Duration::from_millis(490),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn nothing_comes_out_of_a_black_hole_until_it_is_over() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    network.set(NetworkCondition::black_hole());
    client.write_all(b"up").unwrap();
    at_server.write_all(b"down").unwrap();
    assert_quiet(&mut client);
    assert_quiet(&mut at_server);
    let mut newcomer = connect(&network);
    newcomer.write_all(b"new").unwrap();
    assert!(
        server.connections.recv_timeout(QUIET).is_err(),
        "the server hears of nobody"
    );

    network.set(NetworkCondition::perfect());
    assert_eq!(read(&mut at_server, 2), b"up");
    assert_eq!(read(&mut client, 4), b"down");
    assert_eq!(read(&mut server.accept(), 3), b"new");
}

#[test]
fn not_even_the_end_of_a_connection_comes_out_of_a_black_hole() {
    let (server, network) = start();
    let (client, mut at_server) = connection(&server, &network);
    network.set(NetworkCondition::black_hole());
    drop(client);
    assert_quiet(&mut at_server);
    network.set(NetworkCondition::perfect());
    assert_eq!(at_server.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_reset_ends_every_connection_at_both_ends_and_lets_new_ones_in() {
    let (server, network) = start();
    let mut connections = [(); 3].map(|()| connection(&server, &network));
    // One that the server has not heard of.
    let mut newcomer = connect(&network);
    network.reset_all();
    assert_eq!(network.open_connections(), 0);
    for (client, at_server) in &mut connections {
        assert_reset(client);
        assert_reset(at_server);
    }
    assert_reset(&mut newcomer);
    let mut client = connect(&network);
    client.write_all(b"?").unwrap();
    // The server may have heard of the newcomer, at any time: what it has of it is reset, too.
    let mut first = [0];
    let mut at_server = iter::repeat_with(|| server.accept())
        .find_map(|mut stream| stream.read_exact(&mut first).is_ok().then_some(stream))
        .unwrap();
    assert_eq!(&first, b"?");
    at_server.write_all(b"!").unwrap();
    assert_eq!(read(&mut client, 1), b"!");
}

#[test]
fn a_refusing_network_lets_nobody_in_and_keeps_its_port() {
    let (server, network) = start();
    let (mut client, mut at_server) = connection(&server, &network);
    for _ in 0..3 {
        network.set(NetworkCondition::refusing());
        let error = TcpStream::connect(network.address()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        client.write_all(b"?").unwrap();
        assert_eq!(read(&mut at_server, 1), b"?", "what stands goes on");
        network.set(NetworkCondition::perfect());
        connection(&server, &network);
    }
    assert_eq!(network.connections(), 4);
}

#[test]
fn a_storm_resets_and_refuses_until_it_is_over() {
    let (_server, network) = start();
    let (every, down) = (Duration::from_millis(40), Duration::from_millis(40));
    network.set(NetworkCondition::perfect().restarts(every, down));
    let (mut resets, mut refusals) = (0, 0);
    let start = Instant::now();
    while resets < 3 || refusals < 3 {
        assert!(
            start.elapsed() < PATIENCE,
            "{resets} resets, {refusals} refusals"
        );
        match TcpStream::connect(network.address()) {
            Ok(mut stream) => {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                resets += u32::from(stream.read(&mut [0]).is_err());
            }
            Err(_) => refusals += 1,
        }
    }
    network.set(NetworkCondition::perfect());
    let mut client = connect(&network);
    assert_quiet(&mut client);
}

#[test]
fn a_server_that_is_away_resets_whoever_comes() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let network = NetworkSimulator::start(address, 7).unwrap();
    assert_reset(&mut connect(&network));
}

#[test]
fn a_dropped_network_ends_its_connections_and_frees_its_port() {
    let (server, network) = start();
    let address = network.address();
    let (mut client, mut at_server) = connection(&server, &network);
    drop(network);
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0);
    assert_eq!(at_server.read(&mut [0]).unwrap_or(0), 0);
    TcpListener::bind(address).unwrap();
}
