//! The stream and the output of a connection, which its halves share.

use std::io;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::vec::Vec;

use crate::connection::{Error, Output};
use crate::session::LinkSession;
use crate::tokio::transport::Transport;

/// The key of the receiving half. A connection has one.
pub(super) const RECEIVER: u64 = 0;

/// The parts of a connection that both halves use.
pub(super) struct Shared<S> {
    pub(super) link: LinkSession,
    io: Mutex<Io<S>>,
    waiting: Arc<Waiting>,
    /// Wakes all tasks in `waiting`.
    waker: Waker,
    last_key: AtomicU64,
}

/// The stream, and the frames that wait for it.
pub(super) struct Io<S> {
    pub(super) stream: S,
    pub(super) output: Output,
    /// Whether the stream may have buffered bytes.
    is_flushing: bool,
}

/// The tasks that wait for the stream, by the key of the future that waits.
///
/// A stream wakes only the task that polled it last. So it is always polled with a waker that wakes all. A task can
/// have several futures that wait, such as the branches of `select!`, so the waker does not identify a future.
#[derive(Default)]
struct Waiting(Mutex<Vec<(u64, Waker)>>);

impl Waiting {
    fn tasks(&self) -> MutexGuard<'_, Vec<(u64, Waker)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, key: u64, task: &Waker) {
        let mut tasks = self.tasks();
        match tasks.iter_mut().find(|(other, _)| *other == key) {
            Some((_, waker)) => waker.clone_from(task),
            None => tasks.push((key, task.clone())),
        }
    }

    fn remove(&self, key: u64) {
        self.tasks().retain(|(other, _)| *other != key);
    }

    fn wake_all(&self) {
        // A woken task may run at once and wait again, so the list is unlocked while tasks are woken.
        let mut woken = mem::take(&mut *self.tasks());
        woken.drain(..).for_each(|(_, task)| task.wake());
        let mut tasks = self.tasks();
        if tasks.capacity() == 0 {
            // Keeps the memory.
            *tasks = woken;
        }
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_all();
    }
}

impl<S: Transport> Shared<S> {
    pub(super) fn new(stream: S, link: LinkSession, output: Output) -> Self {
        let waiting = Arc::new(Waiting::default());
        Self {
            link,
            io: Mutex::new(Io {
                stream,
                output,
                is_flushing: false,
            }),
            waker: Waker::from(Arc::clone(&waiting)),
            waiting,
            last_key: AtomicU64::new(RECEIVER),
        }
    }

    /// Polls the stream. While it is pending, the task is woken when anything happens on the stream.
    pub(super) fn poll<T>(
        &self,
        key: u64,
        context: &Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // The task waits before the poll, because the stream may be ready immediately after it.
        self.waiting.set(key, context.waker());
        let polled = poll(&mut Context::from_waker(&self.waker));
        if polled.is_ready() {
            self.waiting.remove(key);
        }
        polled
    }

    /// Writes all frames that wait for the stream.
    pub(super) fn poll_write(
        &self,
        key: u64,
        io: &mut Io<S>,
        context: &Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if !io.is_flushing && io.output.unsent().is_none() {
            return Poll::Ready(Ok(()));
        }
        let written = ready!(self.poll(key, context, |context| io.poll_write(context)));
        self.wake_all();
        if let Err(error) = &written {
            io.output.fail(error.kind());
        }
        Poll::Ready(written.map_err(Error::Io))
    }

    /// Wakes all tasks that wait for the stream or for an acknowledgement.
    pub(super) fn wake_all(&self) {
        self.waiting.wake_all();
    }
}

impl<S> Shared<S> {
    pub(super) fn io(&self) -> MutexGuard<'_, Io<S>> {
        self.io.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the key of a new future.
    pub(super) fn waiter(&self) -> Waiter<'_, S> {
        let last_key = self.last_key.fetch_add(1, Ordering::Relaxed);
        Waiter {
            shared: self,
            key: last_key.wrapping_add(1),
        }
    }
}

/// The key of a future of the sending half. The task stops waiting when it is dropped.
pub(super) struct Waiter<'a, S> {
    pub(super) shared: &'a Shared<S>,
    pub(super) key: u64,
}

impl<S> Drop for Waiter<'_, S> {
    fn drop(&mut self) {
        self.shared.waiting.remove(self.key);
    }
}

impl<S: Transport> Io<S> {
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((bytes, fd)) = self.output.unsent() {
            self.is_flushing = true;
            match ready!(self.stream.poll_send(context, bytes, fd))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                length => self.output.sent(length),
            }
        }
        ready!(self.stream.poll_flush(context))?;
        self.is_flushing = false;
        Poll::Ready(Ok(()))
    }
}
