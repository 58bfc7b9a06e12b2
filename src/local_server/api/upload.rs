use hyper::StatusCode;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use super::{form::Form, request::Call};
use crate::{
    local_server::{
        database::StoredFile, json_depth, refusal::Refusal, request_context::RequestContext,
        store::Store,
    },
    model::MessageId,
    wire::{
        error::code,
        message::{DataMembers, MessageRequest},
    },
};

impl Form {
    /// Removes the content of the files, which belong to no message.
    pub(in crate::local_server) fn remove_files(&self, store: &Store) {
        if self.files.is_empty() {
            return;
        }
        let ids: Vec<_> = self.files.iter().map(|file| file.id.clone()).collect();
        store.run_detached(move |context| {
            for id in &ids {
                context.database.remove_chunks(id)?;
            }
            Ok(())
        });
    }

    /// Adds the URLs of the files to `data`.
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

    /// Makes the files part of a message.
    pub(super) fn store_files(
        &self,
        context: &RequestContext<'_>,
        message: MessageId,
    ) -> Result<(), Refusal> {
        for file in &self.files {
            context
                .database
                .create_file(&file.id, message, &file.mime_type, file.size)?;
        }
        Ok(())
    }
}

/// Reads the message in a JSON body or in a form.
///
/// # Errors
/// If the body holds no message.
pub(super) fn message(call: &Call) -> Result<MessageRequest, String> {
    let read = if call.headers.boundary.is_some() {
        fields_json(&call.form.fields).and_then(|fields| {
            serde_json::from_value(fields).map_err(|error| {
                Refusal::bad_request(format!("The form makes no message: {error}"))
            })
        })
    } else {
        call.json()
    };
    read.map_err(|refusal| refusal.message)
}

/// The fields as the JSON body of the same message would have them.
fn fields_json(fields: &[(String, Vec<u8>)]) -> Result<Value, Refusal> {
    let mut object = Map::new();
    for (name, content) in fields {
        let text = str::from_utf8(content)
            .map_err(|_| Refusal::bad_request(format!("{name} is no text.")))?;
        match name.as_str() {
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

/// A file as it is served.
pub(in crate::local_server) struct ServedFile {
    /// The id of its content.
    pub(in crate::local_server) id: String,
    pub(in crate::local_server) mime_type: String,
    pub(in crate::local_server) size: u64,
}

/// `GET files/{id}/{name}`.
pub(in crate::local_server) fn file(
    context: &RequestContext<'_>,
    id: &str,
) -> Result<ServedFile, Refusal> {
    let StoredFile {
        mime_type,
        size,
        content_id,
    } = context.database.file(id)?.ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            code::FILE_NOT_FOUND,
            "There is no such file.",
        )
    })?;
    Ok(ServedFile {
        id: content_id,
        mime_type,
        size,
    })
}
