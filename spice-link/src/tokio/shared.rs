//! The stream and the output of a connection, which its halves share.

use std::future;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::vec::Vec;

use spice_wire::SharedFd;

use crate::connection::{Error, Output, SessionGuard};
use crate::session::LinkSession;
use crate::tokio::transport::Transport;

/// The parts of a connection that both halves use.
pub(super) struct Shared<S> {
    pub(super) link: LinkSession,
    _session: Option<SessionGuard>,
    io: Mutex<Io<S>>,
    waiting: Arc<Waiting>,
    /// Wakes all tasks in `waiting`.
    waker: Waker,
}

/// The stream, and the frames that wait for it.
pub(super) struct Io<S> {
    pub(super) stream: S,
    pub(super) output: Output,
    /// Value of `output.written` when the stream was flushed last.
    pub(super) flushed: u64,
    /// Whether acknowledgements may still arrive.
    pub(super) is_receiving: bool,
}

/// The tasks that wait for the stream.
///
/// A stream may wake only the task that polled it last. So it is polled with a waker that wakes all, unless only one
/// task waits. The stream is polled and the task is added while [`Shared::io`] is locked.
#[derive(Default)]
struct Waiting(Mutex<Tasks>);

#[derive(Default)]
struct Tasks {
    /// Number of times that tasks have been woken.
    wakes: u64,
    /// The task that waits for bytes.
    reading: Option<Waker>,
    /// The tasks that wait until bytes are written, or for an acknowledgement.
    writing: Vec<Waker>,
}

/// The direction that a task waits for.
#[derive(Clone, Copy)]
enum Direction {
    Read,
    Write,
}

impl Waiting {
    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the task that waits for bytes, and returns whether no other task waits.
    fn add_only_reading(&self, task: &Waker) -> bool {
        let mut tasks = self.tasks();
        if !tasks.writing.is_empty() {
            return false;
        }
        let reading = tasks.reading.as_ref();
        if !reading.is_some_and(|other| other.will_wake(task)) {
            tasks.reading = Some(task.clone());
        }
        true
    }

    /// Calls `poll`. If it is pending, the task is woken by the next wake since the start of the call.
    fn poll<T>(
        &self,
        direction: Direction,
        task: &Waker,
        poll: impl FnOnce() -> Poll<T>,
    ) -> Poll<T> {
        let wakes = self.tasks().wakes;
        let polled = poll();
        if polled.is_pending() {
            let mut tasks = self.tasks();
            if tasks.wakes != wakes {
                drop(tasks);
                task.wake_by_ref();
                return polled;
            }
            match direction {
                Direction::Read => tasks.reading = Some(task.clone()),
                Direction::Write if tasks.writing.iter().any(|other| other.will_wake(task)) => {}
                Direction::Write => tasks.writing.push(task.clone()),
            }
        }
        polled
    }

    fn wake_all(&self) {
        let reading = {
            let mut tasks = self.tasks();
            tasks.wakes = tasks.wakes.wrapping_add(1);
            tasks.reading.take()
        };
        reading.into_iter().for_each(Waker::wake);
        self.wake_writing();
    }

    fn wake_writing(&self) {
        let mut writing = {
            let mut tasks = self.tasks();
            tasks.wakes = tasks.wakes.wrapping_add(1);
            mem::take(&mut tasks.writing)
        };
        writing.drain(..).for_each(Waker::wake);
        let mut tasks = self.tasks();
        if tasks.writing.capacity() == 0 {
            // Keeps the memory.
            tasks.writing = writing;
        }
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }
}

impl<S> Shared<S> {
    pub(super) fn io(&self) -> MutexGuard<'_, Io<S>> {
        self.io.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the tasks that wait until bytes are written, or for an acknowledgement.
    pub(super) fn wake_writing(&self) {
        self.waiting.wake_writing();
    }

    /// Wakes all tasks. They write the frames of a future that was dropped, and its task is forgotten.
    pub(super) fn wake_all(&self) {
        self.waiting.wake_all();
    }
}

impl<S: Transport> Shared<S> {
    pub(super) fn new(
        stream: S,
        link: LinkSession,
        output: Output,
        session: Option<SessionGuard>,
    ) -> Self {
        let waiting = Arc::new(Waiting::default());
        Self {
            link,
            _session: session,
            io: Mutex::new(Io {
                stream,
                output,
                flushed: 0,
                is_receiving: true,
            }),
            waker: Waker::from(Arc::clone(&waiting)),
            waiting,
        }
    }

    /// Receives bytes and descriptors from the stream.
    pub(super) fn poll_receive(
        &self,
        io: &mut Io<S>,
        context: &Context<'_>,
        buffer: &mut [u8],
        fds: &mut Vec<SharedFd>,
    ) -> Poll<io::Result<usize>> {
        let task = context.waker();
        if self.waiting.add_only_reading(task) {
            let context = &mut Context::from_waker(task);
            return io.stream.poll_receive(context, buffer, fds);
        }
        self.waiting.poll(Direction::Read, task, || {
            let context = &mut Context::from_waker(&self.waker);
            io.stream.poll_receive(context, buffer, fds)
        })
    }

    /// Writes all frames that wait for the stream, and flushes it.
    pub(super) fn poll_write(
        &self,
        io: &mut Io<S>,
        context: &Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if let Some(kind) = io.output.failure() {
            return Poll::Ready(Err(Error::Io(kind.into())));
        }
        if io.is_idle() {
            return Poll::Ready(Ok(()));
        }
        let written = ready!(self.waiting.poll(Direction::Write, context.waker(), || {
            io.poll_write(&mut Context::from_waker(&self.waker))
        }));
        if let Err(error) = &written {
            io.output.fail(error.kind());
        }
        self.waiting.wake_writing();
        Poll::Ready(written.map_err(Error::Io))
    }

    /// Waits until `poll` is ready. The task is woken by each event on the stream, and by
    /// [`Shared::wake_writing`].
    pub(super) async fn wait<T>(
        &self,
        mut poll: impl FnMut(&mut Io<S>, &mut Context<'_>) -> Poll<T>,
    ) -> T {
        let forget = ForgetTask(&self.waiting);
        let value = future::poll_fn(|context| {
            let io = &mut *self.io();
            self.waiting.poll(Direction::Write, context.waker(), || {
                poll(io, &mut Context::from_waker(&self.waker))
            })
        })
        .await;
        mem::forget(forget);
        value
    }
}

/// Wakes the waiting tasks when a future is dropped, so that its own task is forgotten.
struct ForgetTask<'a>(&'a Waiting);

impl Drop for ForgetTask<'_> {
    fn drop(&mut self) {
        self.0.wake_writing();
    }
}

impl<S> Io<S> {
    /// Returns whether all frames have been written and flushed.
    #[inline]
    pub(super) const fn is_idle(&self) -> bool {
        self.flushed == self.output.written && self.output.is_empty()
    }
}

impl<S: Transport> Io<S> {
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((bytes, fd)) = self.output.unsent() {
            match ready!(self.stream.poll_send(context, bytes, fd))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                length => self.output.sent(length),
            }
        }
        ready!(self.stream.poll_flush(context))?;
        self.flushed = self.output.written;
        Poll::Ready(Ok(()))
    }
}
