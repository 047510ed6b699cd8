//! Sequences of overlapped requests through the Rust face, on the simulated engine with the input's own seed: requests that are
//! waited for, polled, cancelled and dropped, by themselves, with events and through a port, on files that are closed under them. Each
//! packet comes once; at the end nothing is outstanding and no handle is open (contract 00 section 0.5, 03 sections 4 to 9).

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped::engine::SimEngine;
use overlapped::{
    Associated, CompletionPort, Event, OpenOptions, Operation, OverlappedFile, System, SystemBuilder, Timeout,
};
use overlapped_fuzz::Choices;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

const LOST: Duration = Duration::from_secs(30);
const SIZE: usize = 16 << 10;

static FILE: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), vec![7; SIZE]).expect("written");
    file
});

type Port = CompletionPort<u8, usize, Vec<u8>>;

struct World<'a> {
    system: &'a System,
    port: Port,
    on_port: Associated<OverlappedFile, u8, usize, Vec<u8>>,
    file: OverlappedFile,
    event: Event,
    mine: Vec<Operation<Vec<u8>>>,
    /// For each packet that was asked for: has it come?
    packets: Vec<bool>,
}

fn open(system: &System) -> OverlappedFile {
    OpenOptions::new().read(true).write(true).system(system).open_overlapped(FILE.path()).expect("opened")
}

impl<'a> World<'a> {
    fn new(system: &'a System) -> Self {
        let port = Port::new_in(system, 1);
        let on_port = port.associate(open(system), 1).expect("associated");
        let (file, event) = (open(system), Event::manual_reset(false));
        Self { system, port, on_port, file, event, mine: Vec::new(), packets: Vec::new() }
    }

    fn buffer(choices: &mut Choices<'_>) -> Vec<u8> {
        vec![7; [0, 1, 100, 4096][choices.below(4)]]
    }

    fn offset(choices: &mut Choices<'_>) -> u64 {
        (choices.below(80) * SIZE / 64) as u64
    }

    fn issue(&mut self, choices: &mut Choices<'_>) {
        let (buffer, offset) = (Self::buffer(choices), Self::offset(choices));
        self.mine.push(match choices.below(4) {
            0 => self.file.read_at(buffer, offset),
            1 => self.file.write_at(buffer, offset % SIZE as u64),
            2 => self.file.read_at_with_event(buffer, offset, &self.event),
            _ => OverlappedFile::read_at(&self.on_port, buffer, offset),
        });
    }

    fn issue_on_port(&mut self, choices: &mut Choices<'_>) {
        let (buffer, offset, number) = (Self::buffer(choices), Self::offset(choices), self.packets.len());
        let accepted = match choices.below(3) {
            0 => self.on_port.read_at(buffer, offset, number).is_ok(),
            1 => self.on_port.write_at(buffer, offset % SIZE as u64, number).is_ok(),
            _ => self.port.post(2, number).is_ok(),
        };
        assert!(accepted, "nothing is wrong with this request");
        self.packets.push(false);
    }

    fn get(&mut self, timeout: Duration) -> bool {
        let mut taken = Vec::new();
        self.port.get_many(&mut taken, 4, timeout).expect("the port is open");
        for packet in &taken {
            assert!(!std::mem::replace(&mut self.packets[packet.context], true), "it came twice");
        }
        !taken.is_empty()
    }

    fn finish(&mut self, choices: &mut Choices<'_>) {
        if self.mine.is_empty() {
            return;
        }
        let operation = self.mine.swap_remove(choices.below(self.mine.len()));
        match choices.below(3) {
            0 => drop(operation),
            1 => match operation.wait_timeout(Timeout::Poll) {
                Ok((result, _)) => assert!(result.is_ok() || !operation_lost(&result)),
                Err(pending) => self.mine.push(pending),
            },
            _ => {
                let _ = operation.cancel();
                let Ok((result, _)) = operation.wait_timeout(LOST) else { panic!("a cancelled request never ended") };
                assert!(!operation_lost(&result));
            }
        }
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        match choices.below(16) {
            0..5 => self.issue(choices),
            5..8 => self.issue_on_port(choices),
            8..10 => _ = self.get(Duration::ZERO),
            10..13 => self.finish(choices),
            13 => _ = self.file.cancel_all(),
            14 => _ = self.file.wait(Timeout::Poll),
            // Its requests go on without it, and end.
            _ => self.file = open(self.system),
        }
    }

    /// Everything that was accepted ends.
    fn settle(mut self) {
        self.file.cancel_all();
        self.on_port.cancel_all();
        for operation in self.mine.drain(..) {
            let _ = operation.cancel();
            assert!(operation.wait_timeout(LOST).is_ok(), "a request never ended");
        }
        while self.packets.contains(&false) {
            assert!(self.get(LOST), "a packet never came");
        }
        assert!(!self.get(Duration::ZERO), "a packet that nobody asked for");
    }
}

/// Is this an outcome that the simulation cannot have made?
fn operation_lost(result: &overlapped::Result<usize>) -> bool {
    result.as_ref().is_err_and(|error| ![38, 995, 1117, 112, 1816, 1295].contains(&error.code().0))
}

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::new(bytes);
    let engine = SimEngine::builder().seed(choices.word().into()).failures(0.1).never(0.1).trace_limit(0);
    let engine = engine.patience(Duration::from_millis(1)).build();
    let system = SystemBuilder::new().custom_engine(Arc::new(engine)).build().expect("a system");
    let mut world = World::new(&system);
    while !choices.is_empty() && world.packets.len() < 256 && world.mine.len() < 256 {
        world.step(&mut choices);
    }
    world.settle();
    let late = Instant::now() + LOST;
    while system.outstanding() > 0 || system.open_handles() > 0 {
        assert!(
            Instant::now() < late,
            "{} requests and {} handles are left",
            system.outstanding(),
            system.open_handles()
        );
        std::thread::yield_now();
    }
});
