//! Lists, page by page, as a game goes through them.

use bevy::prelude::*;
use bevy_cometchat::{client::ConversationsRequest, model::Conversation, prelude::*};

use super::game::*;

#[derive(Component)]
struct Scroll(Pager<ChatMessage>);

#[derive(Resource, Default)]
struct Shown(Vec<String>);

fn scroll_back(chat: Res<CometChat>, scroll: Single<&Scroll>) {
    chat.fetch_previous(&scroll.0)
        .on_success(|page: In<Page<ChatMessage>>, mut shown: ResMut<Shown>| {
            let texts = page.items.iter().filter_map(ChatMessage::text);
            shown.0.splice(0..0, texts.map(str::to_owned));
        })
        .on_error(|error: In<ChatError>, mut shown: ResMut<Shown>| {
            shown.0.push(error.code.to_string());
        });
}

fn page(texts: &[(u64, &str)]) -> String {
    let row = |(id, text): &(u64, &str)| {
        format!(
            r#"{{"id":"{id}","sender":"bob","receiver":"alice","receiverType":"user","category":"message","type":"text","sentAt":1,"data":{{"text":"{text}"}}}}"#
        )
    };
    let rows: Vec<_> = texts.iter().map(row).collect();
    let meta = r#"{"cursor":{"affix":"prepend"},"pagination":{"total_pages":2}}"#;
    format!(r#"{{"data":[{}],"meta":{meta}}}"#, rows.join(","))
}

#[test]
fn history_is_scrolled_through_by_a_pager_in_a_component() {
    let mut game = Game::logged_in(manual());
    game.app.init_resource::<Shown>();
    let pager = MessagesRequest::in_conversation(Uid::from("bob"))
        .with_limit(2)
        .pager();
    game.app.world_mut().spawn(Scroll(pager));
    for answer in [
        page(&[(3, "three"), (4, "four")]),
        page(&[(1, "one"), (2, "two")]),
    ] {
        game.script.answer_next_call(answer);
    }
    game.run(scroll_back);
    game.run(scroll_back);
    game.settle();
    let shown = || game.app.world().resource::<Shown>().0.clone();
    assert_eq!(shown(), ["three", "four", "REQUEST_IN_PROGRESS"]);

    game.app.world_mut().resource_mut::<Shown>().0.pop();
    game.run(scroll_back);
    game.settle();
    let shown = game.app.world().resource::<Shown>().0.clone();
    assert_eq!(shown, ["one", "two", "three", "four"]);
    assert_eq!(
        game.script.calls(),
        [
            "GET users/bob/messages?affix=prepend&per_page=2",
            "GET users/bob/messages?affix=prepend&per_page=2&id=3&sentAt=1",
        ]
    );
}

#[test]
fn a_list_that_has_ended_answers_without_the_server() {
    let mut game = Game::logged_in(manual());
    let pager: Pager<Conversation> = ConversationsRequest::all().pager();
    game.script.answer_next_call(
        r#"{"data":[{"conversationId":"c","conversationType":"user","conversationWith":{"uid":"bob"}}],
            "meta":{"pagination":{"current_page":1,"total_pages":1}}}"#,
    );
    let first = game.chat().fetch_next(&pager);
    game.settle();
    let page = first.outcome().expect("an end").expect("a page");
    assert_eq!((page.items.len(), page.is_last), (1, true));

    let beyond = game.chat().fetch_next(&pager);
    let page = beyond.outcome().expect("at once").expect("a page");
    assert!(page.items.is_empty() && page.is_last);
    assert_eq!(game.script.calls().len(), 1);
}
