use bevy::prelude::*;

/// The texts of the layout mode.
#[derive(Reflect, Clone, Debug)]
#[reflect(Clone, Debug, Default)]
pub struct LayoutStrings {
    /// The size of the box, of which `{n}` is the percentage.
    pub size: String,
    /// The size of the texts.
    pub text_size: String,
    /// The opacity of the background.
    pub opacity: String,
    /// The time after which the box fades, in seconds.
    pub fade: String,
    /// In place of the time: the box does not fade.
    pub never_fades: String,
    /// The button that fixes the box in its place.
    pub lock: String,
    /// The button after which the box can be dragged again.
    pub unlock: String,
    /// The button after which a closed box takes no clicks.
    pub click_through: String,
    /// The button after which it takes clicks again.
    pub take_clicks: String,
    /// The button that undoes all that the player has set.
    pub reset: String,
    /// How the keys are used.
    pub keys: String,
    /// The button that closes the layout mode.
    pub done: String,
    /// Why a tab cannot be moved.
    pub no_such_tab: String,
    /// Why a tab cannot be moved out of its box: it is the only one there.
    pub already_out: String,
    /// Why a tab cannot be moved back.
    pub not_out: String,
}

impl Default for LayoutStrings {
    fn default() -> Self {
        Self {
            size: "Size {n} %".into(),
            text_size: "Text {n} %".into(),
            opacity: "Background {n} %".into(),
            fade: "Fades after {n} s".into(),
            never_fades: "Never fades".into(),
            lock: "Lock".into(),
            unlock: "Unlock".into(),
            click_through: "Let clicks through".into(),
            take_clicks: "Take clicks".into(),
            reset: "Reset".into(),
            keys: "Arrows move, with Shift they resize, Escape ends".into(),
            done: "Done".into(),
            no_such_tab: "there is no tab with that name".into(),
            already_out: "the tab has a box of its own".into(),
            not_out: "the tab has no box of its own".into(),
        }
    }
}
