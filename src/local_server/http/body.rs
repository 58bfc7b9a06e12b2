//! The bodies of requests, read within limits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_io::Timer;
use bytes::Bytes;
use futures_lite::future;
use http_body_util::BodyExt;
use hyper::{
    StatusCode,
    body::{Body, Incoming},
};

use crate::{
    local_server::{
        api::{Form, FormFile},
        memory::Reservation,
        multipart::{FormEvent, FormReader, NotAForm, PartHead},
        pending_input::PendingInput,
        refusal::Refusal,
        store::Store,
    },
    wire::{
        error::code,
        settings::{MAX_FILE_SIZE, MAX_FILES},
    },
};

/// How many more bytes of a body that is too large are read, so that the client can read the reply.
const MAX_DRAINED: u64 = 8 << 20;

/// How long a client may take over a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a client may take over a body with files.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// The size of the pieces in which a file is stored, in bytes.
const CHUNK: usize = 256 << 10;

/// The maximum size of the fields of a form that are not files, with their names, in bytes.
const MAX_FIELDS: usize = 1 << 20;

/// The maximum number of such fields. A message has about ten, and up to 25 tags.
const MAX_FIELD_COUNT: usize = 100;

/// The body of a request, which has not arrived yet.
pub(super) struct RequestBody {
    incoming: Incoming,
    /// Counts the received bytes until they are read here.
    input: Arc<PendingInput>,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, input: Arc<PendingInput>) -> Self {
        Self { incoming, input }
    }

    /// How many bytes are still to come at least.
    pub(super) fn min_length(&self) -> u64 {
        self.incoming.size_hint().lower()
    }

    /// How many bytes are still to come at most, if the client has said so.
    pub(super) fn max_length(&self) -> Option<u64> {
        self.incoming.size_hint().upper()
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        while let Some(frame) = self.incoming.frame().await {
            let frame = frame.map_err(|_| Refusal::bad_request("The body was cut short."))?;
            self.input.complete();
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// Reads a body of `limit` bytes at most, which count as the peer's memory meanwhile.
pub(super) async fn read(
    body: RequestBody,
    limit: usize,
    memory: &mut Reservation,
) -> Result<Bytes, Refusal> {
    let mut body = Limited::new(body, limit as u64, BODY_TIMEOUT);
    let mut collected = Vec::new();
    while let Some(bytes) = body.next().await? {
        if !memory.grow_to(collected.len() + bytes.len()) {
            body.drain().await;
            return Err(Refusal::busy());
        }
        collected.extend_from_slice(&bytes);
    }
    Ok(collected.into())
}

/// Reads a body that is refused, so that the client can read the reason.
pub(super) async fn drain(body: RequestBody) {
    Limited::new(body, 0, BODY_TIMEOUT).drain().await;
}

/// Reads a form, and stores the files in it while they arrive. The stored content is removed again unless the form is
/// complete and its files become part of a message.
pub(super) async fn read_form(
    body: RequestBody,
    boundary: &str,
    store: &Store,
    memory: &mut Reservation,
) -> Result<Form, Refusal> {
    let mut body = Limited::new(body, MAX_FILE_SIZE + MAX_FIELDS as u64, UPLOAD_TIMEOUT);
    let mut stored = StoredFiles {
        store,
        form: Form::default(),
        is_complete: false,
    };
    let read = read_parts(&mut body, boundary, &mut stored, memory).await;
    if let Err(refusal) = read {
        body.drain().await;
        return Err(refusal);
    }
    stored.is_complete = true;
    Ok(std::mem::take(&mut stored.form))
}

async fn read_parts(
    body: &mut Limited,
    boundary: &str,
    stored: &mut StoredFiles<'_>,
    memory: &mut Reservation,
) -> Result<(), Refusal> {
    // What is read, and what waits to be stored.
    if !memory.grow(2 * CHUNK) {
        return Err(Refusal::busy());
    }
    let mut fields = FieldBudget {
        memory,
        count: 0,
        bytes: 0,
    };
    let not_a_form = |_: NotAForm| Refusal::bad_request("The body is not a form.");
    let mut reader = FormReader::new(boundary);
    let mut part = None;
    while let Some(bytes) = body.next().await? {
        for bytes in bytes.chunks(CHUNK) {
            reader.push(bytes);
            while let Some(event) = reader.next().map_err(not_a_form)? {
                match event {
                    FormEvent::Part(head) => part = Some(stored.begin(head, &mut fields)?),
                    FormEvent::Content(bytes) => match &mut part {
                        Some(Part::File(file)) => stored.add(file, &bytes).await?,
                        Some(Part::Field(_, field)) => {
                            fields.add(bytes.len())?;
                            field.extend_from_slice(&bytes);
                        }
                        None => {}
                    },
                    FormEvent::PartEnd => match part.take() {
                        Some(Part::File(file)) => stored.finish(file).await?,
                        Some(Part::Field(name, field)) => stored.form.fields.push((name, field)),
                        None => {}
                    },
                    FormEvent::End => return Ok(()),
                }
            }
        }
    }
    Err(not_a_form(NotAForm))
}

/// What the fields of a form that are not files take, which counts as the peer's memory.
struct FieldBudget<'a> {
    memory: &'a mut Reservation,
    count: usize,
    bytes: usize,
}

impl FieldBudget<'_> {
    fn begin(&mut self, name: &str) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > MAX_FIELD_COUNT {
            return Err(Refusal::bad_request(format!(
                "A form has at most {MAX_FIELD_COUNT} fields."
            )));
        }
        self.add(size_of::<(String, Vec<u8>)>() + name.len())
    }

    fn add(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.bytes += bytes;
        if self.bytes > MAX_FIELDS {
            return Err(too_large(MAX_FIELDS as u64));
        }
        if self.memory.grow(bytes) {
            Ok(())
        } else {
            Err(Refusal::busy())
        }
    }
}

