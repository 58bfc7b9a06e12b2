use std::{
    future::pending,
    io,
    net::{SocketAddr, TcpListener, TcpStream},
};

use async_io::Async;
use socket2::{Domain, Socket, Type};

/// The maximum number of connections that wait to be accepted.
const BACKLOG: i32 = 1_024;

/// A port that listens or refuses. It stays reserved in both states.
pub(super) struct Door {
    address: SocketAddr,
    state: State,
}

enum State {
    Open(Async<TcpListener>),
    /// Holds the port without listening: the operating system refuses connections to it.
    Shut(Socket),
    /// Another process took the port between the two states.
    Lost,
}

impl Door {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = listen(bind(address)?)?;
        Ok(Self {
            address: listener.get_ref().local_addr()?,
            state: State::Open(listener),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection. Waits forever while the port is shut.
    pub(super) async fn accept(&self) -> io::Result<Async<TcpStream>> {
        match &self.state {
            State::Open(listener) => listener.accept().await.map(|(stream, _)| stream),
            State::Shut(_) | State::Lost => pending().await,
        }
    }

    pub(super) fn set_open(&mut self, open: bool) {
        if open == matches!(self.state, State::Open(_)) {
            return;
        }
        // The listener goes first: two can't have the port at once.
        let socket = match std::mem::replace(&mut self.state, State::Lost) {
            State::Shut(socket) => Ok(socket),
            State::Open(_) | State::Lost => bind(self.address),
        };
        let state = socket.and_then(|socket| {
            if open {
                listen(socket).map(State::Open)
            } else {
                Ok(State::Shut(socket))
            }
        });
        match state {
            Ok(state) => self.state = state,
            Err(error) => tracing::error!(%error, "the port of the network simulator is lost"),
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Earlier connections may still hold the port. On Windows they don't, and the option means something else.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listen(socket: Socket) -> io::Result<Async<TcpListener>> {
    socket.listen(BACKLOG)?;
    Async::new(socket.into())
}
