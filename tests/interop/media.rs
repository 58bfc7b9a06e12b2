use serde_json::json;

use super::stage::Stage;

/// A picture, made in the page: 1 × 1, red.
const PICTURE: &str = "new File([Uint8Array.from(atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
), (byte) => byte.charCodeAt(0))], 'red dot.png', { type: 'image/png' })";

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn media_by_url_arrive_as_attachments() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = alice.run(
        "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', '', 'image', 'user'), {
            setAttachments: [new CometChat.Attachment({
                name: 'map', extension: 'png', mimeType: 'image/png', size: 1234, url: 'https://example.com/map.png',
            })],
            setCaption: 'The north',
        }))",
    );
    let got = bob.next("onMediaMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(
            (&message["category"], &message["type"]),
            (&json!("message"), &json!("image"))
        );
        assert_eq!(message["caption"], "The north");
        let attachment = &message["attachments"][0];
        assert_eq!(attachment["url"], "https://example.com/map.png");
        assert_eq!(attachment["name"], "map");
        assert_eq!(attachment["extension"], "png");
        assert_eq!(attachment["mimeType"], "image/png");
        assert_eq!(attachment["size"], 1234);
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_file_is_uploaded_with_its_message_and_can_be_read() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = alice.run(&format!(
        "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', {PICTURE}, 'image', 'user'), {{
            setCaption: 'A red dot',
            setMetadata: {{ mood: 'red' }},
            setTags: ['art', 'dots'],
            setMuid: 'picture-1',
        }}))"
    ));
    let got = bob.next("onMediaMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(message["caption"], "A red dot");
        assert_eq!(message["metadata"], json!({"mood": "red"}));
        assert_eq!(message["tags"], json!(["art", "dots"]));
        assert_eq!(message["muid"], "picture-1");
        let attachment = &message["attachments"][0];
        assert_eq!(attachment["name"], "red dot.png");
        assert_eq!(attachment["extension"], "png");
        assert_eq!(attachment["mimeType"], "image/png");
        assert_eq!(attachment["size"], 70);
        assert_eq!(message["uRL"], attachment["url"]);
    }
    // A page shows it as any picture.
    let code = "new Promise((done, failed) => {
        const picture = new Image();
        picture.onload = () => done([picture.naturalWidth, picture.naturalHeight]);
        picture.onerror = () => failed(new Error('no picture'));
        picture.src = url;
    })";
    let url = &got["attachments"][0]["url"];
    assert_eq!(bob.run_with(code, json!({"url": url})), json!([1, 1]));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn several_files_come_with_one_message() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run(
        "CometChat.sendMediaMessage(new CometChat.MediaMessage('bob', [
            new File(['one'], 'one.txt', { type: 'text/plain' }),
            new File(['zwei'], 'zwei', { type: '' }),
        ], 'file', 'user'))",
    );
    let attachments = bob.next("onMediaMessageReceived")["attachments"].clone();
    let names: Vec<_> = attachments
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["one.txt", "zwei"]);
    for (attachment, content) in attachments.as_array().unwrap().iter().zip(["one", "zwei"]) {
        let code = "fetch(url).then((reply) => reply.text())";
        assert_eq!(
            bob.run_with(code, json!({"url": attachment["url"]})),
            content
        );
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn files_are_uploaded_before_the_message_that_has_them() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let code = format!(
        "new Promise((done, failed) => {{
            const upload = CometChat.createUploadFileRequest('bob', 'user');
            const files = [
                {{ fileId: 'a', file: {PICTURE} }},
                {{ fileId: 'b', file: new File(['notes'], 'notes.txt', {{ type: 'text/plain' }}) }},
            ];
            upload.uploadAttachments(files, new CometChat.UploadFileListener({{
                onFileError: (id, error) => failed(error),
                onFileFailure: (id, error) => failed(error),
                onComplete: () => {{
                    const message = new CometChat.MediaMessage('bob', null, 'file', 'user');
                    message.setAttachments(upload.getAttachments());
                    CometChat.sendMediaMessage(message).then(done, failed);
                }},
            }}));
        }})"
    );
    let sent = alice.run(&code);
    let got = bob.next("onMediaMessageReceived");
    assert_eq!(got["attachments"], sent["attachments"]);
    let names: Vec<_> = got["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["red dot.png", "notes.txt"]);
    let code = "fetch(url).then((reply) => reply.text())";
    let url = &got["attachments"][1]["url"];
    assert_eq!(bob.run_with(code, json!({"url": url})), "notes");
}
