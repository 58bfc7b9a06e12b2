//! Reflection of the types of inner rings that public components and resources hold. Those rings know no Bevy.

use bevy::{
    prelude::{ReflectDefault, ReflectDeserialize, ReflectSerialize},
    reflect::impl_reflect_opaque,
};

use crate::{
    connection::AppState,
    model::{GroupDetails, Guid, Secret},
};

impl_reflect_opaque!((in bevy_cometchat::model) Guid(Clone, Debug, Hash, PartialEq, Serialize, Deserialize));
impl_reflect_opaque!((in bevy_cometchat::model) GroupDetails(Clone, Debug, PartialEq, Default));
impl_reflect_opaque!((in bevy_cometchat::model) Secret(Clone, Debug, PartialEq));
impl_reflect_opaque!((in bevy_cometchat::connection) AppState(Clone, Debug, Hash, PartialEq, Default));
