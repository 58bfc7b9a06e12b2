use super::harness::{
    DISCONNECTED, NEVER, NOT_LOGGED_IN, Server, World, millis, not_connected, secs,
};
use crate::connection::{
    Cause, ConnectionStatus, Input, LinkLoss, Mode, Output, Retry, SessionOrigin,
};

#[test]
fn s3_another_users_login_ends_the_first_session() {
    let mut world = World::auto_live();
    let first = world.link();
    world.answers_pings = false;
    let ping = world.ping();
    world.log.clear();

    world.login();

    assert_eq!(world.log[0].1, Output::CloseLink(first));
    assert_eq!(world.changes()[0].cause, Cause::LoggedOut);
    assert_eq!(world.settled(ping), not_connected(Cause::LoggedOut));
    assert_eq!(world.changes()[1].cause, Cause::LoggedIn);
    assert_ne!(world.link(), first);
}

#[test]
fn s4_a_restored_session_connects_in_auto_mode() {
    let mut world = World::new(Mode::Auto);
    world.put(Input::SessionOpened(SessionOrigin::Restored));
    assert_eq!(world.opened(), [secs(0)]);
    assert_eq!(world.last_change().cause, Cause::SessionRestored);
    assert_eq!(world.last_change().attempt, 1);
}

#[test]
fn s4_a_restored_session_waits_for_connect_in_manual_mode() {
    let mut world = World::new(Mode::Manual);
    world.put(Input::SessionOpened(SessionOrigin::Restored));
    world.run_for(secs(3_600));
    assert!(world.connection.is_signed_in());
    assert!(world.log.is_empty());
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn s5_logout_closes_and_fails_what_is_pending() {
    let mut world = World::auto_live();
    world.answers_pings = false;
    let ping = world.ping();
    world.logout();
    assert_eq!(world.closed().len(), 1);
    assert_eq!(world.last_change().retry, Retry::Never);
    assert_eq!(world.settled(ping), not_connected(Cause::LoggedOut));
    assert!(!world.connection.is_signed_in());
    assert_eq!(world.connection.next_deadline(), None);

    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn s5_logout_gives_a_pending_retry_up() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::down();
    world.login();
    world.run_for(millis(1));
    world.logout();
    let change = world.last_change();
    assert_eq!(change.from, ConnectionStatus::Disconnected);
    assert_eq!(change.to, ConnectionStatus::Disconnected);
    assert_eq!(change.cause, Cause::LoggedOut);
    assert_eq!(change.retry, Retry::Never);
}

#[test]
fn s6_an_unknown_token_ends_it_and_nothing_loops() {
    let mut world = World::manual();
    world.server = Server::Refuses(LinkLoss::new(Cause::TokenUnknown));
    let connect = world.connect();
    world.run_for(millis(1));
    world.put(Input::SessionClosed(Cause::TokenUnknown));
    world.run_for(secs(3_600));

    assert_eq!(world.settled(connect), not_connected(Cause::TokenUnknown));
    assert_eq!(world.opened().len(), 1);
    assert_eq!(world.last_change().cause, Cause::TokenUnknown);
    assert_eq!(world.last_change().retry, Retry::Never);
    assert_eq!(world.changes().len(), 2, "the session's end adds no change");
}

#[test]
fn s6_the_servers_word_over_http_closes_a_live_connection() {
    let mut world = World::auto_live();
    world.put(Input::SessionClosed(Cause::TokenUnknown));
    assert_eq!(world.closed().len(), 1);
    assert_eq!(world.last_change().cause, Cause::TokenUnknown);
}

#[test]
fn s5_nobody_logged_in_can_do_anything() {
    let mut world = World::new(Mode::Auto);
    let requests = [world.connect(), world.ping(), world.disconnect()];
    for request in requests {
        assert_eq!(world.settled(request), NOT_LOGGED_IN);
    }
    world.logout();
    assert_eq!(world.opened(), NEVER);
    assert!(world.changes().is_empty());
}

#[test]
fn s5_late_reports_of_the_old_link_do_not_count() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::Silent;
    world.login();
    let old = world.link();
    world.logout();
    world.login();
    world.run_for(secs(1));
    let recorded = world.log.len();

    world.put(Input::LinkLive(old));
    world.put(Input::Inbound(old));
    world.put(Input::Pong(old));
    world.put(Input::LinkLost(old, LinkLoss::new(Cause::TokenUnknown)));

    assert_eq!(world.log.len(), recorded);
    assert_eq!(world.status(), ConnectionStatus::Connecting);
    let disconnect = world.disconnect();
    assert_eq!(world.settled(disconnect), DISCONNECTED);
}
