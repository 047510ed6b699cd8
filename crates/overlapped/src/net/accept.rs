//! Connections on their way: what `accept` and `connect` give.

use crate::error::{Error, Result};
use crate::net::endpoint::{AsEndpoint, Endpoint};
use crate::net::transfer::NOTHING;
use crate::operation::{self, Operation};
use crate::wait::Wait;
use overlapped_devices::socket::{AcceptInto, Address};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

/// A connection that a listener is to take: wait for it, poll it, await it, drop it.
#[derive(Debug)]
#[must_use = "dropping it takes the wish for a connection back"]
pub struct Accept<S: Send + 'static>(std::result::Result<Operation<Coming<S>>, Error>);

/// A connection that is being made.
#[derive(Debug)]
#[must_use = "dropping it ends the attempt"]
pub struct Connect<S: Send + 'static>(Operation<S>);

/// A socket that waits for its connection.
#[derive(Debug)]
pub(crate) struct Coming<S> {
    stream: S,
    from: Arc<OnceLock<Address>>,
}

/// AcceptEx has no use for them here, but checks them.
const ADDRESS: usize = 144;

/// Asks a listener for a connection, to be put in a fresh socket.
pub(crate) fn accept<S: AsEndpoint + Send + 'static>(listener: &Endpoint, fresh: Result<S>) -> Accept<S> {
    let stream = match fresh {
        Ok(stream) => stream,
        Err(error) => return Accept(Err(error)),
    };
    let from = Arc::new(OnceLock::new());
    let told = Arc::clone(&from);
    let coming = Box::new(Coming { stream, from });
    let target = coming.stream.endpoint().socket().clone();
    let operation = listener.operate(
        "accept",
        coming,
        None,
        |_, _| {},
        |socket, how| {
            let deliver = Some(Box::new(move |_local: &Address, remote: &Address| {
                let _ = told.set(*remote);
            }) as _);
            let what =
                AcceptInto { socket: &target, buffer: NOTHING, local_len: ADDRESS, remote_len: ADDRESS, deliver };
            // SAFETY: there is no memory in it, and no OVERLAPPED.
            unsafe { socket.accept_whole_overlapped(what, how) }
        },
    );
    Accept(Ok(operation))
}

/// Asks a fresh socket to connect.
pub(crate) fn connect<S: AsEndpoint + Send + 'static>(fresh: Result<S>, address: &Address) -> Result<Connect<S>> {
    let stream = fresh?;
    let socket = stream.endpoint().socket().clone();
    let payload = Box::new(stream);
    let how = overlapped_devices::socket::Overlap {
        route: overlapped_kernel::request::Route::default(),
        overlapped: None,
        payload: Some(payload),
        report: overlapped_kernel::road::Report::AtOnce,
    };
    use overlapped_devices::socket::{Issued, NotIssued};
    // SAFETY: there is no memory in it, and no OVERLAPPED.
    match unsafe { socket.connect_whole_overlapped(address, how) } {
        Ok(Issued::Done(request, _) | Issued::Pending(request)) => Ok(Connect(Operation::issued(request, |_, _| {}))),
        Err(NotIssued { status, .. }) => Err(Error::new(status.to_win32(), "connect")),
    }
}

/// The address of the other side, if it is one of IPv4 or IPv6, else the unspecified one.
fn from_of(from: &OnceLock<Address>) -> Address {
    from.get().copied().unwrap_or_else(|| Address::from_std(([0, 0, 0, 0], 0).into()))
}

