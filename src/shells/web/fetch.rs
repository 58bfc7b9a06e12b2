//! `fetch`, which is aborted when it is dropped.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials,
    RequestInit, Response,
};

/// A request under way. Dropping it aborts the request.
pub(super) struct Fetch {
    controller: AbortController,
    response: Response,
}

/// Aborts a request when it is dropped, unless it is disarmed.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

impl Fetch {
    /// Makes a request, and returns when the head of its response has arrived. Nothing is cached, and no cookies are
    /// sent.
    ///
    /// # Errors
    /// The exception of the browser, which hardly gives a reason.
    pub(super) async fn start(url: &str, init: &RequestInit) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        init.set_signal(Some(&controller.signal()));
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(RequestCredentials::Omit);
        let request = Request::new_with_str_and_init(url, init)?;
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let mut guard = AbortOnDrop(Some(controller));
        let response = JsFuture::from(window.fetch_with_request(&request)).await?;
        let response = response.dyn_into()?;
        let controller = guard.0.take().ok_or(JsValue::NULL)?;
        Ok(Self {
            controller,
            response,
        })
    }

    pub(super) fn response(&self) -> &Response {
        &self.response
    }

    /// Reads the whole body, if it is no longer than `limit`.
    ///
    /// # Errors
    /// The exception of the browser.
    pub(super) async fn body(&self, limit: usize) -> Result<Option<Vec<u8>>, JsValue> {
        let mut body = Vec::new();
        let Some(stream) = self.response.body() else {
            return Ok(Some(body));
        };
        let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
        loop {
            let chunk = JsFuture::from(reader.read()).await?;
            if Reflect::get(&chunk, &"done".into())?.is_truthy() {
                return Ok(Some(body));
            }
            let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())?.dyn_into()?;
            if body.len() + bytes.length() as usize > limit {
                return Ok(None);
            }
            body.extend(bytes.to_vec());
        }
    }
}
