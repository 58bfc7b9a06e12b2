//! The actions of assistive technology on the parts of the box.

use accesskit::{Action, ActionData};
use bevy::{
    a11y::ActionRequest,
    ecs::system::SystemParam,
    input_focus::{FocusCause, InputFocus},
    prelude::*,
    text::EditableText,
    ui_widgets::{Activate, MenuAction, MenuEvent, MenuItem},
};

use super::{
    activation::PartPlaces,
    input::{ChatInput, replace},
    main_box::BoxStates,
    menu::opening::OpenMenuOn,
    messages::{ChatLogRow, ScrollPosition},
    parts::Clickable,
    schedules::BoxSchedule,
    theming::Themes,
};

/// How far an action scrolls, in lines.
const SCROLLED_LINES: f32 = 5.0;

pub(super) fn plugin(app: &mut App) {
    app.add_message::<ActionRequest>().add_systems(
        BoxSchedule::Keys,
        handle_requests.run_if(on_message::<ActionRequest>),
    );
}

/// The parts that take actions.
#[derive(SystemParam)]
struct Parts<'w, 's> {
    clickable: Query<'w, 's, &'static Clickable>,
    items: Query<'w, 's, (), With<MenuItem>>,
    rows: Query<'w, 's, (), With<ChatLogRow>>,
    inputs: Query<'w, 's, (Has<ChatInput>, &'static mut EditableText)>,
    lists: Query<'w, 's, &'static mut ScrollPosition>,
    places: PartPlaces<'w, 's>,
    themes: Themes<'w, 's>,
    states: BoxStates<'w, 's>,
    focus: ResMut<'w, InputFocus>,
    commands: Commands<'w, 's>,
}

fn handle_requests(mut requests: MessageReader<ActionRequest>, mut parts: Parts) {
    for request in requests.read() {
        if let Some(part) = Entity::try_from_bits(request.target_node.0) {
            parts.handle(part, request.action, request.data.as_ref());
        }
    }
}

impl Parts<'_, '_> {
    fn handle(&mut self, part: Entity, action: Action, data: Option<&ActionData>) {
        match (action, data) {
            (Action::Click, _) => self.click(part),
            (Action::ShowContextMenu, _) => self.open_menu(part),
            (Action::Focus, _) => self.focus(part),
            (Action::SetValue | Action::ReplaceSelectedText, Some(ActionData::Value(text))) => {
                self.set_text(part, text);
            }
            (Action::ScrollUp, _) => self.scroll(part, SCROLLED_LINES),
            (Action::ScrollDown, _) => self.scroll(part, -SCROLLED_LINES),
            _ => {}
        }
    }

    fn click(&mut self, part: Entity) {
        if self.items.contains(part) {
            self.commands.trigger(Activate { entity: part });
            self.commands.trigger(MenuEvent {
                source: part,
                action: MenuAction::CloseAll,
            });
        } else if self.clickable.get(part).is_ok_and(|part| part.0) {
            self.commands.trigger(Activate { entity: part });
        } else if self.rows.contains(part) {
            self.open_menu(part);
        } else {
            self.focus(part);
        }
    }

    fn open_menu(&mut self, part: Entity) {
        let at = self.places.menu_at(part);
        self.commands.trigger(OpenMenuOn { part, at });
    }

    fn focus(&mut self, part: Entity) {
        match self.inputs.get(part) {
            Ok((true, _)) => self.open_box(part),
            Ok((false, _)) => self.focus.set(part, FocusCause::Navigated),
            Err(_) if self.items.contains(part) => self.focus.set(part, FocusCause::Navigated),
            Err(_) => {}
        }
    }

    /// Opens the box of an input.
    fn open_box(&mut self, input: Entity) {
        if let Some(mut state) = self.states.around(input) {
            state.is_open = true;
        }
    }

    /// Sets the text of an input, which opens the box if it is the one of the box.
    fn set_text(&mut self, part: Entity, text: &str) {
        if let Ok((is_box, mut input)) = self.inputs.get_mut(part) {
            replace(&mut input, text);
            if is_box {
                self.open_box(part);
            }
        }
    }

    fn scroll(&mut self, part: Entity, lines: f32) {
        if let Ok(mut position) = self.lists.get_mut(part) {
            let theme = self.themes.of(part);
            position.scroll(theme.to_logical(lines * theme.line_height()));
        }
    }
}
