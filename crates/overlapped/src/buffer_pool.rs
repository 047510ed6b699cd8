//! Buffers that are used again.

use crate::buffer::{IoBuf, IoBufMut};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Buffers of one size that go back when they are dropped, wherever that is: in a handler, or with a request that was
/// cancelled. Clones are the same pool.
///
/// A server with thousands of connections keeps a [`readable`](crate::TcpStream::readable) pending on each, and takes a buffer
/// only when something has come. So it has as many buffers as there are transfers, and not as there are connections.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{BufferPool, CompletionPort, PooledBuf, UnixStream};
///
/// let pool = BufferPool::new(4096, 64);
/// let port = CompletionPort::<u32, &str, PooledBuf>::new(0)?;
/// let (near, far) = UnixStream::pair()?;
/// let near = port.associate(near, 7)?;
/// near.readable("something came")?;
///
/// far.send("hello").wait().0?;
/// assert_eq!(port.get()?.context, "something came");
/// near.receive(pool.take(), "received")?;
/// assert_eq!(*port.get()?.buffer.unwrap(), *b"hello");
/// assert_eq!(pool.idle(), 1); // the buffer is back
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BufferPool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    free: Mutex<Vec<Vec<u8>>>,
    size: usize,
    most: usize,
}

impl Shared {
    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BufferPool {
    /// Of buffers with room for `size` bytes. It keeps up to `most` that nobody uses; there may be any number that somebody does.
    #[must_use]
    pub fn new(size: usize, most: usize) -> Self {
        Self(Arc::new(Shared { free: Mutex::default(), size, most }))
    }

    /// An empty buffer: the one that came back last, or a new one.
    #[must_use]
    pub fn take(&self) -> PooledBuf {
        let used = self.0.free().pop();
        PooledBuf { bytes: used.unwrap_or_else(|| Vec::with_capacity(self.0.size)), pool: Arc::clone(&self.0) }
    }

    /// How many buffers nobody uses.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.0.free().len()
    }
}

/// A buffer of a [`BufferPool`], and in use a `Vec<u8>`.
#[derive(Debug)]
pub struct PooledBuf {
    bytes: Vec<u8>,
    pool: Arc<Shared>,
}

impl PooledBuf {
    /// Takes the bytes out of the pool's hands.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl Deref for PooledBuf {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for PooledBuf {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Drop for PooledBuf {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let mut free = self.pool.free();
        // One that its user has grown, or taken away, is not what the next one expects.
        if bytes.capacity() == self.pool.size && free.len() < self.pool.most {
            free.push(bytes);
        }
    }
}

// SAFETY: the bytes are those of a vector that nobody else reaches.
unsafe impl IoBuf for PooledBuf {
    fn start(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }
}

// SAFETY: as above; a vector's whole capacity may be written.
unsafe impl IoBufMut for PooledBuf {
    fn start_mut(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    unsafe fn set_filled(&mut self, len: usize) {
        // SAFETY: the caller vouches for the initialised bytes.
        unsafe { self.bytes.set_len(len) };
    }
}
