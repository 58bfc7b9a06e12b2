use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    browser::{Browser, PATIENCE},
    site::Site,
    tab::Tab,
};

/// A game in a page, and what it was told.
pub(crate) struct Player {
    pub(crate) tab: Tab,
    told: Vec<String>,
}

impl Player {
    /// A page of the site, without a game.
    pub(crate) fn at(site: &Site) -> Self {
        let tab = Browser::shared().open(&site.address());
        tab.wait_until("window.page");
        Self {
            tab,
            told: Vec::new(),
        }
    }

    /// Alice, connected in auto mode.
    pub(crate) fn connected(site: &Site, background_timeout: Duration) -> Self {
        let mut player = Self::at(site);
        player.start(site, true, background_timeout);
        player.log_in();
        player
    }

    pub(crate) fn start(&self, site: &Site, is_auto: bool, background_timeout: Duration) {
        let server = site.world(|world| world.address().to_string());
        self.start_at(&server, is_auto, background_timeout);
    }

    /// Starts a game with another server than the site's.
    pub(crate) fn start_at(&self, server: &str, is_auto: bool, background_timeout: Duration) {
        let timeout = background_timeout.as_millis();
        self.tab.evaluate(&format!(
            "page.start_game({server:?}, {is_auto}, {timeout})"
        ));
    }

    /// Logs alice in, and waits until she is connected, with nothing told yet.
    pub(crate) fn log_in(&mut self) {
        self.tab.evaluate("page.login('alice')");
        self.wait_for("recovered 0, changed 0");
        self.told();
    }

    /// Waits until the game is told this.
    pub(crate) fn wait_for(&mut self, what: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.listen();
            if self.told.iter().any(|told| told == what) {
                return;
            }
            let told = &self.told;
            assert!(Instant::now() < end, "no {what:?} in time; told: {told:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the game was told since the last call.
    pub(crate) fn told(&mut self) -> Vec<String> {
        self.listen();
        std::mem::take(&mut self.told)
    }

    fn listen(&mut self) {
        let told = self.tab.evaluate("page.told()");
        let told = told.as_array().expect("a list");
        self.told
            .extend(told.iter().map(|it| it.as_str().expect("text").to_owned()));
    }
}
