//! Contract 09 in the Rust face: screen buffers, records and control events of a private console.

#![allow(missing_docs)]

use overlapped::console::{self, Cell, Coord, Input, InputEvent, Key, Rect, Screen, Text, constants as c};
use overlapped::{WaitResult, wait_any};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// The console is the process', so its input belongs to one test at a time.
fn input() -> (Input, MutexGuard<'static, ()>) {
    static ONE: Mutex<()> = Mutex::new(());
    let one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    private();
    let input = Input::open().expect("a console");
    input.flush().expect("flushed");
    (input, one)
}

fn private() {
    static PRIVATE: Once = Once::new();
    PRIVATE.call_once(console::private_for_tests);
}

fn screen() -> Screen {
    private();
    Screen::new().expect("a buffer")
}

fn keys(text: &str) -> Vec<console::InputRecord> {
    text.chars().flat_map(Key::typed).collect()
}

#[test]
fn text_and_cells_of_a_buffer() {
    let screen = screen();
    screen.set_attributes(c::FOREGROUND_RED).expect("colours");
    screen.write("one\ntwo 漢\n").expect("written");
    assert_eq!((screen.text(0, 0, 80), screen.text(0, 1, 80)), (Ok("one".into()), Ok("two 漢".into())));
    let info = screen.info().expect("asked");
    assert_eq!((info.cursor_position, info.attributes, info.size), (Coord { x: 0, y: 2 }, 4, Coord { x: 80, y: 25 }));
    let area = Rect { left: 79, top: 0, right: 80, bottom: 0 };
    let cell = Cell { char: 0x58, attributes: 2 };
    assert_eq!(screen.write_cells(area, &[cell; 2]), Ok(Rect { right: 79, ..area }), "clipped");
    assert_eq!(screen.read(area), Ok(vec![cell]));
    assert_eq!(screen.fill('-', 5, (78, 24)), Ok(2));
    screen.scroll(Rect { left: 0, top: 0, right: 2, bottom: 0 }, None, (0, 3), cell).expect("scrolled");
    assert_eq!((screen.text(0, 0, 4), screen.text(0, 3, 4)), (Ok("XXX".into()), Ok("one".into())));
    assert_eq!(screen.move_to((80, 0)).map_err(|error| error.code().0), Err(87));
    assert_eq!(screen.set_mode(0x20).map_err(|error| error.code().0), Err(87));
}

#[test]
fn records_are_waited_for_and_read() {
    let (input, _one) = input();
    assert_eq!(wait_any(&[&input], Duration::ZERO), Ok(WaitResult::TimedOut));
    let other = Input::open().expect("the same console");
    let user = std::thread::spawn(move || other.write(&keys("é")));
    assert_eq!(wait_any(&[&input], LIMIT), Ok(WaitResult::Object(0)));
    user.join().expect("no panic").expect("written");
    assert_eq!((input.waiting(), input.peek(1).map(|records| records.len())), (Ok(2), Ok(1)));
    let records = input.read(8).expect("read");
    let chars = records.iter().filter_map(|record| match record.event() {
        Some(InputEvent::Key(key)) => Some((key.key_down, key.char)),
        _ => None,
    });
    assert_eq!(chars.collect::<Vec<_>>(), [(1, 0xE9), (0, 0xE9)]);
    assert_eq!(wait_any(&[&input], Duration::ZERO), Ok(WaitResult::TimedOut));
}

#[test]
fn lines_end_and_ctrl_c_interrupts() {
    for signal in [libc::SIGINT, libc::SIGQUIT] {
        // Who runs in the background is started with both ignored.
        // SAFETY: a system call with plain numbers.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    let (input, _one) = input();
    let events = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&events);
    let handler = console::on_control_event(move |event| {
        seen.fetch_or(1 << event, Ordering::SeqCst);
        true
    });
    let handler = handler.expect("a handler");
    input.write(&keys("a line\r")).expect("written");
    assert_eq!(
        (input.read_text(3), input.read_text(80)),
        (Ok(Text::Typed("a l".into())), Ok(Text::Typed("ine\r\n".into())))
    );
    input.write(&keys("half\x03")).expect("written");
    assert_eq!(input.read_text(80), Ok(Text::Interrupted));
    let end = std::time::Instant::now() + LIMIT;
    while events.load(Ordering::SeqCst) != 1 << c::CTRL_C_EVENT {
        assert!(std::time::Instant::now() < end, "the handler was not called");
        std::thread::sleep(Duration::from_millis(5));
    }
    console::generate_control_event(c::CTRL_BREAK_EVENT, 0).expect("sent");
    while events.load(Ordering::SeqCst) != 3 {
        assert!(std::time::Instant::now() < end, "the handler was not called again");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(handler);
    assert_eq!(console::generate_control_event(7, 0).map_err(|error| error.code().0), Err(87));
}
