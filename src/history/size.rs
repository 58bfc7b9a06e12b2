//! The memory of messages: the part that each has of its own, and the part that several share.

use std::{collections::HashMap, mem, sync::Arc};

use foldhash::quality::RandomState;

use super::Entry;
use crate::model::{
    Group, GroupAction, Message, MessageContent, MessageDetails, RawJson, Receiver, User,
};

/// The size of a message as an entry, in bytes, without the users and groups that it shares with others.
pub(super) fn of_message(message: &Message) -> usize {
    mem::size_of::<Entry>() + of_parts(message)
}

/// The users and groups of a conversation's messages, each counted once however many messages share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// By address. A value is alive while it is counted, so its address is its own.
    values: HashMap<usize, Usage, RandomState>,
    bytes: usize,
}

#[derive(Clone, Copy, Debug)]
struct Usage {
    count: usize,
    bytes: usize,
}

impl Shared {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn add(&mut self, message: &Message) {
        for_each_shared(message, &mut |address, size| {
            let usage = self.values.entry(address).or_insert_with(|| {
                let bytes = size();
                self.bytes = self.bytes.saturating_add(bytes);
                Usage { count: 0, bytes }
            });
            usage.count += 1;
        });
    }

    /// Removes a message that was added as it is now.
    pub(super) fn remove(&mut self, message: &Message) {
        for_each_shared(message, &mut |address, _| {
            let Some(usage) = self.values.get_mut(&address) else {
                return;
            };
            usage.count -= 1;
            if usage.count == 0 {
                self.bytes -= usage.bytes;
                self.values.remove(&address);
            }
        });
    }
}

/// Calls `visit` with the address of each user and group of a message, and with a function for its size.
fn for_each_shared(message: &Message, visit: &mut impl FnMut(usize, &dyn Fn() -> usize)) {
    let mut of_user = |user: &Arc<User>| visit(Arc::as_ptr(user).addr(), &|| size_of_user(user));
    of_user(&message.sender);
    let details = message.details();
    details.mentions.iter().for_each(&mut of_user);
    if let Receiver::User(user) = &message.receiver {
        of_user(user);
    }
    if let MessageContent::GroupAction(action) = &message.content {
        of_user(&action.by);
        of_user(&action.on);
    }
    let mut of_group =
        |group: &Arc<Group>| visit(Arc::as_ptr(group).addr(), &|| size_of_group(group));
    if let Receiver::Group(group) = &message.receiver {
        of_group(group);
    }
    if let MessageContent::GroupAction(action) = &message.content {
        of_group(&action.group);
    }
    if let Some(quoted) = &details.quoted {
        for_each_shared(quoted, visit);
    }
}

fn size_of_user(user: &User) -> usize {
    let texts = [&user.avatar, &user.link, &user.role, &user.status_message];
    mem::size_of::<User>()
        + user.uid.as_str().len()
        + user.name.len()
        + lengths(&texts)
        + size_of_texts(&user.tags)
        + size_of_json(user.metadata.as_ref())
}

fn size_of_group(group: &Group) -> usize {
    let texts = [&group.icon, &group.description];
    mem::size_of::<Group>()
        + group.guid.as_str().len()
        + group.name.len()
        + lengths(&texts)
        + size_of_texts(&group.tags)
        + size_of_json(group.metadata.as_ref())
}

/// The size of what a message has of its own beside its fixed size.
fn of_parts(message: &Message) -> usize {
    let details = message.details.as_deref().map_or(0, size_of_details);
    size_of_content(&message.content)
        + details
        + size_of_json(message.metadata.as_ref())
        + length(message.muid.as_deref())
}

fn size_of_content(content: &MessageContent) -> usize {
    match content {
        MessageContent::Text(text) => text.len(),
        MessageContent::Media(media) => {
            let of_each = media.attachments.iter().map(|file| {
                let texts = [&file.url, &file.name, &file.extension, &file.mime_type];
                mem::size_of_val(file) + texts.iter().map(|text| text.len()).sum::<usize>()
            });
            of_each.sum::<usize>() + length(media.caption.as_deref())
        }
        MessageContent::Custom(custom) => {
            custom.data.as_str().len() + length(custom.text.as_deref())
        }
        MessageContent::Interactive(interactive) => {
            interactive.data.as_str().len() + size_of_json(interactive.goal.as_ref())
        }
        MessageContent::Unmodelled(content) => {
            size_of_json(content.data.as_ref()) + length(content.text.as_deref())
        }
        MessageContent::GroupAction(_) => mem::size_of::<GroupAction>(),
    }
}

fn size_of_details(details: &MessageDetails) -> usize {
    let reactions = details
        .reactions
        .iter()
        .map(|reaction| mem::size_of_val(reaction) + reaction.reaction.len());
    mem::size_of_val(details)
        + size_of_texts(&details.tags)
        + reactions.sum::<usize>()
        + mem::size_of_val(&*details.mentions)
        + details.quoted.as_ref().map_or(0, of_parts)
}

fn size_of_texts(texts: &[Arc<str>]) -> usize {
    texts
        .iter()
        .map(|text| mem::size_of_val(text) + text.len())
        .sum()
}

fn size_of_json(json: Option<&RawJson>) -> usize {
    json.map_or(0, |json| json.as_str().len())
}

fn lengths(texts: &[&Option<Arc<str>>]) -> usize {
    texts.iter().map(|text| length(text.as_deref())).sum()
}

fn length(text: Option<&str>) -> usize {
    text.map_or(0, str::len)
}
