use serde_json::{Value, json};

use super::client::{APP, Api, Login, Reply, server, text_message};

const BOUNDARY: &str = "----WebKitFormBoundaryx";

fn form(file_name: &str, kind: &str, content: &str) -> String {
    let mut form = String::new();
    let data = r#"{"text":"caption","metadata":{"k":1}}"#;
    for (name, value) in [
        ("type", "image"),
        ("receiverType", "user"),
        ("category", "message"),
        ("data", data),
        ("receiver", "bob"),
        ("tags[]", "t1"),
        ("tags[]", "t2"),
        ("muid", "m1"),
    ] {
        form += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    form += &format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"{file_name}\"\r\n\
         Content-Type: {kind}\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n"
    );
    form
}

fn upload(user: &Login, token: &str, form: &str) -> Reply {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [
        ("appId", APP),
        ("authToken", token),
        ("Content-Type", &kind),
    ];
    user.api.raw("POST", "/v3.0/messages", &headers, form)
}

#[test]
fn a_file_is_uploaded_with_a_message_and_fetched_by_its_url() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let mut bob = api.log_in("bob", "b1").connect();
    let content = "\r\nnot really a picture\r\n--";
    let sent = upload(
        &alice,
        &alice.token,
        &form("../my cat.png", "image/png", content),
    )
    .data();
    assert_eq!(sent["type"], "image");
    assert_eq!(sent["muid"], "m1");
    assert_eq!(sent["tags"], json!(["t1", "t2"]));
    assert_eq!(sent["data"]["text"], "caption");
    assert_eq!(sent["data"]["metadata"], json!({"k": 1}));
    let attachment = &sent["data"]["attachments"][0];
    assert_eq!(attachment["name"], "my cat.png");
    assert_eq!(attachment["extension"], "png");
    assert_eq!(attachment["mimeType"], "image/png");
    assert_eq!(attachment["size"], content.len());
    assert_eq!(sent["data"]["url"], attachment["url"]);
    assert_eq!(bob.next()["body"]["data"], sent["data"]);

    let url = attachment["url"].as_str().unwrap();
    let base = format!("http://{}", server.address());
    let path = url.strip_prefix(&base).unwrap();
    // As a browser fetches a picture: without a token.
    let file = api.raw("GET", path, &[], "");
    assert_eq!((file.status, &*file.body), (200, content));
    assert_eq!(file.headers["content-type"], "image/png");
    assert_eq!(file.headers["content-disposition"], "inline");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");

    let route = format!("messages/{}", sent["id"].as_str().unwrap());
    alice.request("DELETE", &route, &json!(null)).data();
    let gone = (404, "ERR_FILE_NOT_FOUND".to_owned());
    assert_eq!(api.raw("GET", path, &[], "").refusal(), gone);
    assert_eq!(api.raw("GET", "/files/x/y", &[], "").refusal(), gone);
}

#[test]
fn a_page_in_a_file_does_not_run() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let page = form("x.html", "text/html", "<script>alert(1)</script>");
    let sent = upload(&alice, &alice.token, &page).data();
    let url = sent["data"]["url"].as_str().unwrap();
    let path = &url[url.find("/files/").unwrap()..];
    let file = api.raw("GET", path, &[], "");
    assert_eq!(file.headers["content-disposition"], "attachment");
    assert_eq!(file.headers["content-security-policy"], "sandbox");
}

#[test]
fn a_form_that_is_none_or_nobodys_is_refused() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let whole = form("x.png", "image/png", "x");
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    for broken in [
        "",
        "nonsense",
        &whole[..whole.len() - 10],
        &whole.replace("{\"text\"", "{text"),
        &whole.replace("name=\"receiver\"", "name=\"x\""),
    ] {
        assert_eq!(upload(&alice, &alice.token, broken).refusal(), bad);
    }
    assert_eq!(
        upload(&alice, "nobody's", &whole).refusal(),
        (401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND".to_owned())
    );
    let large = form("x.bin", "application/octet-stream", &"x".repeat(2 << 20));
    upload(&alice, &alice.token, &large).data();
    let too_large = form("y.bin", "text/plain", &"x".repeat(27 << 20));
    assert_eq!(
        upload(&alice, &alice.token, &too_large).refusal(),
        (413, "ERR_PAYLOAD_TOO_LARGE".to_owned())
    );
}

