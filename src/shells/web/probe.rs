use web_sys::{RequestInit, RequestMode};

use super::{connector::Connector, fetch::Fetch, message_of};
use crate::{
    connection::{Cause, LinkLoss},
    shells::{endpoint::Endpoint, failure::loss},
};

/// After each such number of failed attempts in a row, a socket is opened without a request before it: the server may
/// answer only sockets.
const UNASKED_EVERY: u32 = 4;

/// Requests a reply from a server that could not be reached, to find out whether it can be now.
///
/// Firefox delays each socket to a host that failed before, up to a minute. Failed requests do not increase that delay.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn ask_whether_reachable(
    connector: &Connector,
    endpoint: &Endpoint,
) -> Result<(), LinkLoss> {
    if connector.failures.get().is_multiple_of(UNASKED_EVERY) {
        return Ok(());
    }
    let init = RequestInit::new();
    init.set_mode(RequestMode::NoCors);
    let url = format!("{}://{}/", connector.http_scheme(), endpoint.authority());
    match Fetch::start(&url, &init).await {
        Ok(_) => Ok(()),
        Err(thrown) => Err(loss(
            Cause::Unreachable,
            format!("{}: {}", endpoint.authority(), message_of(&thrown)),
        )),
    }
}
