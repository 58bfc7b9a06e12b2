// Runs in each page, beside the SDK: does what a test asks, and reports what the SDK tells.

/** What the code of one test keeps for the next. */
const keep = {};

/** What a value tells a user of the SDK: of an object of the SDK's, all that its getters say. */
function view(value, depth = 0) {
  if (value === null || typeof value !== "object") {
    return typeof value === "function" ? undefined : value;
  }
  if (depth > 8) {
    return "…";
  }
  if (Array.isArray(value)) {
    return value.map((item) => view(item, depth + 1));
  }
  const prototype = Object.getPrototypeOf(value);
  const entries =
    prototype === Object.prototype || prototype === null ? Object.entries(value) : said(value, prototype);
  return Object.fromEntries(entries.map(([name, member]) => [name, view(member, depth + 1)]));
}

/** What the getters of an object say, by name: getSentAt() says sentAt. */
function said(object, prototype) {
  const told = new Map();
  for (let level = prototype; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const [, verb, noun] = /^(get|is|has)([A-Z].*)$/.exec(name) ?? [];
      // The raw message is what the server sent, and not what the SDK makes of it.
      const { value: getter } = Object.getOwnPropertyDescriptor(level, name);
      if (!verb || typeof getter !== "function" || getter.length > 0 || noun === "RawMessage") {
        continue;
      }
      const key = verb === "get" ? noun[0].toLowerCase() + noun.slice(1) : name;
      if (!told.has(key)) {
        try {
          told.set(key, getter.call(object));
        } catch {
          // Some getters can't cope with an object that lacks what they tell.
        }
      }
    }
  }
  return [...told];
}

/** The object, after calling the setters named in `values` with what stands there. */
window.having = (object, values) => {
  for (const [setter, value] of Object.entries(values)) {
    object[setter](value);
  }
  return object;
};

/** The outcome of `code`, an expression that sees `keep` and the members of `args`. */
window.run = async (code, args) => {
  const AsyncFunction = (async () => {}).constructor;
  try {
    const names = Object.keys(args);
    const value = await new AsyncFunction("keep", ...names, `return (${code});`)(keep, ...names.map((name) => args[name]));
    return { value: view(value) ?? null };
  } catch (error) {
    const { code, name, message, details } = error ?? {};
    return { error: { code: String(code ?? ""), name, message: message ?? String(error), details } };
  }
};

const LISTENERS = {
  Connection: ["onConnected", "inConnecting", "onDisconnected", "onFeatureThrottled"],
  Login: ["loginSuccess", "loginFailure", "logoutSuccess", "logoutFailure"],
  Message: [
    "onTextMessageReceived",
    "onMediaMessageReceived",
    "onCustomMessageReceived",
    "onInteractiveMessageReceived",
    "onTransientMessageReceived",
    "onTypingStarted",
    "onTypingEnded",
    "onMessagesDelivered",
    "onMessagesRead",
    "onMessagesDeliveredToAll",
    "onMessagesReadByAll",
    "onMessageEdited",
    "onMessageDeleted",
    "onMessageModerated",
    "onMessagePinned",
    "onMessageUnpinned",
    "onMessageSaved",
    "onMessageUnsaved",
    "onInteractionGoalCompleted",
    "onMessageReactionAdded",
    "onMessageReactionRemoved",
  ],
  User: ["onUserOnline", "onUserOffline"],
  Group: [
    "onGroupMemberJoined",
    "onGroupMemberLeft",
    "onGroupMemberKicked",
    "onGroupMemberBanned",
    "onGroupMemberUnbanned",
    "onGroupMemberScopeChanged",
    "onMemberAddedToGroup",
  ],
};

for (const [kind, names] of Object.entries(LISTENERS)) {
  const callbacks = names.map((name) => [name, (...args) => window.report(name, args.map((arg) => view(arg) ?? null))]);
  CometChat[`add${kind}Listener`]("interop", new CometChat[`${kind}Listener`](Object.fromEntries(callbacks)));
}
