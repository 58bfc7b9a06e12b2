use bytes::Bytes;
use hyper::StatusCode;
use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use uuid::Uuid;

use super::request::Call;
use crate::{
    local_server::{
        database::StoredFile,
        json_depth,
        multipart::{self, Part},
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::MessageId,
    wire::{
        error::code,
        message::{DataMembers, MessageRequest},
        route::FILE,
        settings::MAX_FILES,
    },
};

/// A message to be sent, with the files that come with it.
pub(super) struct Upload<'a> {
    pub(super) request: MessageRequest,
    files: Vec<UploadedFile<'a>>,
}

struct UploadedFile<'a> {
    /// Cannot be guessed: who knows it may read the file, since pictures are fetched without a token.
    id: String,
    name: String,
    mime_type: String,
    content: &'a [u8],
}

/// What a message says of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attachment {
    extension: String,
    pub(super) mime_type: String,
    name: String,
    size: u64,
    url: String,
}

impl Attachment {
    /// The file of that id on this server, whose root is `base`.
    pub(super) fn new(id: &str, name: &str, mime_type: &str, size: u64, base: &str) -> Self {
        // Some clients say a path.
        let name = match name.rsplit(['/', '\\']).next() {
            None | Some("") => "file",
            Some(name) => name,
        };
        let mime_type = match mime_type {
            "" => "application/octet-stream",
            mime_type => mime_type,
        };
        Self {
            extension: name.rsplit_once('.').map_or("", |(_, it)| it).to_owned(),
            mime_type: mime_type.to_owned(),
            name: name.to_owned(),
            size,
            url: format!("{base}/{}", FILE.path(&[id, name])),
        }
    }
}

impl<'a> Upload<'a> {
    /// Reads a body in JSON, or a form with files (PROTOCOL.md §2.9).
    pub(super) fn read(call: &'a Call) -> Result<Self, Refusal> {
        let Some(boundary) = &call.headers.boundary else {
            return Ok(Self {
                request: call.json()?,
                files: Vec::new(),
            });
        };
        let not_a_form = || Refusal::bad_request("The body is no form.");
        let parts = multipart::parts(&call.body, boundary).ok_or_else(not_a_form)?;
        let (files, fields): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.file_name.is_some());
        if files.len() > MAX_FILES as usize {
            return Err(Refusal::bad_request(format!(
                "A message has at most {MAX_FILES} files."
            )));
        }
        let request = serde_json::from_value(fields_json(&fields)?)
            .map_err(|error| Refusal::bad_request(format!("The form makes no message: {error}")))?;
        Ok(Self {
            request,
            files: files.into_iter().map(UploadedFile::from).collect(),
        })
    }

    /// Says in `data` where the files will be.
    pub(super) fn add_attachments(
        &self,
        context: &RequestContext<'_>,
        call: &Call,
        data: &mut DataMembers,
    ) -> Result<(), Refusal> {
        if self.files.is_empty() {
            return Ok(());
        }
        let base = context.app.base_url_as_seen(call.headers.host.as_deref());
        let attachments: Vec<_> = self
            .files
            .iter()
            .map(|file| file.attachment(&base))
            .collect();
        data.insert("url".to_owned(), to_raw_value(&attachments[0].url)?);
        data.insert("attachments".to_owned(), to_raw_value(&attachments)?);
        Ok(())
    }

    pub(super) fn store_files(
        &self,
        context: &RequestContext<'_>,
        message: MessageId,
    ) -> Result<(), Refusal> {
        for file in &self.files {
            context
                .database
                .create_file(&file.id, message, &file.mime_type, file.content)?;
        }
        Ok(())
    }
}

/// The fields as the JSON body of the same message would have them.
fn fields_json(fields: &[Part<'_>]) -> Result<Value, Refusal> {
    let mut object = Map::new();
    for field in fields {
        let text = str::from_utf8(field.content)
            .map_err(|_| Refusal::bad_request(format!("{} is no text.", field.name)))?;
        match field.name.as_str() {
            "data" => {
                json_depth::check(text.as_bytes())?;
                let data: &RawValue = serde_json::from_str(text)
                    .map_err(|_| Refusal::bad_request("The field data is not JSON."))?;
                object.insert("data".to_owned(), serde_json::from_str(data.get())?);
            }
            "tags[]" => {
                if let Value::Array(tags) = object
                    .entry("tags")
                    .or_insert_with(|| Value::Array(Vec::new()))
                {
                    tags.push(text.into());
                }
            }
            name => {
                object.insert(name.to_owned(), text.into());
            }
        }
    }
    Ok(object.into())
}

impl<'a> From<Part<'a>> for UploadedFile<'a> {
    fn from(part: Part<'a>) -> Self {
        Self {
            id: Uuid::new_v4().simple().to_string(),
            name: part.file_name.unwrap_or_default(),
            mime_type: part
                .content_type
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            content: part.content,
        }
    }
}

impl UploadedFile<'_> {
    fn attachment(&self, base: &str) -> Attachment {
        let size = self.content.len() as u64;
        Attachment::new(&self.id, &self.name, &self.mime_type, size, base)
    }
}

/// A file as it is served.
pub(in crate::local_server) struct ServedFile {
    pub(in crate::local_server) mime_type: String,
    pub(in crate::local_server) content: Bytes,
}

/// `GET files/{id}/{name}`.
pub(in crate::local_server) fn file(
    context: &RequestContext<'_>,
    id: &str,
) -> Result<ServedFile, Refusal> {
    let StoredFile { mime_type, content } = context.database.file(id)?.ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            code::FILE_NOT_FOUND,
            "There is no such file.",
        )
    })?;
    Ok(ServedFile {
        mime_type,
        content: content.into(),
    })
}
