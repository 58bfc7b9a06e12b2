use std::{collections::BTreeSet, time::Duration};

use async_io::Timer;
use bevy_cometchat::{
    client::{Client, Event, Events},
    connection::ConnectionStatus,
};
use futures_lite::future;

use super::{Outcome, args::Target};

/// How long an event may take to arrive.
const EVENT_TIMEOUT: Duration = Duration::from_secs(10);

/// One of the users of the check, with a client.
pub(crate) struct Player {
    pub(crate) uid: String,
    pub(crate) client: Client,
    events: Events,
    /// Arrived, and not asked for yet.
    waiting: Vec<Event>,
    /// The names of the kinds of events that arrived.
    pub(crate) seen: BTreeSet<String>,
}

impl Player {
    pub(crate) async fn start(uid: &str, target: &Target) -> Outcome<Self> {
        let (client, events) = Client::start()?;
        client
            .init(target.app_id.as_str(), target.settings())
            .await?;
        Ok(Self {
            uid: uid.to_owned(),
            client,
            events,
            waiting: Vec::new(),
            seen: BTreeSet::new(),
        })
    }

    /// Waits for an event, passing over those before it.
    pub(crate) async fn event(&mut self, is_it: impl Fn(&Event) -> bool) -> Option<Event> {
        if let Some(place) = self.waiting.iter().position(&is_it) {
            return Some(self.waiting.remove(place));
        }
        let arrival = async {
            loop {
                let event = self.events.next().await?;
                self.seen.insert(name(&event));
                if is_it(&event) {
                    return Some(event);
                }
                self.waiting.push(event);
            }
        };
        future::or(arrival, async {
            Timer::after(EVENT_TIMEOUT).await;
            None
        })
        .await
    }

    pub(crate) async fn is_connected(&mut self) -> bool {
        let connected = |event: &Event| matches!(event, Event::StatusChanged(change) if change.to == ConnectionStatus::Connected);
        self.event(connected).await.is_some()
    }
}

/// The name of an event's kind: what its debug form begins with.
fn name(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split(|letter: char| !letter.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned()
}
