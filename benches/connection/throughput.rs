//! Receives the same bytes with a connection, and with a loop that only reads and counts them.

use std::fs;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use spice_benches::recorded;
use spice_benches::rows::rows;
use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Connection, connect};
use spice_link::{Capabilities, FrameWriter, HeaderFormat, LinkRequest, ServerLink, ServerStep};
use spice_messages::wire::Side;
use spice_messages::{ChannelType, display};
use tokio::io::AsyncReadExt;
use tokio::net;
use tokio::runtime::{Builder, Runtime};

use crate::AnyError;

/// Number of bytes that the loop reads at once, which is the most that a connection reads at once.
pub const BUFFER: usize = 128 << 10;

/// Number of bytes of a run. Short runs are seldom interrupted by other programs.
const RUN: usize = 32 << 20;

/// Number of writes of a run, at most.
const MAX_WRITES: usize = 20_000;

/// The figures are from the fastest of this many runs. Other load on the machine only adds to a time.
const ROUNDS: usize = 40;

/// The least throughput relative to the loop.
const AIM: f64 = 0.9;

/// Bytes that a server sends repeatedly.
pub struct Traffic {
    pub name: &'static str,
    /// The bytes of each write.
    pub writes: Vec<Vec<u8>>,
    /// Number of messages in all writes.
    pub messages: usize,
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

    /// Recorded messages with a write for each and in few writes, and an image.
    pub fn all() -> Result<[Self; 3], AnyError> {
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
        let bytes = recorded.concat();
        let times = (64 << 10) / bytes.len();
        let joined = vec![bytes.repeat(times)];
        let count = recorded.len();
        Ok([
            Self::new("recorded, a write for each message", recorded, count),
            Self::new("recorded, writes of 64 KiB", joined, count * times),
            Self::new("draw_copy, bitmap of 64 KiB", vec![image], 1),
        ])
    }

    fn bytes(&self) -> usize {
        self.repeats * self.writes.iter().map(Vec::len).sum::<usize>()
    }
}

/// Prints the table of throughput.
pub fn print() -> Result<(), AnyError> {
    let rows = Traffic::all()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let key = ServerKey::generate(os_random)?;
    println!("The times are processor time of the receiving thread for each message.");
    println!();
    println!("| traffic | bytes of a message | loop | connection | ratio | loop | connection |");
    println!("|---|---|---|---|---|---|---|");
    for traffic in &rows {
        let (mut bare, mut typed) = (Times::MAX, Times::MAX);
        // They take turns, so that both meet the same load.
        for _ in 0..ROUNDS {
            bare = bare.min(run(&runtime, traffic, None)?);
            typed = typed.min(run(&runtime, traffic, Some(&key))?);
        }
        let (bytes, messages) = (traffic.bytes(), traffic.messages * traffic.repeats);
        let speed = |seconds: f64| bytes as f64 / seconds / 1e6;
        let ratio = bare.elapsed / typed.elapsed;
        let each = |seconds: f64| seconds * 1e9 / messages as f64;
        let mark = if ratio < AIM { "**" } else { "" };
        println!(
            "| {} | {} | {:.0} MB/s | {:.0} MB/s | {mark}{ratio:.2}{mark} | {:.0} ns | {:.0} ns |",
            traffic.name,
            bytes / messages,
            speed(bare.elapsed),
            speed(typed.elapsed),
            each(bare.processor),
            each(typed.processor),
        );
    }
    Ok(())
}

fn frame(id: u16, body: &[u8]) -> Result<Vec<u8>, AnyError> {
    let mut bytes = Vec::new();
    FrameWriter::new(HeaderFormat::Mini).raw(id, body, &mut bytes)?;
    Ok(bytes)
}

/// Durations of a run, in seconds.
#[derive(Clone, Copy)]
struct Times {
    elapsed: f64,
    /// Processor time of the receiving thread.
    processor: f64,
}

impl Times {
    const MAX: Self = Self {
        elapsed: f64::MAX,
        processor: f64::MAX,
    };

    fn min(self, other: Self) -> Self {
        Self {
            elapsed: self.elapsed.min(other.elapsed),
            processor: self.processor.min(other.processor),
        }
    }

    /// Runs a future, and measures it.
    async fn measure(run: impl Future<Output = Result<(), AnyError>>) -> Result<Self, AnyError> {
        let (start, processor) = (Instant::now(), processor_time()?);
        run.await?;
        Ok(Self {
            elapsed: start.elapsed().as_secs_f64(),
            processor: processor_time()? - processor,
        })
    }
}

/// Returns the processor time of this thread, in seconds.
fn processor_time() -> Result<f64, AnyError> {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = statistics.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}

/// Receives the traffic: with a connection if there is a key for its link stage, otherwise with a loop.
fn run(runtime: &Runtime, traffic: &Traffic, key: Option<&ServerKey>) -> Result<Times, AnyError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::scope(|scope| {
        scope.spawn(|| {
            if let Err(error) = send(&listener, traffic, key) {
                eprintln!("the sender has failed: {error}");
            }
        });
        runtime.block_on(async {
            let stream = net::TcpStream::connect(address).await?;
            if key.is_none() {
                return Times::measure(count_bytes(stream, traffic)).await;
            }
            let request = LinkRequest::new(1, ChannelType::DISPLAY, 0);
            let display = connect(stream, request, "").await?;
            Times::measure(count_messages(display, traffic)).await
        })
    })
}

async fn count_messages(
    mut display: Connection<display::Channel, net::TcpStream>,
    traffic: &Traffic,
) -> Result<(), AnyError> {
    let mut messages = 0;
    while let Some(message) = display.next().await? {
        black_box(&message);
        messages += 1;
    }
    check(messages, traffic.messages * traffic.repeats)
}

async fn count_bytes(mut stream: net::TcpStream, traffic: &Traffic) -> Result<(), AnyError> {
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0;
    loop {
        match stream.read(&mut buffer).await? {
            0 => return check(bytes, traffic.bytes()),
            length => bytes += length,
        }
    }
}

fn check(found: usize, expected: usize) -> Result<(), AnyError> {
    if found == expected {
        return Ok(());
    }
    Err(format!("received {found} instead of {expected}").into())
}

/// Sends the traffic to a client, after a link stage if there is a key.
fn send(
    listener: &TcpListener,
    traffic: &Traffic,
    key: Option<&ServerKey>,
) -> Result<(), AnyError> {
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    if let Some(key) = key {
        link(&mut stream, key)?;
    }
    for _ in 0..traffic.repeats {
        for bytes in &traffic.writes {
            stream.write_all(bytes)?;
        }
    }
    Ok(())
}

fn link(stream: &mut TcpStream, key: &ServerKey) -> Result<(), AnyError> {
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
