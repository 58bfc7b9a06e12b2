//! A site: the files of a folder.

use std::{
    ffi::OsStr,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

/// The maximum length of a request, in bytes.
const MAX_REQUEST: u64 = 16 * 1024;
/// How long a browser may take for a request, or for a part of a reply.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves the files of a folder. The front page without a query leads to `home`.
pub(super) fn serve(listen: SocketAddr, folder: PathBuf, home: &str) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let site = Arc::new(Site {
        folder,
        home: home.into(),
    });
    thread::spawn(move || {
        for browser in listener.incoming().flatten() {
            let site = site.clone();
            // A browser that goes away meanwhile is no concern of others.
            thread::spawn(move || site.answer(&browser));
        }
    });
    Ok(address)
}

struct Site {
    folder: PathBuf,
    home: String,
}

impl Site {
    /// Answers the one request of a connection.
    fn answer(&self, mut browser: &TcpStream) -> io::Result<()> {
        browser.set_read_timeout(Some(PATIENCE))?;
        browser.set_write_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(browser.take(MAX_REQUEST)).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        let target = request.split(' ').nth(1).unwrap_or_default();
        if target == "/" {
            let home = &self.home;
            return write!(
                browser,
                "HTTP/1.1 302 Found\r\nLocation: {home}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        let path = target.split('?').next().unwrap_or_default();
        let (status, kind, body) = match self.file(path) {
            Some((path, body)) => ("200 OK", kind(&path), body),
            None => ("404 Not Found", "text/plain", Vec::new()),
        };
        write!(
            browser,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n\
             Connection: close\r\n\r\n",
            body.len()
        )?;
        browser.write_all(&body)
    }

    /// A file of the folder, never one outside.
    fn file(&self, path: &str) -> Option<(PathBuf, Vec<u8>)> {
        let path = match path.strip_prefix('/')? {
            "" => Path::new("index.html"),
            path => Path::new(path),
        };
        let is_inside = path
            .components()
            .all(|it| matches!(it, Component::Normal(_)));
        let path = self.folder.join(is_inside.then_some(path)?);
        let body = fs::read(&path).ok()?;
        Some((path, body))
    }
}

/// The media type of a file. A browser compiles code while it arrives only if it is declared as such.
fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("png") => "image/png",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}
