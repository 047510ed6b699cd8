//! Sections on the Rust face: memory between views, names and processes, and files as memory. The child is this very file in another role.

mod common;

use common::{LOST, bounded, on_real_engines};
use overlapped::process::{Command, Stdio, inherited};
use overlapped::{Event, OpenOptions, Section, named};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

const ROLE: &str = "OVL_TEST_ROLE";

/// What a child does; nothing in the test run itself.
#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.split(' ').collect();
    let section: Section = match words[0] {
        "named" => named::open(words[1]).expect("the parent has it"),
        _ => inherited(words[1].parse().unwrap()).expect("it was left"),
    };
    let done: Event = inherited(words[2].parse().unwrap()).expect("it was left");
    let view = section.map().unwrap();
    let mut text = [0; 6];
    view.read(4090, &mut text);
    view.write(0, &text);
    // SAFETY: aligned, inside the view, and only ever used as this.
    unsafe { AtomicU32::from_ptr(view.as_ptr().add(64).cast()) }.fetch_add(41, Ordering::SeqCst);
    done.set();
    std::process::exit(0);
}

#[test]
fn two_processes_share_the_memory_of_a_section_by_its_name_or_its_handle() {
    bounded("the test", || {
        let name = format!("overlapped-test-{}-section", std::process::id());
        for way in ["named", "inherited"] {
            let section = Section::of_memory(10_000).unwrap();
            let section = if way == "named" { named::create(&name, section).unwrap().0 } else { section };
            let (view, done) = (section.map().unwrap(), Event::manual_reset(false));
            assert_eq!((section.size(), view.len(), view.is_writable()), (10_000, 10_000, true));
            view.write(4090, b"parent");
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", "role", "--nocapture"]).stdout(Stdio::Null);
            let told = child.inherit(&done).unwrap();
            let which = if way == "named" { name.clone() } else { child.inherit(&section).unwrap().to_string() };
            let child = child.env(ROLE, format!("{way} {which} {told}")).spawn().unwrap();
            assert!(done.wait(LOST));
            assert_eq!(child.wait_for(LOST), Ok(Some(0)));
            let mut text = [0; 6];
            view.read(0, &mut text);
            assert_eq!(&text, b"parent");
            // SAFETY: as above.
            assert_eq!(unsafe { AtomicU32::from_ptr(view.as_ptr().add(64).cast()) }.load(Ordering::SeqCst), 41);
            if way == "named" {
                drop((section, view));
                assert_eq!(named::open::<Section>(&name).unwrap_err().code().0, 2, "the name is free");
            }
        }
    });
}

#[test]
fn a_file_is_memory_and_cannot_be_cut_below_it_02_3() {
    on_real_engines(|lab| {
        let path = lab.file("data", "0123456789");
        let file = lab.options().read(true).write(true).open(&path).unwrap();
        let section = Section::of_file(file.handle(), 0, true).unwrap();
        let view = section.map().unwrap();
        drop(section);
        let mut bytes = [0; 10];
        view.read(0, &mut bytes);
        assert_eq!(&bytes, b"0123456789");
        view.write(3, b"xyz");
        assert_eq!(std::fs::read(&path).unwrap(), b"012xyz6789");
        file.set_pointer(std::io::SeekFrom::Start(4)).unwrap();
        assert_eq!(file.set_end_of_file().unwrap_err().code().0, 1224, "the view keeps it");
        drop(view);
        assert_eq!(file.set_end_of_file(), Ok(()));

        let longer = Section::of_file(file.handle(), 8192, true).unwrap();
        assert_eq!((longer.size(), file.size()), (8192, Ok(8192)));
        let reader = OpenOptions::new().read(true).system(&lab.system).open(&path).unwrap();
        let only_read = Section::of_file(reader.handle(), 16, false).unwrap().map().unwrap();
        assert!(!only_read.is_writable());
        assert!(catch_unwind(AssertUnwindSafe(|| only_read.write(0, b"x"))).is_err());
        assert_eq!(Section::of_file(reader.handle(), 0, true).unwrap_err().code().0, 5);
        assert_eq!(Section::of_file(reader.handle(), 1 << 20, false).unwrap_err().code().0, 8);
        lab.file("empty", "");
        let empty = lab.options().read(true).open(lab.path("empty")).unwrap();
        assert_eq!(Section::of_file(empty.handle(), 0, false).unwrap_err().code().0, 1006);
    });
}

#[test]
fn what_lies_outside_of_a_view_is_not_reached() {
    let view = Section::of_memory(100).unwrap().map().unwrap();
    view.write(100, b"");
    view.read(99, &mut [0]);
    let outside: [&dyn Fn(); 4] =
        [&|| view.read(100, &mut [0]), &|| view.read(usize::MAX, &mut [0, 0]), &|| view.write(99, b"ab"), &|| {
            view.write(usize::MAX - 1, b"ab")
        }];
    for reach in outside {
        assert!(catch_unwind(AssertUnwindSafe(reach)).is_err());
    }
    assert_eq!(Section::of_memory(0).unwrap_err().code().0, 87);
}
