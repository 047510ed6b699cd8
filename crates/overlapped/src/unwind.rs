//! Panics leave the objects of this crate as they are: a thread that catches one, around a handler say, may go on with them.
//!
//! Their locks are held for a few instructions of their own and mind no poison; what others' code runs inside the library (wakers,
//! routines, destructors) runs without them. The types say so by hand, since cells and trait objects inside keep the compiler from it.

use crate::{
    Associated, BufferPool, CompletionPort, Event, Executor, File, Mailslot, MailslotClient, MutexObject, Operation,
    OverlappedFile, OverlappedSerialPort, OwnedHandle, Semaphore, SerialPort, TcpListener, TcpStream, ThreadPool,
    Timer, UdpSocket, UnixListener, UnixStream, pipe,
};
use std::panic::{RefUnwindSafe, UnwindSafe};

macro_rules! unwind_safe {
    ($($type:ty),+ $(,)?) => {
        $(
            impl UnwindSafe for $type {}
            impl RefUnwindSafe for $type {}
        )+
    };
}

unwind_safe!(
    BufferPool,
    Event,
    Executor,
    File,
    Mailslot,
    MailslotClient,
    MutexObject,
    OverlappedFile,
    OverlappedSerialPort,
    OwnedHandle,
    Semaphore,
    SerialPort,
    TcpListener,
    TcpStream,
    ThreadPool,
    Timer,
    UdpSocket,
    UnixListener,
    UnixStream,
    pipe::NamedPipeClient,
    pipe::NamedPipeServer,
);

// Keys, contexts and buffers inside a port are not looked at by anybody, but come out as they went in.
impl<K, C, B> UnwindSafe for CompletionPort<K, C, B> {}
impl<K, C, B> RefUnwindSafe for CompletionPort<K, C, B> {}
impl<D: UnwindSafe, K: UnwindSafe, C, B> UnwindSafe for Associated<D, K, C, B> {}
impl<D: RefUnwindSafe, K: RefUnwindSafe, C, B> RefUnwindSafe for Associated<D, K, C, B> {}
impl<B: Send + 'static> UnwindSafe for Operation<B> {}
impl<B: Send + 'static> RefUnwindSafe for Operation<B> {}
