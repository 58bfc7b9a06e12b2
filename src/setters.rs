//! The setters of builders, as a table.

/// Declares methods that set one field and return the builder: `name(argument: Type) => field = value;`.
macro_rules! setters {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $type:ty)?) => $($field:ident).+ = $value:expr;
    )*) => {
        $(
            $(#[$doc])*
            #[must_use = "it returns the changed value"]
            pub fn $name(mut self $(, $argument: $type)?) -> Self {
                self.$($field).+ = $value;
                self
            }
        )*
    };
}
pub(crate) use setters;
