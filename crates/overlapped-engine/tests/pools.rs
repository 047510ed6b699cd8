//! Thread pools beside the engines' own threads.

mod support;

use overlapped_kernel::clock::Timeout;
use overlapped_kernel::engine::Mode;
use overlapped_kernel::pool::{PoolSize, Shutdown, ThreadPool};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use support::*;

const LONG: Duration = Duration::from_secs(10);

/// Does the calling thread keep this signal away?
fn is_blocked(signal: libc::c_int) -> bool {
    // SAFETY: all zeros is a valid set, and the call only writes to it.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        assert_eq!(libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut set), 0);
        libc::sigismember(&raw const set, signal) == 1
    }
}

/// Engines keep the program's signals from their own threads. One of those may make a pool's first thread, which runs the program's code: what
/// that starts would inherit the mask, and could not be interrupted.
#[test]
fn a_pools_thread_takes_the_signals_that_its_maker_takes_whoever_starts_it() {
    let _watchdog = watchdog("a_pools_thread_takes_the_signals_that_its_maker_takes_whoever_starts_it");
    let content = patterned(8192);
    for rig in [Rig::uring(), Rig::epoll()].into_iter().flatten() {
        let pool = ThreadPool::new(&rig.system, PoolSize::adaptive(0, 1)).expect("a pool");
        let file = rig.open(reopen(&content), Mode::UNCACHED);
        pool.bind(&file.instance, Arc::new(|_, _, _| {})).expect("bound");
        let request = file.read(0, 100, None);
        let start = Instant::now();
        while !request.is_complete() || pool.threads() == 0 {
            assert!(start.elapsed() < LONG, "its completion makes a thread");
            std::thread::sleep(Duration::from_millis(1));
        }
        let (tell, told) = channel();
        let work = move || tell.send((std::thread::current().name().map(str::to_owned), is_blocked(libc::SIGINT)));
        assert!(pool.submit(Box::new(move || work().expect("heard"))).is_ok());
        assert_eq!(told.recv_timeout(LONG), Ok((Some("ovl-pool".to_owned()), is_blocked(libc::SIGINT))));
        drop(file);
        assert!(pool.shutdown(Shutdown::Run, Timeout::After(LONG)).1, "its thread ends");
    }
}
