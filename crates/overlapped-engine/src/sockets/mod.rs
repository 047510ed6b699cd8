//! What all engines do with sockets: calls that do not block, and a persistent, edge-triggered set of watched descriptors.
//!
//! A socket is registered once, when a request first has to wait on it, and then stays until it is closed. So the loop of a
//! server makes one `epoll_wait` for a batch of ready sockets and one call for each transfer, and none to register anything.
//! The thread that waits in the library polls the set. Drawback: each transfer is a system call of its own, where a ring would batch
//! them; measured, that costs less than the ring's own bookkeeping as long as the thread that polls also transfers.

mod calls;
mod set;

pub(crate) use calls::call;
pub(crate) use set::WatchSet;
