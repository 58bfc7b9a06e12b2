use serde_json::json;

use super::{
    browser::Browser,
    page::Page,
    stage::{APP, Stage},
};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn an_app_that_looks_for_cometchats_cloud_finds_the_local_server() {
    let stage = Stage::new();
    let address = stage.server.address();
    let browser = Browser::start(&[format!(
        "--host-resolver-rules=MAP *.cometchat.io {address}"
    )]);
    let page = |uid: &str| {
        let page = Page::open(&browser);
        let init =
            "CometChat.init(app, new CometChat.AppSettingsBuilder().setRegion('us').build())";
        page.run_with(init, json!({"app": APP}));
        page.go_online(uid);
        page
    };
    let (alice, bob) = (page("alice"), page("bob"));
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Where are we?', 'user'))");
    assert_eq!(bob.next("onTextMessageReceived")["text"], "Where are we?");
    bob.run("CometChat.sendMediaMessage(new CometChat.MediaMessage('alice', new File(['x'], 'x.txt'), 'file', 'user'))");
    let url = &alice.next("onMediaMessageReceived")["attachments"][0]["url"];
    let file = alice.run_with(
        "fetch(url).then((reply) => reply.text())",
        json!({"url": url}),
    );
    assert_eq!(file, "x");
    drop((alice, bob));
}
