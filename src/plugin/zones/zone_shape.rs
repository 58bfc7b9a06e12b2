use bevy::{
    math::Vec3,
    prelude::{Circle, Cuboid, Rectangle, Reflect, ReflectDefault, Sphere},
};

/// The space that a [`ChatZone`](crate::ChatZone) covers, around its entity and rotated with it. Sizes are in world
/// units: the entity's scale is ignored.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Default, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ZoneShape {
    /// A sphere.
    Sphere(Sphere),
    /// A box.
    Cuboid(Cuboid),
    /// A circle in x and y, for 2D games. z is ignored.
    Circle(Circle),
    /// A rectangle in x and y, for 2D games. z is ignored.
    Rectangle(Rectangle),
}

impl Default for ZoneShape {
    fn default() -> Self {
        Self::Sphere(Sphere::default())
    }
}

impl ZoneShape {
    /// The distance of a point from the shape, 0 inside. The shape is at the origin.
    pub(super) fn distance(self, point: Vec3) -> f32 {
        let flat = point.truncate();
        match self {
            Self::Sphere(sphere) => sphere.closest_point(point).distance(point),
            Self::Cuboid(cuboid) => cuboid.closest_point(point).distance(point),
            Self::Circle(circle) => circle.closest_point(flat).distance(flat),
            Self::Rectangle(rectangle) => rectangle.closest_point(flat).distance(flat),
        }
    }

    /// The distance from the centre to the nearest border.
    pub(super) fn inner_radius(self) -> f32 {
        match self {
            Self::Sphere(sphere) => sphere.radius,
            Self::Cuboid(cuboid) => cuboid.half_size.min_element(),
            Self::Circle(circle) => circle.radius,
            Self::Rectangle(rectangle) => rectangle.half_size.min_element(),
        }
    }
}

impl From<Sphere> for ZoneShape {
    fn from(sphere: Sphere) -> Self {
        Self::Sphere(sphere)
    }
}

impl From<Cuboid> for ZoneShape {
    fn from(cuboid: Cuboid) -> Self {
        Self::Cuboid(cuboid)
    }
}

impl From<Circle> for ZoneShape {
    fn from(circle: Circle) -> Self {
        Self::Circle(circle)
    }
}

impl From<Rectangle> for ZoneShape {
    fn from(rectangle: Rectangle) -> Self {
        Self::Rectangle(rectangle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_inside_or_so_far_outside() {
        let far_up = Vec3::new(0.0, 0.0, 1_000.0);
        let shapes: [ZoneShape; 4] = [
            Sphere::new(2.0).into(),
            Cuboid::new(4.0, 4.0, 4.0).into(),
            Circle::new(2.0).into(),
            Rectangle::new(4.0, 4.0).into(),
        ];
        for shape in shapes {
            assert_eq!(shape.distance(Vec3::new(1.0, -1.0, 0.5)), 0.0, "{shape:?}");
            assert_eq!(shape.distance(Vec3::new(5.0, 0.0, 0.0)), 3.0, "{shape:?}");
            assert_eq!(shape.inner_radius(), 2.0);
        }
        assert_eq!(shapes[0].distance(far_up), 998.0);
        assert_eq!(shapes[2].distance(far_up), 0.0, "height does not matter");
        assert!(shapes[0].distance(Vec3::NAN).is_nan());
    }
}
