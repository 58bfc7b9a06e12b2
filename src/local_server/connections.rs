use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::access::network;

/// The maximum number of further connections that are only told that there is no room, in total and from one address.
pub(super) const MAX_REFUSED: usize = 64;
const MAX_REFUSED_OF_ADDRESS: usize = 16;

/// The open connections, in total and from each address.
pub(super) struct Connections {
    max: usize,
    max_of_address: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    count: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Whether there is room for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Granted,
    /// There is no room: the connection is told so, and nothing else.
    Full,
}

/// An open connection, until this is dropped.
pub(super) struct OpenConnection {
    connections: Arc<Connections>,
    address: IpAddr,
    pub(super) admission: Admission,
}

impl Connections {
    pub(super) fn new(max: usize, max_of_address: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_of_address,
            open: Mutex::default(),
        })
    }

    /// Counts a connection from an address. Returns `None` if there is no room, not even for a connection that is only
    /// told so.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<OpenConnection> {
        let address = network(address);
        let mut open = self.lock();
        let of_address = open.by_address.get(&address).copied().unwrap_or(0);
        let admission = if open.count < self.max && of_address < self.max_of_address {
            Admission::Granted
        } else if open.count < self.max.saturating_add(MAX_REFUSED)
            && of_address < self.max_of_address.saturating_add(MAX_REFUSED_OF_ADDRESS)
        {
            Admission::Full
        } else {
            return None;
        };
        open.count += 1;
        open.by_address.insert(address, of_address + 1);
        Some(OpenConnection {
            connections: self.clone(),
            address,
            admission,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.count = open.count.saturating_sub(1);
        if let Some(of_address) = open.by_address.get_mut(&self.address) {
            *of_address = of_address.saturating_sub(1);
            if *of_address == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_limit_is_full_all_the_same_where_the_other_limit_is_reached() {
        for (max, max_of_address) in [(usize::MAX, 1), (1, usize::MAX)] {
            let connections = Connections::new(max, max_of_address);
            let admitted: Vec<_> = (0..2)
                .filter_map(|_| connections.admit("10.0.0.1".parse().unwrap()))
                .collect();
            let admissions: Vec<_> = admitted.iter().map(|open| open.admission).collect();
            assert_eq!(admissions, [Admission::Granted, Admission::Full]);
        }
    }

    #[test]
    fn an_address_has_its_share_of_the_connections() {
        let connections = Connections::new(5, 3);
        let admit = |address: &str| connections.admit(address.parse().unwrap());
        let is = |admission, open: &Option<OpenConnection>| {
            open.as_ref()
                .is_some_and(|open| open.admission == admission)
        };
        let mut of_one: Vec<_> = (0..3).map(|_| admit("10.0.0.1")).collect();
        assert!(of_one.iter().all(|open| is(Admission::Granted, open)));
        let refused: Vec<_> = (0..20).map(|_| admit("10.0.0.1")).collect();
        assert!(refused[..16].iter().all(|open| is(Admission::Full, open)));
        assert!(refused[16..].iter().all(Option::is_none));
        drop(refused);

        // A network of IPv6 counts as one.
        let of_another = [admit("2001:db8::1"), admit("2001:db8::2")];
        assert!(of_another.iter().all(|open| is(Admission::Granted, open)));
        assert!(is(Admission::Full, &admit("10.0.0.3")));
        of_one.pop();
        assert!(is(Admission::Granted, &admit("10.0.0.3")));
        drop((of_one, of_another));
        assert!(connections.lock().by_address.is_empty());
        assert_eq!(connections.lock().count, 0);
    }
}
