/// Whether the player is looking at the game (rules F1–F3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AppState {
    /// The game is in front: a lost connection is repaired.
    #[default]
    Foreground,
    /// The game is behind other windows, minimised or suspended: the connection lives as long as the grace.
    Background,
}
