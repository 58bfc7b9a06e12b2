use std::{
    io,
    net::{SocketAddr, TcpStream},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use async_io::{Async, Timer};
use futures_lite::{AsyncRead, AsyncWrite, FutureExt, future};
use futures_rustls::{TlsConnector, pki_types::ServerName};

use super::{budgeted::Budgeted, tls};
use crate::{
    app_settings::{AppSettings, Encryption},
    connection::{Cause, LinkLoss},
    error::ChatError,
    shells::{
        endpoint::Endpoint,
        failure::{loss, plain_text_refused},
    },
};

/// The delay before the next address is tried in parallel (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);

/// A byte stream to a server, encrypted or not.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub(super) type Stream = Box<dyn Duplex>;

/// Opens byte streams as the settings allow: names, staggered addresses, TLS.
#[derive(Clone)]
pub(in crate::shells) struct Connector {
    tls: TlsConnector,
    encryption: Encryption,
    /// Whether unsent data is discarded when the stream is dropped. By default the operating system still delivers it,
    /// possibly minutes later.
    takes_back: bool,
}

impl Connector {
    /// # Errors
    /// When a trusted certificate can't be read.
    pub(in crate::shells) fn check_settings(settings: &AppSettings) -> Result<(), ChatError> {
        tls::read(&settings.trusted_certificates).map(drop)
    }

    /// As the settings say.
    ///
    /// # Errors
    /// Those of [`check_settings`](Self::check_settings), and when the machine has no certificates to check others with.
    pub(in crate::shells) fn new(settings: &AppSettings) -> Result<Self, ChatError> {
        Ok(Self {
            tls: tls::connector(&settings.trusted_certificates)?,
            encryption: settings.encryption,
            takes_back: false,
        })
    }

    /// A connector whose streams discard unsent data when they are dropped.
    pub(super) fn that_takes_back(&self) -> Self {
        Self {
            takes_back: true,
            ..self.clone()
        }
    }

    pub(super) fn default_port(&self) -> u16 {
        match self.encryption {
            Encryption::Required => 443,
            Encryption::PlainToLoopback | Encryption::DangerPlainToAnywhere => 80,
        }
    }

    pub(super) async fn connect(&self, endpoint: &Endpoint) -> Result<Stream, LinkLoss> {
        let addresses = resolve(endpoint).await?;
        if self.encryption == Encryption::PlainToLoopback
            && !addresses.iter().all(|address| address.ip().is_loopback())
        {
            return Err(plain_text_refused(endpoint));
        }
        let tcp = race(addresses).await.map_err(|error| {
            loss(
                Cause::Unreachable,
                format!("{}: {error}", endpoint.authority()),
            )
        })?;
        // Chat frames are small, and must not wait for more data.
        let _ = tcp.get_ref().set_nodelay(true);
        if self.takes_back {
            let _ = rustix::net::sockopt::set_socket_linger(tcp.get_ref(), Some(Duration::ZERO));
        }
        match self.encryption {
            Encryption::Required => self.encrypt(Budgeted::new(tcp), endpoint).await,
            Encryption::PlainToLoopback | Encryption::DangerPlainToAnywhere => {
                Ok(Box::new(Budgeted::new(tcp)))
            }
        }
    }

    async fn encrypt(&self, tcp: Budgeted, endpoint: &Endpoint) -> Result<Stream, LinkLoss> {
        let name = match endpoint.ip() {
            Some(ip) => ServerName::IpAddress(ip.into()),
            None => ServerName::try_from(endpoint.host.clone())
                .map_err(|error| loss(Cause::Tls, error.to_string()))?,
        };
        let stream = self.tls.connect(name, tcp).await;
        stream
            .map(|stream| Box::new(stream) as Stream)
            .map_err(|error| loss(Cause::Tls, format!("{}: {error}", endpoint.authority())))
    }
}

/// The addresses of the host, the two families taking turns.
async fn resolve(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, LinkLoss> {
    if let Some(ip) = endpoint.ip() {
        return Ok(vec![(ip, endpoint.port).into()]);
    }
    let unresolved = |why: String| loss(Cause::NameResolution, format!("{}: {why}", endpoint.host));
    let found = async_net::resolve((endpoint.host.as_str(), endpoint.port))
        .await
        .map_err(|error| unresolved(error.to_string()))?;
    let (mut first, mut second): (Vec<_>, Vec<_>) = found
        .iter()
        .copied()
        .partition(|address| address.is_ipv6() == found[0].is_ipv6());
    first.reverse();
    second.reverse();
    let mut addresses = Vec::with_capacity(found.len());
    while let Some(address) = first.pop() {
        addresses.push(address);
        addresses.extend(second.pop());
    }
    addresses.extend(second.into_iter().rev());
    if addresses.is_empty() {
        Err(unresolved("it has no address".into()))
    } else {
        Ok(addresses)
    }
}

/// Connects to the address that answers first. The attempt at each next address starts a little after the previous one,
/// or as soon as that has failed.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<Async<TcpStream>> {
    let mut waiting = addresses.into_iter();
    let mut running: Vec<Running<io::Result<Async<TcpStream>>>> = Vec::new();
    let mut last_error = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = waiting.next() {
            running.push(Box::pin(Async::<TcpStream>::connect(address)));
        }
        if running.is_empty() {
            return Err(last_error);
        }
        let next_is_due = async {
            match waiting.as_slice() {
                [] => future::pending().await,
                _ => Timer::after(STAGGER).await,
            };
            None
        };
        match future::or(first_of(&mut running), next_is_due).await {
            Some(Ok(stream)) => return Ok(stream),
            Some(Err(error)) => last_error = error,
            None => {}
        }
    }
}

type Running<T> = Pin<Box<dyn Future<Output = T>>>;

/// The outcome of the future that ends first. It is removed from the list.
async fn first_of<T>(running: &mut Vec<Running<T>>) -> Option<T> {
    future::poll_fn(|context: &mut Context<'_>| {
        for index in 0..running.len() {
            if let Poll::Ready(outcome) = running[index].poll(context) {
                drop(running.swap_remove(index));
                return Poll::Ready(Some(outcome));
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        io::{ErrorKind, Read},
        net::TcpListener,
    };

    use futures_lite::AsyncWriteExt;

    use super::*;

    /// What the peer reads at the end of a stream that was dropped.
    fn end_of_stream(takes_back: bool) -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let connector = Connector {
            tls: tls::connector(&[]).unwrap(),
            encryption: Encryption::PlainToLoopback,
            takes_back,
        };
        let endpoint = Endpoint::new("127.0.0.1", listener.local_addr().unwrap().port());
        let mut stream = async_io::block_on(connector.connect(&endpoint)).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        async_io::block_on(stream.write_all(b"half a request")).unwrap();
        drop(stream);
        peer.read_to_end(&mut Vec::new())
    }

    #[test]
    fn o5_what_was_given_up_does_not_arrive_later() {
        assert_eq!(
            end_of_stream(true).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert_eq!(end_of_stream(false).unwrap(), b"half a request".len());
    }
}
