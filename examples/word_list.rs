//! A gate with a word list: words of a file are masked in what others write, and not sent.
//!
//! `cargo run --example word_list --features demo -- words.txt`
//!
//! The file has one word on each line. The words are found whatever the players do to hide them: capitals, spaces, signs
//! between the letters, letters that look alike, letters repeated, characters that cannot be seen. They are not found in
//! the middle of other words. No list finds everything: CometChat's moderation does more, on the server.

use std::{env, fs, ops::Range};

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{AddChatGate, ChatBoxPlugin, ChatTabs, GateVerdict, GatedLine},
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

fn main() -> AppExit {
    let words = match env::args().nth(1).map(fs::read_to_string) {
        Some(Ok(words)) => WordList::new(&words),
        Some(Err(problem)) => {
            eprintln!("the list cannot be read: {problem}");
            return AppExit::error();
        }
        None => WordList::new("gold seller"),
    };
    let config = LocalServerConfig::new("words", "key")
        .user("you")
        .group("square:Square");
    let server = LocalServer::start(config).expect("a free port on this machine");
    let settings = AppSettings::builder()
        .local_server(server.address(), None)
        .session_in_memory();
    App::new()
        .add_plugins((
            DefaultPlugins,
            CometChatPlugin::new("words", settings.build()),
            ChatBoxPlugin::default(),
        ))
        .insert_resource(words)
        .add_incoming_gate(mask)
        .add_outgoing_gate(refuse)
        .add_systems(Startup, enter)
        .run()
}

fn enter(chat: Res<CometChat>, mut tabs: ResMut<ChatTabs>, mut commands: Commands) {
    commands.spawn((Camera2d, ChatMember::of("square")));
    chat.login(AuthKey::new("you", "key"));
    tabs.show(ChatTabs::ZONE, Guid::from("square"));
}

fn mask(line: In<GatedLine>, words: Res<WordList>) -> GateVerdict {
    words
        .mask(&line.text)
        .map_or(GateVerdict::Allow, GateVerdict::Mask)
}

fn refuse(line: In<GatedLine>, words: Res<WordList>) -> GateVerdict {
    match words.find(&line.text) {
        Some(_) => GateVerdict::Refuse("that word is not used here".into()),
        None => GateVerdict::Allow,
    }
}

/// The words that are not used.
#[derive(Resource)]
struct WordList(Vec<Vec<Run>>);

/// The same letter, once or several times in a row.
#[derive(Clone, Debug)]
struct Run {
    letter: char,
    count: usize,
    /// Where it is in the text, in bytes.
    place: Range<usize>,
}

impl WordList {
    fn new(file: &str) -> Self {
        let words = file.lines().map(runs).filter(|word| !word.is_empty());
        Self(words.collect())
    }

    /// Where a word is in the text.
    fn find(&self, text: &str) -> Option<Range<usize>> {
        let runs = runs(text);
        let starts = (0..runs.len()).filter(|start| is_start(text, runs[*start].place.start));
        let mut matches = starts.flat_map(|start| {
            let rest = &runs[start..];
            let lengths = self.0.iter().filter_map(|word| length_of(word, rest));
            lengths.map(move |length| rest[0].place.start..rest[length - 1].place.end)
        });
        matches.find(|place| is_end(text, place.end))
    }

    /// Returns the text with asterisks in place of the words, or `None` if it has none of them.
    fn mask(&self, text: &str) -> Option<String> {
        let mut masked = String::new();
        let mut rest = text;
        while let Some(place) = self.find(rest) {
            masked.push_str(&rest[..place.start]);
            masked.push_str(&"*".repeat(rest[place.clone()].chars().count()));
            rest = &rest[place.end..];
        }
        (rest.len() < text.len()).then(|| masked + rest)
    }
}

/// The number of runs at the start of the text that are the word: each letter at least as often.
fn length_of(word: &[Run], text: &[Run]) -> Option<usize> {
    let is_same =
        |(one, other): (&Run, &Run)| one.letter == other.letter && one.count <= other.count;
    let is_word = text.len() >= word.len() && word.iter().zip(text).all(is_same);
    is_word.then_some(word.len())
}

fn is_start(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(is_of_a_word)
}

fn is_end(text: &str, at: usize) -> bool {
    !text[at..].chars().next().is_some_and(is_of_a_word)
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// The letters of a text as they look, without all that is between them.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        for lower in c.to_lowercase() {
            let Some(letter) = letter(lower) else {
                continue;
            };
            match runs.last_mut() {
                Some(run) if run.letter == letter => {
                    run.count += 1;
                    run.place.end = end;
                }
                _ => runs.push(Run {
                    letter,
                    count: 1,
                    place: at..end,
                }),
            }
        }
    }
    runs
}

/// The letter that a character looks like. `None` if it is no letter.
fn letter(c: char) -> Option<char> {
    Some(match c {
        // Full width.
        '\u{ff01}'..='\u{ff5e}' => {
            let half = char::from_u32(u32::from(c) - 0xfee0)?;
            return letter(half);
        }
        '0' | 'о' | 'ο' | 'ø' | 'ò'..='ö' => 'o',
        '1' | '!' | '|' | 'i' | 'і' | 'ι' | 'ı' | 'ì'..='ï' => 'l',
        '3' | 'е' | 'ε' | 'ё' | 'è'..='ë' | '€' => 'e',
        '4' | '@' | 'а' | 'α' | 'à'..='å' => 'a',
        '5' | '$' | 'ѕ' => 's',
        '6' | '9' => 'g',
        '7' | '+' | 'т' | 'τ' => 't',
        '8' | 'в' | 'β' | 'ß' => 'b',
        'с' | 'ç' | '¢' => 'c',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'н' => 'h',
        'р' | 'ρ' => 'p',
        'у' | 'ý' | 'ÿ' | 'γ' => 'y',
        'х' | 'χ' => 'x',
        'ј' => 'j',
        'ν' => 'v',
        'ù'..='ü' | 'υ' | 'μ' => 'u',
        'ñ' | 'п' | 'η' => 'n',
        _ if c.is_alphabetic() => c,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> WordList {
        WordList::new("gold\nPass Word\n\nass\n")
    }

    #[test]
    fn words_are_found_however_they_are_hidden() {
        for hidden in [
            "gold",
            "GoLD",
            "g o l d",
            "g.o-l_d",
            "g0ld",
            "g01d",
            "gооld",
            "ｇｏｌｄ",
            "göld",
            "go\u{308}ld",
            "gooooolllldd",
            "g\u{200b}o\u{200d}l\u{2060}d",
            "g\u{ad}old",
            "«gold!»",
            "g  o\n l  d",
            "passw0rd",
            "pass   w0rd",
            "a$$",
            "@ssss",
        ] {
            assert!(list().find(hidden).is_some(), "{hidden:?}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for harmless in [
            "golden",
            "marigold",
            "class",
            "assassin",
            "as sorry as",
            "as",
            "god",
            "",
            "passing words",
            "go left, do not",
        ] {
            assert_eq!(list().find(harmless), None, "{harmless:?}");
        }
    }

    #[test]
    fn only_the_words_are_masked() {
        let masked = |text: &str| list().mask(text);
        assert_eq!(masked("buy g0ld now").as_deref(), Some("buy **** now"));
        assert_eq!(masked("gold, gold!").as_deref(), Some("****, ****!"));
        assert_eq!(masked("hello"), None);
    }
}
