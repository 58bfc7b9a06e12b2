use crate::model::{GroupDetails, Guid, Secret};

/// A group that a [`ChatZone`](crate::ChatZone) or a [`ChatMember`](crate::ChatMember) makes the user a member of.
///
/// ```
/// use bevy_cometchat::prelude::*;
///
/// let square = ChatChannel::new("square");
/// let vault = ChatChannel::new("vault").with_password("sesame");
/// let camp = ChatChannel::new("camp").or_create(GroupDetails::new().with_name("The camp"));
/// # assert_ne!((&square, &vault), (&camp, &camp));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatChannel {
    /// The group.
    pub guid: Guid,
    /// Its password, if it has one.
    pub password: Option<Secret>,
    /// What it is created with when there is no such group. The user owns it then, and gives it to another member
    /// on leaving.
    pub create: Option<GroupDetails>,
}

impl ChatChannel {
    /// A group that exists.
    pub fn new(guid: impl Into<Guid>) -> Self {
        Self {
            guid: guid.into(),
            password: None,
            create: None,
        }
    }

    /// A group that is opened by a password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Creates the group when there is none, with the channel's password if it has one.
    #[must_use]
    pub fn or_create(mut self, details: GroupDetails) -> Self {
        self.create = Some(details);
        self
    }
}

impl<G: Into<Guid>> From<G> for ChatChannel {
    fn from(guid: G) -> Self {
        Self::new(guid)
    }
}
