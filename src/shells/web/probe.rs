use web_sys::{RequestInit, RequestMode};

use super::{connector::Connector, fetch::Fetch, message_of};
use crate::{
    connection::{Cause, LinkLoss},
    shells::{endpoint::Endpoint, failure::loss},
};

/// After as many attempts in a row that have failed a socket is tried unasked: there may be a server that answers sockets
/// only.
const UNASKED_EVERY: u32 = 4;

/// Asks a server that could not be reached whether it can be now.
///
/// Firefox has a page wait before each socket to a host that failed, longer and longer, up to a minute. No such penalty
/// grows from requests.
///
/// # Errors
/// When nothing answers there.
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
