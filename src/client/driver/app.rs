use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc, time::Duration};

use async_channel::Sender;
use async_executor::Task;

use super::{
    api::{self, API_VERSION, Api, SDK},
    catch_up::CatchUp,
    connector::{Connector, loss},
    endpoint::Endpoint,
    link::{Link, LinkPlan},
    progress::Progress,
};
use crate::{
    client::{
        Completer, PresenceSubscription, SessionStore, Waiting,
        ephemeral::Ephemeral,
        operation::PendingCall,
        outbox::{Attempt, Outbox},
        renewal::Renewal,
        session::{Record, Session},
    },
    connection::{Cause, ConnectionMachine, LinkId, LinkLoss, Ticket},
    model::User,
    wire::client_frame::{AuthAppInfo, AuthBody, AuthFrame, AuthParams},
};

/// Everything that belongs to one initialised app.
pub(super) struct App {
    pub(super) api: Rc<Api>,
    pub(super) connector: Connector,
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) record: Record,
    pub(super) connection: ConnectionMachine,
    pub(super) links: HashMap<LinkId, Link>,
    pub(super) closing: Vec<Task<()>>,
    pub(super) waiting: HashMap<Ticket, Waiting>,
    pub(super) login: Option<Login>,
    /// What waits for a new token (rule T1).
    pub(super) renewal: Renewal<Sender<Session>>,
    /// The new token that is being looked at.
    pub(super) renewing: Option<Login>,
    /// The link that was being attempted with the old one.
    pub(super) outdated_link: Option<LinkId>,
    /// What the user has not sent yet.
    pub(super) outbox: Rc<RefCell<Outbox>>,
    /// The outbox's requests under way.
    pub(super) attempts: HashMap<Attempt, Option<Task<()>>>,
    pub(super) calls: HashMap<u64, CallInFlight>,
    /// What of the session's messages the game has.
    pub(super) progress: Rc<Progress>,
    pub(super) progress_saved: Duration,
    /// Who types, and which receipts wait to be told.
    pub(super) ephemeral: Rc<RefCell<Ephemeral>>,
}

/// The login that is running.
pub(super) struct Login {
    pub(super) id: u64,
    pub(super) done: Completer<Arc<User>>,
    pub(super) _task: Option<Task<()>>,
}

/// A request over HTTP under way. Dropped with the session that it acts for (rule S5).
pub(super) struct CallInFlight {
    pub(super) call: PendingCall,
    pub(super) _task: Option<Task<()>>,
}

impl App {
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let renewal_ends_at = self.renewal.ends_at().filter(|_| self.renewing.is_none());
        let deadlines = [
            self.connection.next_deadline(),
            self.outbox.borrow().next_deadline(),
            self.ephemeral.borrow().next_deadline(),
            renewal_ends_at,
        ];
        deadlines.into_iter().flatten().min()
    }

    pub(super) fn live_link(&self) -> Option<&Link> {
        self.links.get(&self.connection.live_link()?)
    }

    pub(super) fn plan(&self, id: LinkId) -> Result<LinkPlan, LinkLoss> {
        let session = self
            .record
            .session
            .as_ref()
            .ok_or(LinkLoss::new(Cause::LoggedOut))?;
        let (host, port) = session.settings.chat_endpoint().ok_or_else(|| {
            loss(
                Cause::Unreachable,
                "the server's settings name no chat host",
            )
        })?;
        let auth_frame = self
            .auth_frame(session)
            .map_err(|error| loss(Cause::CredentialsRejected, error.to_string()))?;
        Ok(LinkPlan {
            id,
            connector: self.connector.clone(),
            endpoint: Endpoint::new(host, port),
            auth_frame,
            device_id: self.api.resource.clone(),
            catch_up: CatchUp {
                api: self.api.clone(),
                session: session.clone(),
                progress: self.progress.clone(),
                limit: self.api.settings.recovery_limit,
            },
            outbox: Rc::downgrade(&self.outbox),
            ephemeral: self.ephemeral.clone(),
        })
    }

    /// The first frame on a socket (PROTOCOL.md §3.2).
    fn auth_frame(&self, session: &Session) -> serde_json::Result<String> {
        let no_roles = Vec::new();
        let (presence_subscription, roles) = match &self.api.settings.presence {
            PresenceSubscription::None => (None, &no_roles),
            PresenceSubscription::AllUsers => (Some("ALL_USERS"), &no_roles),
            PresenceSubscription::Friends => (Some("FRIENDS"), &no_roles),
            PresenceSubscription::Roles(roles) => (Some("ROLES"), roles),
        };
        serde_json::to_string(&AuthFrame {
            app_id: &self.api.app_id,
            device_id: &self.api.resource,
            kind: "auth",
            sender: session.user.uid.as_str(),
            body: AuthBody {
                auth: session.jwt.expose(),
                device_id: &self.api.resource,
                presence_subscription,
                roles,
                params: AuthParams {
                    app_info: AuthAppInfo {
                        version: env!("CARGO_PKG_VERSION"),
                        api_version: API_VERSION,
                        uts: api::milliseconds_now(),
                    },
                    user_agent: SDK,
                    device_id: &self.record.device_id,
                    platform: api::PLATFORM,
                },
            },
        })
    }
}
