mod conversations;
mod fixture;
mod messages;
mod missing;
mod outgoing;
mod random_inputs;
mod typing;
mod unread;
