//! Runs the line styles on the lines that have been made, and writes them.

use bevy::{ecs::system::SystemState, prelude::*};

use super::{
    row::RowNodes,
    rows::{Rows, UnstyledRow},
};
use crate::chat_box::{line_style::run_styles, strings::ChatBoxStrings, theming::Themes};

/// A run condition.
pub(super) fn has_unstyled(lists: Query<&Rows>) -> bool {
    lists.iter().any(|rows| !rows.unstyled.is_empty())
}

/// What writing the rows needs.
type Writing<'w, 's> = (
    Query<'w, 's, &'static mut Rows>,
    RowNodes<'w, 's>,
    Themes<'w, 's>,
    Res<'w, ChatBoxStrings>,
);

pub(super) fn style_lines(
    world: &mut World,
    lists: &mut QueryState<(Entity, &mut Rows)>,
    writing: &mut SystemState<Writing>,
) -> Result {
    let unstyled = lists.iter_mut(world).map(|(list, mut rows)| {
        let rows = rows.bypass_change_detection();
        (list, std::mem::take(&mut rows.unstyled))
    });
    let mut unstyled: Vec<(Entity, Vec<UnstyledRow>)> = unstyled.collect();
    for row in unstyled.iter_mut().flat_map(|(_, rows)| rows) {
        run_styles(world, &mut row.line);
    }
    let (mut lists, mut nodes, themes, strings) = writing.get_mut(world)?;
    for (list, unstyled) in unstyled {
        let Ok(mut rows) = lists.get_mut(list) else {
            continue;
        };
        let rows = rows.bypass_change_detection();
        let theme = themes.of(list);
        for row in unstyled {
            rows.write_styled(row, theme, &strings, &mut nodes);
        }
    }
    writing.apply(world);
    Ok(())
}