/// A part of a form that is not complete yet.
enum Part {
    Field(String, Vec<u8>),
    File(PartialFile),
}

struct PartialFile {
    file: FormFile,
    chunks: u32,
    waiting: Vec<u8>,
}

/// The files of a form as they are stored. They are removed again if the form turns out not to be one.
struct StoredFiles<'a> {
    store: &'a Store,
    form: Form,
    is_complete: bool,
}

impl StoredFiles<'_> {
    fn begin(&mut self, head: PartHead, fields: &mut FieldBudget<'_>) -> Result<Part, Refusal> {
        let Some(name) = head.file_name else {
            fields.begin(&head.name)?;
            return Ok(Part::Field(head.name, Vec::new()));
        };
        if self.form.files.len() >= MAX_FILES as usize {
            return Err(Refusal::too_many_files());
        }
        let file = FormFile::new(name, head.content_type);
        // Known from here on, so that it is removed if it is not finished.
        self.form.files.push(file.clone());
        Ok(Part::File(PartialFile {
            file,
            chunks: 0,
            waiting: Vec::new(),
        }))
    }

    async fn add(&self, partial: &mut PartialFile, bytes: &[u8]) -> Result<(), Refusal> {
        partial.file.size += bytes.len() as u64;
        if partial.file.size > MAX_FILE_SIZE {
            return Err(too_large(MAX_FILE_SIZE));
        }
        partial.waiting.extend_from_slice(bytes);
        if partial.waiting.len() >= CHUNK {
            self.store_chunk(partial).await?;
        }
        Ok(())
    }

    async fn finish(&mut self, mut partial: PartialFile) -> Result<(), Refusal> {
        if !partial.waiting.is_empty() {
            self.store_chunk(&mut partial).await?;
        }
        if let Some(known) = self.form.files.last_mut() {
            known.size = partial.file.size;
        }
        Ok(())
    }

    async fn store_chunk(&self, partial: &mut PartialFile) -> Result<(), Refusal> {
        let (id, number) = (partial.file.id.clone(), partial.chunks);
        let chunk = std::mem::take(&mut partial.waiting);
        partial.chunks += 1;
        self.store
            .run(move |context| Ok(context.database.add_chunk(&id, number, &chunk)?))
            .await
    }
}

impl Drop for StoredFiles<'_> {
    fn drop(&mut self) {
        if !self.is_complete {
            self.form.remove_files(self.store);
        }
    }
}

/// A body, with limits on its size and on the time to read it.
struct Limited {
    body: RequestBody,
    limit: u64,
    length: u64,
    deadline: Instant,
}

impl Limited {
    fn new(body: RequestBody, limit: u64, timeout: Duration) -> Self {
        Self {
            body,
            limit,
            length: 0,
            deadline: Instant::now() + timeout,
        }
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        if self.body.min_length() > self.limit.saturating_sub(self.length) {
            self.drain().await;
            return Err(too_large(self.limit));
        }
        let Some(bytes) = self.next_unlimited().await? else {
            return Ok(None);
        };
        if self.length > self.limit {
            self.drain().await;
            return Err(too_large(self.limit));
        }
        Ok(Some(bytes))
    }

    async fn next_unlimited(&mut self) -> Result<Option<Bytes>, Refusal> {
        let bytes = future::or(self.body.next(), async {
            Timer::at(self.deadline).await;
            Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                code::BODY_TIMEOUT,
                "The body did not come in time.",
            ))
        })
        .await?;
        self.length += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Ok(bytes)
    }

    /// Reads on for a while, and discards what it reads.
    async fn drain(&mut self) {
        let max_length = self.limit + MAX_DRAINED;
        self.deadline = self.deadline.min(Instant::now() + BODY_TIMEOUT);
        if self.length + self.body.min_length() > max_length {
            return;
        }
        while self.length <= max_length {
            let Ok(Some(_)) = self.next_unlimited().await else {
                return;
            };
        }
    }
}

fn too_large(limit: u64) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        code::BODY_TOO_LARGE,
        format!("This request's body has at most {limit} bytes."),
    )
}
