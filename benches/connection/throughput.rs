//! Receives the same bytes with a connection, and with a loop that only reads and counts them.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use spice_benches::recorded;
use spice_benches::rows::rows;
use spice_link::ticket::{ServerKey, os_random};
use spice_link::{
    Capabilities, FrameWriter, HeaderFormat, LinkRequest, ServerLink, ServerStep, tokio::connect,
};
use spice_messages::wire::Side;
use spice_messages::{ChannelType, display};
use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};

use crate::AnyError;

/// Number of bytes that the loop reads at once, which is the most that a connection reads at once.
const BUFFER: usize = 128 << 10;

/// Number of bytes of a run.
const RUN: usize = 256 << 20;

/// Number of writes of a run, at most.
const MAX_WRITES: usize = 400_000;

/// The figures are from the fastest of this many runs. Other load on the machine only adds to a time.
const ROUNDS: usize = 9;

/// The least throughput relative to the loop.
const AIM: f64 = 0.9;

/// Bytes that a server sends repeatedly.
struct Traffic {
    name: &'static str,
    /// The bytes of each write.
    writes: Vec<Vec<u8>>,
    /// Number of messages in all writes.
    messages: usize,
    /// Number of times that the writes are repeated.
    repeats: usize,
}

impl Traffic {
    fn new(name: &'static str, writes: Vec<Vec<u8>>, messages: usize) -> Self {
        let bytes: usize = writes.iter().map(Vec::len).sum();
        let repeats = (RUN / bytes).min(MAX_WRITES / writes.len()).max(1);
        Self {
            name,
            writes,
            messages,
            repeats,
        }
    }

    fn bytes(&self) -> usize {
        self.repeats * self.writes.iter().map(Vec::len).sum::<usize>()
    }
}

/// Prints the table of throughput.
pub fn print() -> Result<(), AnyError> {
    let recorded: Vec<_> = recorded::messages()
        .into_iter()
        // A session has the messages of flow control once, and the repeated traffic would have them often.
        .filter(|message| {
            message.side == Side::Server && message.channel_type == display::CHANNEL_TYPE.0
        })
        .filter(|message| message.id >= 100)
        .map(|message| frame(message.id, &message.body))
        .collect::<Result<_, _>>()?;
    let image = rows().into_iter().find(|row| row.body.len() > 64 << 10);
    let image = image.ok_or("no image among the rows")?;
    let image = frame(image.id, &image.body)?;
    let joined = recorded
        .concat()
        .repeat((64 << 10) / recorded.concat().len());
    let joined_messages = recorded.len() * (joined.len() / recorded.concat().len());
    let count = recorded.len();
    let rows = [
        Traffic::new("recorded, a write for each message", recorded, count),
        Traffic::new("recorded, writes of 64 KiB", vec![joined], joined_messages),
        Traffic::new("draw_copy, bitmap of 64 KiB", vec![image], 1),
    ];
    let runtime = Builder::new_current_thread().enable_all().build()?;
    println!(
        "| traffic | bytes per message | loop, MB/s | connection, MB/s | ratio | nanoseconds per message |"
    );
    println!("|---|---|---|---|---|---|");
    for traffic in &rows {
        let (mut bare, mut typed) = (f64::MAX, f64::MAX);
        // They take turns, so that both meet the same load.
        for _ in 0..ROUNDS {
            bare = bare.min(run(&runtime, traffic, false)?);
            typed = typed.min(run(&runtime, traffic, true)?);
        }
        let (bytes, messages) = (traffic.bytes(), traffic.messages * traffic.repeats);
        let speed = |seconds: f64| bytes as f64 / seconds / 1e6;
        let ratio = bare / typed;
        let mark = if ratio < AIM { "**" } else { "" };
        println!(
            "| {} | {} | {:.0} | {:.0} | {mark}{ratio:.2}{mark} | {:.0} |",
            traffic.name,
            bytes / messages,
            speed(bare),
            speed(typed),
            typed * 1e9 / messages as f64,
        );
    }
    Ok(())
}

fn frame(id: u16, body: &[u8]) -> Result<Vec<u8>, AnyError> {
    let mut bytes = Vec::new();
    FrameWriter::new(HeaderFormat::Mini).raw(id, body, &mut bytes)?;
    Ok(bytes)
}

/// Returns the processor time of this thread, in seconds.
fn processor_time() -> Result<f64, AnyError> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = statistics.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}

/// Returns the seconds in which a run is received.
fn run(runtime: &Runtime, traffic: &Traffic, is_connection: bool) -> Result<f64, AnyError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::scope(|scope| {
        scope.spawn(|| {
            if let Err(error) = send(&listener, traffic, is_connection) {
                eprintln!("the sender has failed: {error}");
            }
        });
        runtime.block_on(async {
            let mut stream = tokio::net::TcpStream::connect(address).await?;
            if is_connection {
                let request = LinkRequest::new(1, ChannelType::DISPLAY, 0);
                let mut display = connect::<display::Channel, _>(stream, request, "").await?;
                let start = Instant::now();
                let mut messages = 0;
                while let Some(message) = display.next().await? {
                    std::hint::black_box(&message);
                    messages += 1;
                }
                let expected = traffic.messages * traffic.repeats;
                if messages != expected {
                    return Err(format!("{messages} messages instead of {expected}").into());
                }
                Ok(start.elapsed().as_secs_f64())
            } else {
                let mut buffer = vec![0; BUFFER];
                let start = Instant::now();
                let mut bytes = 0;
                loop {
                    match stream.read(&mut buffer).await? {
                        0 => break,
                        length => bytes += length,
                    }
                }
                let expected = traffic.bytes();
                if bytes != expected {
                    return Err(format!("{bytes} bytes instead of {expected}").into());
                }
                Ok(start.elapsed().as_secs_f64())
            }
        })
    })
}

/// Sends the traffic to a client, after a link stage if there is one.
fn send(listener: &TcpListener, traffic: &Traffic, has_link: bool) -> Result<(), AnyError> {
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    if has_link {
        link(&mut stream)?;
    }
    for _ in 0..traffic.repeats {
        for bytes in &traffic.writes {
            stream.write_all(bytes)?;
        }
    }
    Ok(())
}

fn link(stream: &mut TcpStream) -> Result<(), AnyError> {
    let key = ServerKey::generate(os_random)?;
    let mut link = ServerLink::new();
    loop {
        match link.step()? {
            ServerStep::Send(bytes) => stream.write_all(&bytes)?,
            ServerStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                match stream.read(&mut bytes)? {
                    0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                    length => link.receive(bytes.get(..length).unwrap_or_default()),
                };
            }
            ServerStep::Request(_) => link.accept(*key.public(), Capabilities::usual())?,
            ServerStep::Ticket(_) => link.admit()?,
            ServerStep::Done(_) => return Ok(()),
        }
    }
}
