use bevy_cometchat::connection::ConnectionStatus;

use super::player::{Player, network, server, settings};

/// What the process holds: threads, open files, and resident memory in KiB.
#[cfg(target_os = "linux")]
fn holdings() -> (usize, usize, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let number = |name: &str| -> usize {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let files = std::fs::read_dir("/proc/self/fd").unwrap().count();
    (number("Threads:"), files, number("VmRSS:"))
}

/// Runs in a process of its own, so that no other test's threads and sockets are counted.
#[cfg(target_os = "linux")]
#[test]
fn a_hundred_reconnects_leak_nothing() {
    const ALONE: &str = "COMETCHAT_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "connection::endurance::a_hundred_reconnects_leak_nothing";
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(ALONE, "1")
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let server = server();
    let network = network(&server);
    let mut alice = Player::live(
        "alice",
        settings(network.address()).timing(|timing| {
            timing.backoff_first = std::time::Duration::from_millis(1);
            timing.backoff_base = std::time::Duration::from_millis(1);
            timing.backoff_cap = std::time::Duration::from_millis(5);
            timing.attempt_spacing = std::time::Duration::from_millis(1);
        }),
    );
    let mut reconnect = |times: usize| {
        for _ in 0..times {
            network.reset_all();
            alice.wait_until(ConnectionStatus::Disconnected);
            alice.wait_until(ConnectionStatus::Connected);
        }
        settle()
    };
    // The first rounds fill pools and caches.
    let before = reconnect(20);
    let after = reconnect(100);
    assert!(after.0 <= before.0 + 2, "threads: {before:?} -> {after:?}");
    assert!(after.1 <= before.1 + 4, "files: {before:?} -> {after:?}");
    assert!(
        after.2 <= before.2 + 8 * 1024,
        "KiB: {before:?} -> {after:?}"
    );
}

/// The holdings once those of closed connections are gone: the least over a while.
#[cfg(target_os = "linux")]
fn settle() -> (usize, usize, usize) {
    (0..40)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            holdings()
        })
        .min()
        .unwrap()
}
