//! Descriptors and threads go back to where they were. This counts what belongs to the whole process, and so is one test in a
//! program of its own.

mod common;

use common::{Belongings, bounded, eventually};
use overlapped::{AlignedBuf, CompletionPort, EngineChoice, OpenOptions, OverlappedFile, System, SystemBuilder};
use std::path::Path;

/// Opens, reads and closes in many ways; the last requests are still on their way at the end.
fn use_it(system: &System, dir: &Path) {
    let open = |name: &str| -> OverlappedFile {
        OpenOptions::new().read(true).write(true).system(system).open_overlapped(dir.join(name)).expect("an open file")
    };
    for round in 0..50 {
        let port = CompletionPort::<u32>::new_in(system, 0);
        let file = port.associate(open("data"), round).unwrap();
        (0..20).for_each(|n| file.read_at(Vec::with_capacity(4096), n * 4096, ()).unwrap());
        for _ in 0..10 {
            assert_eq!(port.get().unwrap().key, round);
        }
        // This thread works for the port by now, so that the ring that waiting threads share may take these.
        let mut options = OpenOptions::new();
        let direct = options.read(true).unbuffered(true).system(system).open_overlapped(dir.join("data")).unwrap();
        let reports = CompletionPort::<u32, (), AlignedBuf>::new_in(system, 0);
        assert!(reports.try_get().unwrap().is_none());
        let direct = reports.associate(direct, round).unwrap();
        (0..8).for_each(|n| direct.read_at(AlignedBuf::with_capacity(4096), n * 4096, ()).unwrap());
        drop((reports, direct));
        let duplicate = file.handle().duplicate().unwrap();
        let pipe = open("fifo");
        let dropped = pipe.read_at(vec![0; 8], 0);
        let mut options = OpenOptions::new();
        let unbuffered = options.read(true).unbuffered(true).system(system).open_overlapped(dir.join("data")).unwrap();
        let reads: Vec<_> = (0..8).map(|n| unbuffered.read_at(AlignedBuf::with_capacity(4096), n * 4096)).collect();
        drop((duplicate, unbuffered, pipe));
        if round % 2 == 0 {
            reads.into_iter().for_each(|read| drop(read.wait()));
        }
        drop(dropped);
        let refused = OpenOptions::new().read(true).system(system).open(dir.join("missing"));
        assert_eq!(refused.unwrap_err().code().0, 2);
    }
    eventually("every handle is closed", || system.open_handles() == 0);
}

#[test]
fn descriptors_and_threads_go_back_to_where_they_were() {
    bounded("the test", || {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("data"), vec![1; 1 << 20]).unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let fifo = dir.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let before = Belongings::now();
        for choice in [EngineChoice::Uring, EngineChoice::Epoll, EngineChoice::Sim(Some(common::seed()))] {
            let Ok(system) = SystemBuilder::new().engine(choice).build() else {
                eprintln!("{choice:?} is not to be had here");
                continue;
            };
            use_it(&system, dir.path());
            let idle = Belongings::now().descriptors.max(before.descriptors + 8);
            use_it(&system, dir.path());
            eventually("a second round needs no more descriptors", || Belongings::now().descriptors <= idle);
            drop(system);
            before.check(&format!("{choice:?}"));
        }
        // Systems come and go: none leaves anything behind.
        for _ in 0..30 {
            for choice in [EngineChoice::Uring, EngineChoice::Epoll, EngineChoice::Sim(Some(1))] {
                let Ok(system) = SystemBuilder::new().engine(choice).build() else { continue };
                let file =
                    OpenOptions::new().read(true).system(&system).open_overlapped(dir.path().join("data")).unwrap();
                let read = file.read_at(vec![0; 8], 0);
                drop(system);
                drop(file);
                drop(read);
            }
        }
        before.check("many systems");
    });
}
