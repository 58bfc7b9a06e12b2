//! What inspectors and scenes do: components and resources by their reflection.

use std::time::Duration;

use bevy::{
    ecs::reflect::{ReflectComponent, ReflectResource},
    prelude::*,
    reflect::{
        GetPath, ReflectFromReflect, TypeRegistry, std_traits::ReflectDefault,
        structs::DynamicStruct,
    },
};
use bevy_cometchat::{ZoneShape, prelude::*};

use super::game::*;

fn registry(game: &Game) -> AppTypeRegistry {
    game.app.world().resource::<AppTypeRegistry>().clone()
}

/// Inserts the default of a component that is known by its name alone.
fn insert_default(game: &mut Game, entity: Entity, name: &str) {
    let registry = registry(game);
    let registry: &TypeRegistry = &registry.read();
    let registration = registry
        .get_with_short_type_path(name)
        .unwrap_or_else(|| panic!("{name} is registered"));
    let default = registration.data::<ReflectDefault>().expect("a default");
    let component = registration
        .data::<ReflectComponent>()
        .expect("a component");
    let value = default.default();
    let mut entity = game.app.world_mut().entity_mut(entity);
    component.insert(&mut entity, value.as_partial_reflect(), registry);
}

#[test]
fn every_component_is_inserted_by_its_name() {
    let mut game = Game::connected(auto_mode());
    let entity = game.app.world_mut().spawn_empty().id();
    for name in ["ChatZone", "ChatMember", "ChatListener"] {
        insert_default(&mut game, entity, name);
    }
    let entity = game.app.world().entity(entity);
    assert!(entity.contains::<ChatZone>() && entity.contains::<ChatMember>());
    assert!(entity.contains::<ChatListener>() && entity.contains::<Transform>());
    game.advance(Duration::from_secs(10));
    assert_eq!(
        game.script.calls(),
        [""; 0],
        "a zone of no group asks nothing"
    );
}

#[test]
fn a_zone_that_an_inspector_edits_is_joined() {
    let mut game = Game::connected(auto_mode());
    game.script.add_group("square", GroupDetails::new());
    let zone = game.app.world_mut().spawn(ChatListener).id();
    insert_default(&mut game, zone, "ChatZone");
    let registry = registry(&game);
    {
        let mut zone = game
            .app
            .world_mut()
            .get_mut::<ChatZone>(zone)
            .expect("a zone");
        let fields: &mut dyn Reflect = &mut *zone;
        *fields.path_mut::<Guid>(".group.guid").expect("a path") = "square".into();
        *fields.path_mut::<Duration>(".join_after").expect("a path") = Duration::ZERO;
        *fields.path_mut::<ZoneShape>(".shape").expect("a path") = Sphere::new(3.0).into();
    }
    game.advance(seconds(2));
    assert_eq!(game.script.group_members("square"), ["alice"]);

    // As a scene is loaded: a patch becomes a whole component.
    let mut patch = DynamicStruct::default();
    patch.insert("margin", 7.0_f32);
    let registry = registry.read();
    let from = registry
        .get_type_data::<ReflectFromReflect>(std::any::TypeId::of::<ChatZone>())
        .expect("zones are made from reflection");
    let mut whole = ChatZone::default();
    whole.apply(&patch);
    assert!(from.from_reflect(&whole).is_some());
    assert_eq!(whole.margin, 7.0);
}

#[test]
fn every_resource_is_reached_by_its_name() {
    let game = Game::new(manual());
    let registry = registry(&game);
    let registry = registry.read();
    for name in ["CometChatSettings", "CurrentGroups"] {
        let registration = registry
            .get_with_short_type_path(name)
            .unwrap_or_else(|| panic!("{name} is registered"));
        assert!(registration.contains::<ReflectResource>(), "{name}");
        assert!(registration.contains::<ReflectDefault>(), "{name}");
    }
    assert!(
        registry
            .get_with_short_type_path("ConnectionState")
            .is_some()
    );
}

#[test]
fn what_a_scene_describes_is_clone_and_default() {
    fn scene_part<C: Component + Clone + Default>() {}
    scene_part::<ChatZone>();
    scene_part::<ChatMember>();
    scene_part::<ChatListener>();
}
