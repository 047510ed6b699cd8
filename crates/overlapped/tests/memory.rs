//! A flood leaves no memory behind. This measures the whole process, and so is one test in a program of its own.

mod common;

use common::bounded;
use overlapped::{CompletionPort, EngineChoice, SystemBuilder, Timeout};

/// Resident memory, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("procfs");
    let pages: usize = text.split(' ').nth(1).and_then(|field| field.parse().ok()).expect("a number");
    // What the allocator keeps for later is not the library's.
    pages * rustix::param::page_size()
}

/// Gives what the allocator holds in reserve back to Linux, so that only what is in use counts.
fn trim() {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes a number.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[test]
fn a_flood_of_posts_leaves_no_memory_behind() {
    // A completion queue has no limit (contract 06 section 6); what it needed for a flood must not be kept for ever.
    const FLOOD: usize = 1_000_000;
    const TOLERANCE: usize = 12 << 20;
    bounded("the flood", || {
        let system = SystemBuilder::new().engine(EngineChoice::Epoll).build().unwrap();
        let inline = CompletionPort::<u32, u32>::new_in(&system, 1);
        let boxed = CompletionPort::<u32, [u64; 8]>::new_in(&system, 1);
        inline.post(0, 0).unwrap();
        drop(inline.get().unwrap());
        trim();
        let before = resident();

        (0..FLOOD).for_each(|n| inline.post(1, n as u32).unwrap());
        let flooded = resident();
        assert!(flooded > before + (16 << 20), "a million packets need room: {before} {flooded}");
        for n in 0..FLOOD {
            assert_eq!(inline.get().unwrap().context, n as u32);
        }
        assert!(inline.try_get().unwrap().is_none());
        trim();
        let drained = resident();
        assert!(drained < before + TOLERANCE, "inline: {before} before, {flooded} at the peak, {drained} after");

        (0..FLOOD).for_each(|n| boxed.post(2, [n as u64; 8]).unwrap());
        let (mut taken, mut batch) = (0, Vec::new());
        while boxed.get_many(&mut batch, 1000, Timeout::Poll).unwrap() > 0 {
            for packet in batch.drain(..) {
                assert_eq!(packet.context, [taken; 8]);
                taken += 1;
            }
        }
        assert_eq!(taken, FLOOD as u64);
        drop(batch);
        trim();
        let drained = resident();
        assert!(drained < before + TOLERANCE, "boxed: {before} before, {flooded} at the peak, {drained} after");
    });
}
