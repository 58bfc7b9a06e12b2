use serde_json::json;

use super::client::{APP, Api, Login, Reply, server};

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
