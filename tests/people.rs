//! other users hear of it, and every refusal.

mod people {
    mod blocking;
    mod group_lists;
    mod groups;
    mod joining;
    mod members;
    #[path = "../connection/player.rs"]
    #[allow(dead_code)]
    mod player;
    mod presence;
    mod scene;
    mod users;
    mod zones;
}
