//! The least that a fan-out costs here: one thread that writes each frame to each socket.

use std::{
    error::Error,
    io::{self, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    MEMBERS,
    crowd::{Crowd, Progress, Received},
    mark::Mark,
    serving_process::ServingProcess,
};

/// Reads what a process of its own writes to [`MEMBERS`] sockets.
pub(crate) fn measure(messages: usize, frame_length: usize) -> io::Result<Received> {
    let numbers = [MEMBERS, messages, frame_length].map(|number| number.to_string());
    let arguments = ["floor".to_owned()].into_iter().chain(numbers);
    let server = ServingProcess::start(arguments)?;
    let sockets = (0..MEMBERS)
        .map(|_| TcpStream::connect(server.address))
        .collect::<Result<_, _>>()?;
    let (received, _) =
        Crowd::read(sockets, messages, Instant::now(), Progress::default()).join()?;
    Ok(received)
}

/// What the floor's process does: prints its address, waits for all sockets, and writes.
pub(crate) fn serve(
    sockets: usize,
    messages: usize,
    frame_length: usize,
) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let mut sockets = (0..sockets)
        .map(|_| listener.accept().map(|(stream, _)| stream))
        .collect::<Result<Vec<_>, _>>()?;
    for socket in &sockets {
        socket.set_nodelay(true)?;
    }
    for number in 0..messages {
        let frame = frame(number, frame_length);
        for socket in &mut sockets {
            socket.write_all(&frame)?;
        }
    }
    // Until the other side has read everything.
    loop {
        std::thread::park();
    }
}

/// A frame as long as the server's are (RFC 6455, for what takes two bytes to say how long it is).
fn frame(number: usize, length: usize) -> Vec<u8> {
    let mark = Mark {
        number,
        due: Duration::ZERO,
    };
    let mut text = format!(
        r#"{{"body":{{"id":"{}"}},"text":"{}"}}"#,
        number + 1,
        mark.text()
    );
    text.extend(std::iter::repeat_n(' ', length.saturating_sub(text.len())));
    let length = u16::try_from(text.len()).expect("a frame is short");
    let mut frame = vec![0x81, 126];
    frame.extend(length.to_be_bytes());
    frame.extend(text.into_bytes());
    frame
}
