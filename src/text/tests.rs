use std::sync::Arc;

use proptest::prelude::*;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Sanitizer, Segment,
    character::{Kind, POP_ISOLATE, is_default_ignorable},
    display_name, isolate,
};
use crate::model::User;

const NAME: Sanitizer = Sanitizer::NAME;
const MESSAGE: Sanitizer = Sanitizer::MESSAGE;

fn user(uid: &str, name: &str) -> Arc<User> {
    Arc::new(User::new(uid, name))
}

#[test]
fn what_people_write_is_left_as_it_is() {
    for text in [
        "Well met, traveller!",
        "two\nlines",
        "a paragraph\n\nand another",
        "naïve, na\u{308}ive, Việt Nam, Vie\u{302}\u{323}t",
        "Ἀθηνᾶ, Ελλάδα",
        "привет, мир",
        "龍が来る\u{3000}逃げろ",
        "안녕하세요",
        "مرحبا بالعالم",
        "שָׁלוֹם עוֹלָם",
        "می\u{200C}خواهم",
        "नमस्ते, क्ष, क्\u{200D}ष",
        "ශ්\u{200D}රී ලංකා",
        "ကြွှို့",
        "ก็ ที่นี่ น้ำ",
        "བོད་སྐད་",
        "👍🏽 ❤️\u{200D}🔥 👨🏽\u{200D}👩🏽\u{200D}👧🏽\u{200D}👦🏽 🏳️\u{200D}🌈 🇩🇰 1️⃣",
        "bien\u{202F}! 10\u{A0}km",
        "\u{2067}שלום C++\u{2069} is Hebrew",
        "كلمة\u{200F}!",
    ] {
        let cleaned = MESSAGE.clean(text);
        assert_eq!(cleaned, text);
        assert!(matches!(cleaned, std::borrow::Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn control_characters_are_removed() {
    assert_eq!(MESSAGE.clean("a\0b\x08\x1B[31mc\x7F\u{9B}d"), "ab[31mcd");
    assert_eq!(
        MESSAGE.clean("one\r\ntwo\rthree\u{85}four\u{2028}five"),
        "one\ntwo\nthree\nfour\nfive"
    );
    assert_eq!(NAME.clean("one\r\ntwo"), "one two");
}

#[test]
fn overrides_turn_nothing_outside_of_them() {
    assert_eq!(MESSAGE.clean("pay \u{202E}001"), "pay \u{2067}001\u{2069}");
    assert_eq!(
        MESSAGE.clean("\u{202A}a\u{202B}b\u{202C}c\u{202C}\nd"),
        "\u{2066}a\u{2067}b\u{2069}c\u{2069}\nd"
    );
    assert_eq!(MESSAGE.clean("a\u{2069}\u{202C}b"), "ab");
    assert_eq!(MESSAGE.clean("a\u{2067}\u{2069}b\u{2068}"), "ab");
    assert_eq!(NAME.clean("Ana\u{202E}nimda\u{2069}\u{200F}"), "Ananimda");
}

#[test]
fn a_direction_ends_with_its_line() {
    assert_eq!(MESSAGE.clean("\u{202E}a\nb"), "\u{2067}a\u{2069}\nb");
}

#[test]
fn isolates_are_closed_also_where_the_text_is_cut() {
    let short = MESSAGE.with_max_graphemes(8);
    assert_eq!(short.clean("\u{202E}abcdefghij"), "\u{2067}abcde…\u{2069}");
}

#[test]
fn what_cannot_be_seen_is_removed() {
    assert_eq!(
        MESSAGE.clean("a\u{200B}d\u{FEFF}m\u{2060}i\u{AD}n\u{E0041}\u{3164}\u{34F}"),
        "admin"
    );
    assert_eq!(MESSAGE.clean("ad\u{200D}m\u{200C}in\u{200D}"), "admin");
    assert_eq!(NAME.clean("\u{3164}\u{2800}\u{200E}\u{A0}\u{301}"), "");
}

#[test]
fn marks_do_not_pile_up() {
    let piled: String = std::iter::once('Z')
        .chain(('\u{300}'..='\u{36F}').cycle().take(1_000))
        .chain(['!'])
        .collect();
    assert_eq!(MESSAGE.clean(&piled), "Z\u{300}\u{301}\u{302}\u{303}!");
    assert_eq!(MESSAGE.clean("\u{301}a \u{301}b"), "a b");
    assert_eq!(MESSAGE.clean(&"ก็".replace('็', "็็็็็็")), "ก็");
    // What was between them does not make them more.
    let apart = "e\u{301}\u{200B}\u{302}\u{200B}\u{303}\u{200B}\u{304}\u{200B}\u{305}";
    assert_eq!(MESSAGE.clean(apart), "e\u{301}\u{302}\u{303}\u{304}");
}

#[test]
fn private_characters_are_replaced() {
    assert_eq!(NAME.clean("\u{E000}Ana\u{F0000}"), "\u{FFFD}Ana\u{FFFD}");
}

/// All code points that are default-ignorable or unassigned: none of them makes an empty name, or hides inside one.
#[test]
fn no_code_point_is_shown_as_nothing() {
    let (mut ignorable, mut unassigned) = (0, 0);
    for c in '\0'..=char::MAX {
        let is_ignorable = is_default_ignorable(c);
        let is_unassigned = c.general_category() == GeneralCategory::Unassigned;
        if !is_ignorable && !is_unassigned {
            continue;
        }
        let expected = if is_ignorable {
            ignorable += 1;
            ""
        } else {
            unassigned += 1;
            "\u{FFFD}"
        };
        for sanitizer in [NAME, MESSAGE] {
            assert_eq!(sanitizer.clean(&c.to_string()), expected, "{c:?}");
            let inside = sanitizer.clean(&format!("An{c}a")).into_owned();
            // A direction is not turned where all runs from left to right, and stays.
            let turns = sanitizer == MESSAGE
                && matches!(Kind::of(c), Kind::DirectionMark | Kind::Opener(_));
            assert!(
                turns || inside == format!("An{expected}a"),
                "{c:?}: {inside:?}"
            );
        }
    }
    assert_eq!(ignorable, 4_174, "of Unicode 18.0");
    assert!(unassigned > 700_000, "{unassigned}");
}

#[test]
fn selectors_stay_where_they_select_something_to_see() {
    for text in [
        "❤\u{FE0F}",
        "❤\u{FE0E}",
        "7\u{FE0F}\u{20E3}",
        "7\u{20E3}",
        "↔\u{FE0F}",
        "ᠠ\u{180B}",
    ] {
        assert_eq!(MESSAGE.clean(text), text);
    }
    for (text, cleaned) in [
        ("a\u{FE0F}", "a"),
        ("7\u{FE0F}", "7"),
        ("7\u{FE0F}a", "7a"),
        ("❤\u{FE0F}\u{FE0F}", "❤\u{FE0F}"),
        ("❤\u{FE0F}\u{FE0E}", "❤\u{FE0F}"),
        ("a\u{180B}", "a"),
        ("葛\u{E0100}", "葛"),
        ("Ana\u{FE00}", "Ana"),
        ("\u{FE0F}a", "a"),
    ] {
        assert_eq!(MESSAGE.clean(text), cleaned);
    }
}

#[test]
fn white_space_is_as_on_a_web_page() {
    assert_eq!(MESSAGE.clean("  a \t  b  \n\n\n\n  c \n"), "a b\n\nc");
    assert_eq!(NAME.clean("\u{2003}Ana \n Lee\u{2003}"), "Ana Lee");
}

#[test]
fn length_is_counted_in_graphemes() {
    let family = "👨🏽\u{200D}👩🏽\u{200D}👧🏽\u{200D}👦🏽";
    assert_eq!(NAME.clean(&family.repeat(32)), family.repeat(32));
    assert_eq!(
        NAME.clean(&family.repeat(33)),
        format!("{}…", family.repeat(31))
    );
    assert_eq!(NAME.with_max_graphemes(0).clean("long"), "…");
    assert_eq!(NAME.with_max_graphemes(4).clean("long"), "long");
    assert_eq!(NAME.with_max_graphemes(4).clean("longer"), "lon…");
    assert_eq!(NAME.with_max_graphemes(4).clean("lo nger"), "lo…");
}

#[test]
fn one_grapheme_is_not_endless() {
    for endless in ["\u{1100}".repeat(100_000), "\u{600}".repeat(100_000)] {
        assert_eq!(MESSAGE.clean(&endless), "…");
    }
    let families = ["👩"; 100_000].join("\u{200D}");
    assert!(NAME.clean(&families).len() < 1_000);
}

#[test]
fn lines_are_counted() {
    let four = MESSAGE.with_max_lines(4);
    assert_eq!(four.clean("1\n2\n3\n4"), "1\n2\n3\n4");
    assert_eq!(four.clean("1\n2\n3\n4\n5\n6"), "1\n2\n3\n4…");
    assert_eq!(four.clean("1\n\n\n\n2\n\n3"), "1\n\n2…");
}

#[test]
fn hidden_text_before_the_visible_does_not_hide_that_there_is_more() {
    let hidden = "\u{200B}".repeat(1_000_000) + "there";
    assert_eq!(MESSAGE.clean(&hidden), "…");
}

#[test]
fn mentions_become_names() {
    let mentions = [user("bob", "Bob\u{202E}"), user("eve", "\u{200B}")];
    let segments = MESSAGE.segments("<@uid:bob> and <@uid:eve>, <@uid:nobody>", &mentions);
    let words: Vec<_> = segments
        .iter()
        .map(|segment| match segment {
            Segment::Text(text) => text.to_string(),
            Segment::Mention { user, name } => format!("[{} {name}]", user.uid),
        })
        .collect();
    assert_eq!(
        words,
        ["[bob Bob]", " and ", "[eve eve]", ", <@uid:nobody>"]
    );
}

#[test]
fn nobody_is_mentioned_by_a_private_character() {
    let mentions = [user("bob", "Bob")];
    let segments = MESSAGE.segments("\u{F0000} <@uid:bob>", &mentions);
    assert_eq!(segments[0], Segment::Text("\u{FFFD} ".into()));
    assert_eq!(segments.len(), 2);
}

/// Each mention compared with each user would take minutes.
#[test]
fn many_mentions_of_many_users_are_found() {
    const MANY: usize = 60_000;
    let users: Vec<_> = (0..MANY).map(|it| user(&it.to_string(), "x")).collect();
    let text = format!("<@uid:{}>", MANY - 1).repeat(MANY);
    let segments = MESSAGE.segments(&text, &users);
    let is_last = |segment: &&Segment<'_>| matches!(segment, Segment::Mention { user, .. } if user.uid == *"59999");
    assert_eq!(segments.iter().filter(is_last).count(), 999);
}

#[test]
fn mentions_count_as_one_grapheme() {
    let mentions = [user("bob", "Bob the Magnificent")];
    let text = "<@uid:bob>".repeat(10);
    let segments = MESSAGE.with_max_graphemes(4).segments(&text, &mentions);
    assert_eq!(segments.len(), 4);
    assert_eq!(segments[3], Segment::Text("…".into()));
}

#[test]
fn text_without_anything_to_see_has_no_segments() {
    assert_eq!(MESSAGE.segments(" \u{200B} ", &[]), []);
}

#[test]
fn a_user_always_has_a_name_to_show() {
    assert_eq!(display_name(&user("ana-1", " Ana ")), "Ana");
    assert_eq!(display_name(&user("ana-1", "\u{2066}\u{2069}")), "ana-1");
}

#[test]
fn only_what_may_turn_is_isolated() {
    assert_eq!(isolate("Ana 龍 привет"), "Ana 龍 привет");
    assert_eq!(isolate("مها"), "\u{2068}مها\u{2069}");
}

/// Text by somebody who wants to break something.
fn hostile() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => proptest::char::range(' ', '~'),
        2 => Just('\n'),
        1 => prop::sample::select(vec!['\r', '\t', '\0', '\u{A0}', '\u{3000}', '\u{2028}']),
        4 => proptest::char::range('\u{200B}', '\u{200F}'),
        4 => proptest::char::range('\u{202A}', '\u{202E}'),
        4 => proptest::char::range('\u{2066}', '\u{2069}'),
        3 => proptest::char::range('\u{300}', '\u{36F}'),
        1 => prop::sample::select(vec!['\u{FE0F}', '\u{20E3}', '\u{1F3FD}', '\u{1F1E9}', '\u{34F}']),
        2 => prop::sample::select(vec!['👩', '🔥', '🏳', '❤', '…']),
        2 => proptest::char::range('\u{5D0}', '\u{620}'),
        2 => proptest::char::range('\u{900}', '\u{D7F}'),
        1 => proptest::char::range('\u{1100}', '\u{11FF}'),
        1 => proptest::char::range('\u{E000}', '\u{F8FF}'),
        1 => any::<char>(),
    ];
    prop::collection::vec(character, 0..120).prop_map(String::from_iter)
}

fn assert_safe(cleaned: &str, max_graphemes: usize, max_lines: usize) {
    assert!(
        cleaned.graphemes(true).count() <= max_graphemes,
        "{cleaned:?}"
    );
    assert!(cleaned.split('\n').count() <= max_lines, "{cleaned:?}");
    assert_eq!(cleaned.trim(), cleaned);
    for line in cleaned.split('\n') {
        let mut open = 0;
        for c in line.chars() {
            match c {
                '\u{2066}'..='\u{2068}' => open += 1,
                POP_ISOLATE => open -= 1,
                _ => {
                    let kind = Kind::of(c);
                    let is_isolate = matches!(kind, Kind::Opener(_) | Kind::Closer);
                    assert!(!is_isolate, "{cleaned:?}");
                    assert!(
                        !matches!(kind, Kind::Needless | Kind::Private | Kind::Unassigned),
                        "{cleaned:?}"
                    );
                }
            }
            assert!((0..=4).contains(&open), "{cleaned:?}");
        }
        assert_eq!(open, 0, "{cleaned:?}");
        let mut marks = 0;
        for c in line.chars() {
            marks = if Kind::of(c) == Kind::Mark {
                marks + 1
            } else {
                0
            };
            assert!(marks <= 8, "{cleaned:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn cleaned_text_is_safe_and_stays_as_it_is(
        text in hostile(),
        graphemes in 1_usize..80,
        lines in 1_usize..6,
    ) {
        for sanitizer in [NAME, MESSAGE] {
            let sanitizer = sanitizer.with_max_graphemes(graphemes).with_max_lines(lines);
            let cleaned = sanitizer.clean(&text);
            assert_safe(&cleaned, graphemes, lines);
            prop_assert_eq!(sanitizer.clean(&cleaned), &*cleaned);
        }
    }

    #[test]
    fn segments_are_safe_too(text in hostile(), at in any::<prop::sample::Index>()) {
        let mentions = [user("bob", "Bob")];
        let cut = text.char_indices().map(|(at, _)| at).nth(at.index(text.chars().count().max(1)));
        let (before, after) = text.split_at(cut.unwrap_or(0));
        let with_mention = format!("{before}<@uid:bob>{after}");
        let shown: String = MESSAGE
            .segments(&with_mention, &mentions)
            .iter()
            .map(|segment| match segment {
                Segment::Text(text) => &**text,
                Segment::Mention { .. } => "@",
            })
            .collect();
        assert_safe(&shown, 1_000, 20);
        prop_assert!(shown.contains('@'));
    }
}
