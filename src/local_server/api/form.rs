//! A form with files, and the attachments of a message.

use serde::Serialize;
use uuid::Uuid;

use crate::wire::route::FILE;

/// A form: its fields, and its files, whose content is stored but belongs to no message yet.
#[derive(Default)]
pub(in crate::local_server) struct Form {
    pub(in crate::local_server) fields: Vec<(String, Vec<u8>)>,
    pub(in crate::local_server) files: Vec<FormFile>,
}

/// A file of a form.
#[derive(Clone)]
pub(in crate::local_server) struct FormFile {
    /// It can't be guessed: whoever knows it may read the file, because pictures are fetched without a token.
    pub(in crate::local_server) id: String,
    name: String,
    pub(super) mime_type: String,
    pub(in crate::local_server) size: u64,
}

impl FormFile {
    /// A file whose content has not arrived yet.
    pub(in crate::local_server) fn new(name: String, mime_type: Option<String>) -> Self {
        Self {
            id: Uuid::new_v4().simple().to_string(),
            name,
            mime_type: mime_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            size: 0,
        }
    }

    pub(super) fn attachment(&self, base: &str) -> Attachment {
        Attachment::new(&self.id, &self.name, &self.mime_type, self.size, base)
    }
}

/// A file as a message describes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attachment {
    extension: String,
    pub(super) mime_type: String,
    name: String,
    size: u64,
    pub(super) url: String,
}

impl Attachment {
    /// The file of that id on this server, whose root is `base`.
    pub(super) fn new(id: &str, name: &str, mime_type: &str, size: u64, base: &str) -> Self {
        // Some clients send a path.
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
