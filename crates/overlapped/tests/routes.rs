//! Random operations over files and pipes by every route of notification at once, ended in every way that there is: each accepted
//! request completes exactly once and on its own route, no wake-up and no signal is lost, and nothing is left (contract 00
//! section 0.5, 03 sections 4 to 9, 04 section 8, 05).
//!
//! `OVERLAPPED_OPERATIONS=1000000 cargo test --release -p overlapped --test routes` makes a million of them on the simulated engine and
//! 100,000 on each real one; an ordinary run makes some ten thousands. A failure prints its seed: `OVERLAPPED_SEED=n` replays the run on the
//! simulated engine, where one thread makes all the calls. This counts descriptors, and so is one test in a program of its
//! own.

mod common;
mod player;

use common::{Belongings, LOST, Lab, Random, eventually, on_real_engines, on_sim, operations, seed};
use overlapped::engine::SimEngine;
use player::{Arena, Player};

/// Threads on a real engine.
const THREADS: usize = 3;

fn play(lab: &Lab, threads: usize, count: usize) {
    let arena = Arena::new(lab);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let arena = &arena;
            scope.spawn(move || {
                let random = Random::new(seed() ^ (thread as u64) << 56);
                Player::new(lab, arena, random).play(count / threads);
            });
        }
    });
    arena.settle();
    eventually("no request is left", || lab.system.outstanding() == 0);
    eventually("every handle is closed", || lab.system.open_handles() == 0);
}

#[test]
fn every_request_completes_once_on_its_own_route_and_nothing_is_left() {
    // What the process makes once and keeps.
    overlapped::default_system().expect("the default system");
    let (simulated, real) = operations();
    let before = Belongings::now();
    // Nobody but the player moves the clock, so that a run can be replayed.
    let usual = SimEngine::builder().seed(seed()).trace_limit(0).patience(LOST);
    on_sim(usual.failures(0.02).never(0.01), move |lab| play(lab, 1, simulated));
    before.check("after the simulated engine");
    on_real_engines(move |lab| play(lab, THREADS, real));
    before.check("after the real engines");
}
