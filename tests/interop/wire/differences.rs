//! Where this crate's client sends something else than CometChat's SDK, on purpose.

/// A difference, and why it is one.
#[derive(Debug)]
pub(crate) struct Intended {
    /// The operation, or `*`.
    operation: &'static str,
    /// The field, in which `*` stands for any text.
    at: &'static str,
    #[allow(
        dead_code,
        reason = "it is for who reads it, here or in the report of a failure"
    )]
    why: &'static str,
}

impl Intended {
    pub(crate) fn is_about(&self, operation: &str, at: &str) -> bool {
        matches(self.operation, operation) && matches(self.at, at)
    }
}

pub(crate) const INTENDED: &[Intended] = &[
    Intended {
        operation: "*",
        at: "* header.sdk",
        why: "each names itself",
    },
    Intended {
        operation: "log in*",
        at: "*appInfo.version",
        why: "each has its own version",
    },
    Intended {
        operation: "log in*",
        at: "*platform",
        why: "each runs on its own platform",
    },
    Intended {
        operation: "log in*",
        at: "frame auth.body.params.appInfo.origin",
        why: "a game is no web page",
    },
    Intended {
        operation: "log in*",
        at: "GET /v3.0/messages*",
        why: "this client recovers what was missed (rule D3); the SDK leaves that to the app",
    },
    Intended {
        operation: "*",
        at: "*.muid",
        why: "every message has one here, to resolve a send whose reply was lost",
    },
    Intended {
        operation: "send an interactive message",
        at: "POST /v3.0/messages body.interactions",
        why: "an empty list of the SDK's own object: nobody has interacted yet",
    },
    Intended {
        operation: "*",
        at: "*.blockedByMe",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "*",
        at: "*.hasBlockedMe",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "*",
        at: "*.deactivatedAt",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "delete a message",
        at: "DELETE /v3.0/messages/{mine} body.id",
        why: "the path says it",
    },
    Intended {
        operation: "*",
        at: "GET * query.withThreadSubscribed",
        why: "asks whether the user follows a thread, which this crate does not model",
    },
    Intended {
        operation: "unread count*",
        at: "GET * query.hideMessagesFromBlockedUsers",
        why: "a flag that is off, as it is without it",
    },
    Intended {
        operation: "unread count of a user",
        at: "GET * query.uid",
        why: "the path says it",
    },
    Intended {
        operation: "unread count of a group",
        at: "GET * query.guid",
        why: "the path says it",
    },
    Intended {
        operation: "update *",
        at: "PUT * body.uid",
        why: "the path says it, or the token",
    },
    Intended {
        operation: "update a group",
        at: "PUT * body.guid",
        why: "the path says it",
    },
    Intended {
        operation: "*",
        at: "* body.hasJoined",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "*",
        at: "* body.isBanned",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "*",
        at: "* body.membersCount",
        why: "a default of the SDK's own object, which is not for the user to say",
    },
    Intended {
        operation: "join a group*",
        at: "* body.guid",
        why: "the path says it",
    },
    Intended {
        operation: "join a group*",
        at: "* body.name",
        why: "a placeholder of the SDK's",
    },
    Intended {
        operation: "join a group*",
        at: "* body.type",
        why: "the server knows; the SDK has its caller tell",
    },
    Intended {
        operation: "join a group",
        at: "* body",
        why: "nothing of the above, and no password",
    },
];

fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len())
        .filter(|at| rest.is_char_boundary(*at))
        .any(|at| matches(after, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("*header.sdk", "POST messages header.sdk"));
        assert!(matches("POST * body.*", "POST messages body.text"));
        assert!(!matches("*header.sdk", "POST messages header.sdks"));
        assert!(matches("*", ""));
    }
}
