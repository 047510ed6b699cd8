//! An io_uring ring for one thread, and nothing around it.
//!
//! One enter submits everything that has been prepared and waits for at least one completion; then all
//! that have arrived are taken. That is the cheapest way to drive a ring from one thread.

use std::io;

use io_uring::{IoUring, squeue};

/// The ring, and how many of its operations are with the kernel.
pub struct Ring {
    ring: IoUring,
    in_flight: usize,
}

impl Ring {
    /// A ring for `depth` operations at a time, for the calling thread alone.
    pub fn new(depth: u32) -> io::Result<Self> {
        let tuned = IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(depth);
        // Kernels before 6.1 do not know these flags.
        let ring = tuned
            .or_else(|_| IoUring::new(depth))
            .map_err(|error| io::Error::new(error.kind(), format!("io_uring is not to be had here: {error}")))?;
        Ok(Self { ring, in_flight: 0 })
    }

    /// How many operations are with the kernel.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Prepares an operation; the next [`turn`](Self::turn) submits it.
    ///
    /// # Safety
    ///
    /// The memory and the descriptor that `entry` names stay valid, and that memory is not otherwise
    /// used, until the completion of the operation has been handed out by [`turn`](Self::turn), or
    /// until [`drain`](Self::drain) has returned or the ring is dropped.
    pub unsafe fn push(&mut self, entry: &squeue::Entry) -> io::Result<()> {
        // SAFETY: the caller promises what the kernel needs.
        unsafe { self.ring.submission().push(entry) }
            .map_err(|_| io::Error::other("more operations than the ring is deep"))?;
        self.in_flight += 1;
        Ok(())
    }

    /// One enter: submits what is prepared and waits for at least one completion. Hands every
    /// completion that has arrived (user data and result) to `next`, which may answer with one
    /// operation to prepare in its place.
    ///
    /// # Safety
    ///
    /// As for [`push`](Self::push), for each entry that `next` answers with.
    pub unsafe fn turn(
        &mut self,
        mut next: impl FnMut(u64, i32) -> io::Result<Option<squeue::Entry>>,
    ) -> io::Result<()> {
        match self.ring.submit_and_wait(1) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        let mut outcome = Ok(());
        let (_, mut submission, completion) = self.ring.split();
        for done in completion {
            self.in_flight -= 1;
            if outcome.is_err() {
                continue;
            }
            match next(done.user_data(), done.result()) {
                Ok(None) => {}
                Ok(Some(entry)) => {
                    // SAFETY: the caller promises what the kernel needs.
                    match unsafe { submission.push(&entry) } {
                        Ok(()) => self.in_flight += 1,
                        Err(_) => outcome = Err(io::Error::other("the submission queue is full")),
                    }
                }
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// Waits until the kernel has given back everything.
    pub fn drain(&mut self) {
        while self.in_flight > 0 {
            // SAFETY: the closure answers with no entry.
            if unsafe { self.turn(|_, _| Ok(None)) }.is_err() {
                eprintln!("ovl-bench: a ring cannot be drained, and the kernel still uses its buffers");
                std::process::abort();
            }
        }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.drain();
    }
}

/// The result of an operation as a count of bytes.
pub fn bytes(result: i32) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::from_raw_os_error(result.wrapping_neg()))
}