impl<S: Send + 'static> Accept<S> {
    /// Waits for the connection, and the address of the other side.
    ///
    /// # Errors
    /// 995 if the listener is closed or the request cancelled meanwhile.
    pub fn wait(self) -> Result<(S, Address)> {
        self.0.and_then(|operation| Self::outcome(operation.wait()))
    }

    /// Waits for a limited time; comes back as the error if there is no connection by then.
    pub fn wait_timeout(self, timeout: impl Into<Timeout>) -> std::result::Result<Result<(S, Address)>, Self> {
        match self.0 {
            Ok(operation) => {
                operation.wait_timeout(timeout).map(Self::outcome).map_err(|operation| Self(Ok(operation)))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// Is it still on its way?
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.0.as_ref().is_ok_and(Operation::is_pending)
    }

    /// Asks for its end, with 995.
    pub fn cancel(&self) -> bool {
        self.0.as_ref().is_ok_and(Operation::cancel)
    }

    fn outcome((result, coming): (Result<usize>, Coming<S>)) -> Result<(S, Address)> {
        result.map(|_| (coming.stream, from_of(&coming.from))).map_err(|error| error.during("accept"))
    }
}

impl<S: Send + 'static> Connect<S> {
    /// Waits for the connection.
    ///
    /// # Errors
    /// 1225 if it is refused, 121 if nobody answers, 1231 or 1232 if nothing leads there, 995 if it is cancelled.
    pub fn wait(self) -> Result<S> {
        Self::outcome(self.0.wait())
    }

    /// Waits for a limited time; comes back as the error if that was not enough.
    pub fn wait_timeout(self, timeout: impl Into<Timeout>) -> std::result::Result<Result<S>, Self> {
        self.0.wait_timeout(timeout).map(Self::outcome).map_err(Self)
    }

    /// Is it still on its way?
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.0.is_pending()
    }

    /// Asks for its end, with 995.
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    fn outcome((result, stream): (Result<usize>, S)) -> Result<S> {
        result.map(|_| stream).map_err(|error| error.during("connect"))
    }
}

impl<S: Send + Unpin + 'static> Future for Accept<S> {
    type Output = Result<(S, Address)>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(operation) => Pin::new(operation).poll(context).map(Self::outcome),
            Err(error) => Poll::Ready(Err(error.clone())),
        }
    }
}

impl<S: Send + Unpin + 'static> Future for Connect<S> {
    type Output = Result<S>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(Self::outcome)
    }
}

impl<S: Send + 'static> Wait for Accept<S> {
    fn wait_ref(&self) -> Result<WaitRef> {
        match &self.0 {
            Ok(operation) => operation.wait_ref(),
            Err(_) => Ok(operation::ended()),
        }
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        self.0.as_ref().ok()?.idle()
    }
}

impl<S: Send + 'static> Wait for Connect<S> {
    fn wait_ref(&self) -> Result<WaitRef> {
        self.0.wait_ref()
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        self.0.idle()
    }
}

/// Connections one after the other, with several wishes on their way at once; see
/// [`TcpListener::incoming`](crate::TcpListener::incoming). An iterator that waits, and a stream for those who await.
///
/// Both go on after an error: the next one may come. They end never, but give nothing but errors when the listener is closed.
#[must_use = "nobody is accepted until somebody asks for a connection"]
pub struct Incoming<'a, S: Send + 'static> {
    pub(crate) pending: VecDeque<Accept<S>>,
    pub(crate) ask: Box<dyn Fn() -> Accept<S> + Send + 'a>,
    pub(crate) depth: usize,
}

impl<S: Send + 'static> std::fmt::Debug for Incoming<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming").field("pending", &self.pending.len()).finish_non_exhaustive()
    }
}

impl<S: Send + 'static> Incoming<'_, S> {
    /// The oldest wish, which is granted first.
    fn oldest(&mut self) -> &mut Accept<S> {
        while self.pending.len() < self.depth {
            self.pending.push_back((self.ask)());
        }
        match self.pending.front_mut() {
            Some(oldest) => oldest,
            None => unreachable!("the depth is at least 1"),
        }
    }
}

impl<S: Send + 'static> Iterator for Incoming<'_, S> {
    type Item = Result<(S, Address)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.oldest();
        self.pending.pop_front().map(Accept::wait)
    }
}

impl<S: Send + Unpin + 'static> futures_core::Stream for Incoming<'_, S> {
    type Item = Result<(S, Address)>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let outcome = std::task::ready!(Pin::new(self.oldest()).poll(context));
        self.pending.pop_front();
        // The wish that takes its place is made now, and not only when somebody asks again.
        self.oldest();
        Poll::Ready(Some(outcome))
    }
}

impl<S: Send + Unpin + 'static> Incoming<'_, S> {
    /// The next connection, for those who await: what the stream gives.
    ///
    /// # Errors
    /// As for [`Accept::wait`].
    pub async fn next_connection(&mut self) -> Result<(S, Address)> {
        let outcome =
            std::future::poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut *self), context)).await;
        match outcome {
            Some(outcome) => outcome,
            None => unreachable!("it never ends"),
        }
    }
}