#[test]
fn the_fields_of_a_form_are_few_and_their_names_count() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let whole = form("x.png", "image/png", "x");
    let with_fields = |count: usize, name: usize, content: usize| {
        let (name, content) = ("n".repeat(name), "c".repeat(content));
        let field = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n"
        );
        upload(&alice, &alice.token, &(field.repeat(count) + &whole))
    };
    let too_large = (413, "ERR_PAYLOAD_TOO_LARGE".to_owned());
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    with_fields(50, 7_000, 7_000).data();
    // The contents alone would fit.
    assert_eq!(with_fields(91, 8_100, 4_000).refusal(), too_large);
    assert_eq!(with_fields(3, 1, 400 << 10).refusal(), too_large);
    assert_eq!(with_fields(1_000, 1, 0).refusal(), bad);
}

/// A form with a file and nothing else.
fn file_form(content: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n\
         {content}\r\n--{BOUNDARY}--\r\n"
    )
}

/// Posts a file to where the server said, as a page does: without a token.
fn post_file(api: &Api, url: &Value, content: &str) -> Reply {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    api.raw(
        "POST",
        path_of(url),
        &[("Content-Type", &kind)],
        &file_form(content),
    )
}

fn path_of(url: &Value) -> &str {
    let (_, path) = url.as_str().unwrap().split_once("//").unwrap();
    &path[path.find('/').unwrap()..]
}

#[test]
fn a_file_is_uploaded_before_its_message_and_belongs_to_it_then() {
    let server = server();
    let api = Api::of(&server);
    let [alice, carol] =
        [("alice", "a1"), ("carol", "c1")].map(|(uid, device)| api.log_in(uid, device));
    let files =
        json!({"f": {"fileId": "f", "name": "notes.txt", "size": 5, "mimeType": "text/plain"}});
    let request = json!({"files": files, "receiver": "bob", "receiverType": "user"});
    let announced = alice.request("POST", "files/upload-url", &request).data()["f"].clone();
    let attachment = &announced["attachment"];
    assert_eq!(attachment["name"], "notes.txt");
    assert_eq!(attachment["size"], 5);
    let file = || api.raw("GET", path_of(&attachment["url"]), &[], "");
    let not_found = (404, "ERR_FILE_NOT_FOUND".to_owned());
    assert_eq!(file().refusal(), not_found);

    let (url, bad) = (
        &announced["request"]["url"],
        (400, "ERR_BAD_REQUEST".to_owned()),
    );
    assert_eq!(post_file(&api, url, "too long").refusal(), bad);
    post_file(&api, url, "notes").data();
    assert_eq!(post_file(&api, url, "again").refusal(), not_found);
    assert_eq!(file().body, "notes");

    let message = |user: &Login| {
        let mut message = text_message("user", "bob", "");
        (message["type"], message["data"]) = ("file".into(), json!({"attachments": [attachment]}));
        user.request("POST", "messages", &message).data()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // Who merely names the file does not own it: it stays when their message goes.
    let named = message(&carol);
    carol
        .request("DELETE", &format!("messages/{named}"), &json!(null))
        .data();
    let own = message(&alice);
    assert_eq!(file().body, "notes");
    alice
        .request("DELETE", &format!("messages/{own}"), &json!(null))
        .data();
    assert_eq!(file().refusal(), not_found);
}

#[test]
fn a_file_that_will_not_do_is_refused_when_it_is_announced() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let announce = |receiver: &str, count: usize, size: u64| {
        let files: serde_json::Map<_, _> = (0..count)
            .map(|number| {
                (
                    number.to_string(),
                    json!({"name": "x", "size": size, "mimeType": ""}),
                )
            })
            .collect();
        let request = json!({"files": files, "receiver": receiver, "receiverType": "user"});
        alice.request("POST", "files/upload-url", &request)
    };
    assert_eq!(
        announce("nobody", 1, 5).refusal(),
        (404, "ERR_UID_NOT_FOUND".to_owned())
    );
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    assert_eq!(announce("bob", 11, 5).refusal(), bad);
    let refused = announce("bob", 1, 26 << 20).data();
    assert_eq!(refused["0"]["error"]["code"], "ERR_BAD_REQUEST");
    for _ in 0..10 {
        announce("bob", 10, 5).data();
    }
    assert_eq!(announce("bob", 1, 5).refusal(), bad);
}
