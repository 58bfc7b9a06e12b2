//! Files that are uploaded before their message: announced by the sender, then posted to a URL that only the sender
//! knows.

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    authentication::Session,
    form::{Attachment, Form},
    request::{Call, Reply},
};
use crate::{
    local_server::{database::AwaitedFile, id, refusal::Refusal, request_context::RequestContext},
    model::{MessageId, ReceiverId, Timestamp, Uid},
    wire::{
        error::{ErrorBody, code},
        message::DataMembers,
        reply,
        route::{FILE, RECEIVE_UPLOAD},
        settings::{MAX_FILE_SIZE, MAX_FILES},
    },
};

/// The announced validity of a URL, in seconds.
const VALIDITY: u64 = 15 * 60;

/// The time for which an unsent file is kept, in seconds.
const RETENTION: u64 = 24 * 60 * 60;

/// The maximum number of unsent files of a user.
const MAX_UNSENT: u64 = 100;

/// The maximum size of the unsent files of a user, in bytes.
const MAX_UNSENT_BYTES: u64 = 10 * MAX_FILE_SIZE;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnnounceRequest {
    files: BTreeMap<String, AnnouncedFile>,
    receiver: String,
    receiver_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnnouncedFile {
    name: String,
    size: u64,
    #[serde(default)]
    mime_type: String,
}

/// The reply about an announced file.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    #[serde(rename_all = "camelCase")]
    Expected {
        request: UploadRequest,
        attachment: Attachment,
        expires_at: Timestamp,
    },
    Refused {
        error: ErrorBody,
    },
}

/// The request that uploads the file: a form of these fields, and of the file as `file`.
#[derive(Serialize)]
struct UploadRequest {
    url: String,
    method: &'static str,
    body: BTreeMap<(), ()>,
}

/// `POST files/upload-url`: replies with the URL to which each file is posted.
pub(super) fn announce(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (uid, request) = (&session.token.uid, call.json::<AnnounceRequest>()?);
    if request.files.len() > MAX_FILES as usize {
        return Err(Refusal::too_many_files());
    }
    let receiver = ReceiverId::of_kind(&request.receiver_type, &id::folded(&request.receiver))
        .ok_or_else(|| Refusal::bad_request("The receiverType is user or group."))?;
    context.audience(uid, &receiver)?;

    let expired = Timestamp(context.now.0.saturating_sub(RETENTION));
    context.database.forget_announced_files(expired)?;
    let (unsent, bytes) = context.database.unsent_files(uid)?;
    let announced: u64 = request
        .files
        .values()
        .map(|file| file.size.min(MAX_FILE_SIZE))
        .sum();
    if unsent + request.files.len() as u64 > MAX_UNSENT || bytes + announced > MAX_UNSENT_BYTES {
        return Err(Refusal::bad_request(format!(
            "At most {MAX_UNSENT} files of {MAX_UNSENT_BYTES} bytes together may wait to be sent."
        )));
    }
    let base = context.app.base_url_as_seen(call.headers.host.as_deref());
    let answers = request
        .files
        .iter()
        .map(|(file_id, file)| Ok((file_id, answer(context, uid, file, &base)?)))
        .collect::<Result<BTreeMap<_, _>, Refusal>>()?;
    Ok(reply::success(&answers)?)
}

fn answer(
    context: &RequestContext<'_>,
    uid: &Uid,
    file: &AnnouncedFile,
    base: &str,
) -> Result<Answer, Refusal> {
    if file.size > MAX_FILE_SIZE {
        let refusal = Refusal::bad_request(format!("A file has at most {MAX_FILE_SIZE} bytes."));
        return Ok(Answer::Refused {
            error: refusal.to_body(),
        });
    }
    let id = Uuid::new_v4().simple().to_string();
    let attachment = Attachment::new(&id, &file.name, &file.mime_type, file.size, base);
    let (database, now) = (context.database, context.now);
    database.announce_file(&id, uid, &attachment.mime_type, file.size, now)?;
    Ok(Answer::Expected {
        request: UploadRequest {
            url: format!("{base}/{}", RECEIVE_UPLOAD.path(&[&id])),
            method: "POST",
            body: BTreeMap::new(),
        },
        attachment,
        expires_at: Timestamp(now.0 + VALIDITY),
    })
}

/// The announced file with this id.
pub(in crate::local_server) fn awaited(
    context: &RequestContext<'_>,
    id: &str,
) -> Result<AwaitedFile, Refusal> {
    context.database.awaited_file(id)?.ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            code::FILE_NOT_FOUND,
            "No file is awaited here.",
        )
    })
}

/// `POST uploads/{id}`: the content of an announced file.
pub(in crate::local_server) fn receive(
    context: &RequestContext<'_>,
    id: &str,
    form: &Form,
) -> Reply {
    let AwaitedFile { size, .. } = awaited(context, id)?;
    let [file] = &form.files[..] else {
        return Err(Refusal::bad_request("The form has not one file."));
    };
    if file.size != size {
        return Err(Refusal::bad_request(format!(
            "The file was announced with {size} bytes and has {}.",
            file.size
        )));
    }
    context.database.receive_file(id, &file.id)?;
    Ok(reply::success(&Received { success: true })?)
}

#[derive(Serialize)]
struct Received {
    success: bool,
}

/// Assigns to a message the files of it that were uploaded before.
pub(super) fn send(
    context: &RequestContext<'_>,
    sender: &Uid,
    message: MessageId,
    data: &DataMembers,
) -> Result<(), Refusal> {
    for id in attached(data) {
        context.database.send_announced_file(&id, sender, message)?;
    }
    Ok(())
}

/// The ids of the files of this server that `data` has as attachments.
fn attached(data: &DataMembers) -> Vec<String> {
    #[derive(Deserialize)]
    struct Attached {
        #[serde(default)]
        url: String,
    }
    let attachments = data
        .get("attachments")
        .map_or("[]", |json| RawValue::get(json));
    let attachments: Vec<Attached> = serde_json::from_str(attachments).unwrap_or_default();
    attachments
        .iter()
        .filter_map(|attached| {
            let path = attached.url.splitn(4, '/').nth(3)?;
            FILE.matches(&FILE.method, path)?.into_iter().next()
        })
        .collect()
}
