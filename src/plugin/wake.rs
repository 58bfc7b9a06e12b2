use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bevy::prelude::World;

/// Wakes a sleeping event loop. Does nothing until it is connected to one.
#[derive(Clone, Default)]
pub(crate) struct Waker(Arc<OnceLock<WakeFn>>);

type WakeFn = Box<dyn Fn() + Send + Sync>;

impl Waker {
    pub(super) fn wake(&self) {
        if let Some(wake) = self.0.get() {
            wake();
        }
    }

    /// Sets the function that wakes the event loop. Only the first call has an effect.
    #[cfg_attr(not(any(feature = "winit", feature = "test-util")), expect(dead_code))]
    pub(crate) fn connect(&self, wake: impl Fn() + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(wake));
    }

    /// Wakes winit's event loop, if the app has one. It exists once all plugins are built.
    #[cfg(feature = "winit")]
    pub(super) fn connect_to_event_loop(&self, world: &World) {
        use bevy::winit::{EventLoopProxyWrapper, WinitUserEvent};

        if let Some(proxy) = world.get_resource::<EventLoopProxyWrapper>() {
            let proxy = (**proxy).clone();
            self.connect(move || {
                // The loop may have ended.
                let _ = proxy.send_event(WinitUserEvent::WakeUp);
            });
        }
    }

    #[cfg(not(feature = "winit"))]
    pub(super) fn connect_to_event_loop(&self, _world: &World) {}
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}
