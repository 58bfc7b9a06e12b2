//! The host of the test, which has the server and its network.

use std::time::Duration;

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Has the host do something, and returns what it answers.
pub(crate) async fn ask(command: &str) -> String {
    let window = web_sys::window().expect("a page");
    let response = JsFuture::from(window.fetch_with_str(&format!("/host/{command}"))).await;
    let response: Response = response
        .expect("the host answers")
        .dyn_into()
        .expect("a response");
    let text = JsFuture::from(response.text().expect("a body")).await;
    text.expect("a whole body").as_string().expect("text")
}

pub(crate) async fn sleep(duration: Duration) {
    let millis = i32::try_from(duration.as_millis()).expect("a short time");
    let slept = Promise::new(&mut |resolve, _| {
        let window = web_sys::window().expect("a page");
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(slept).await;
}
