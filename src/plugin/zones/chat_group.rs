use bevy::{
    prelude::{Reflect, ReflectDefault, ReflectDeserialize, ReflectSerialize},
    reflect::impl_reflect_opaque,
};

use crate::{
    model::{GroupDetails, Guid, Secret},
    setters::setters,
};

// The model knows no Bevy.
impl_reflect_opaque!((in bevy_cometchat::model) Guid(Clone, Debug, Hash, PartialEq, Serialize, Deserialize));
impl_reflect_opaque!((in bevy_cometchat::model) GroupDetails(Clone, Debug, PartialEq, Default));
impl_reflect_opaque!((in bevy_cometchat::model) Secret(Clone, Debug, PartialEq));

/// The group of a [`ChatZone`](crate::ChatZone) or a [`ChatMember`](crate::ChatMember): its id, and how to join it.
///
/// ```
/// use bevy_cometchat::prelude::*;
///
/// let square = ChatGroup::new("square");
/// let vault = ChatGroup::new("vault").with_password("sesame");
/// let camp = ChatGroup::new("camp").or_create(GroupDetails::new().with_name("The camp"));
/// # assert_ne!((&square, &vault), (&camp, &camp));
/// ```
#[derive(Reflect, Clone, Debug, PartialEq)]
#[reflect(Default, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatGroup {
    /// The id of the group. While it is empty, nothing happens.
    pub guid: Guid,
    /// Its password, if it has one.
    pub password: Option<Secret>,
    /// The details for creating the group if it does not exist. The user then owns it, and transfers it to another
    /// member on leaving.
    pub create: Option<GroupDetails>,
}

impl ChatGroup {
    /// A group without a password that is not created.
    pub fn new(guid: impl Into<Guid>) -> Self {
        Self {
            guid: guid.into(),
            password: None,
            create: None,
        }
    }

    setters! {
        /// Sets the password for joining the group.
        with_password(password: impl Into<Secret>) => password = Some(password.into());
        /// Creates the group if it does not exist, with the password, if there is one.
        or_create(details: GroupDetails) => create = Some(details);
    }

    pub(super) fn is_some(&self) -> bool {
        !self.guid.as_str().is_empty()
    }
}

impl Default for ChatGroup {
    /// No group.
    fn default() -> Self {
        Self::new("")
    }
}

impl<G: Into<Guid>> From<G> for ChatGroup {
    fn from(guid: G) -> Self {
        Self::new(guid)
    }
}
