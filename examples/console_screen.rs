//! A console without anybody at it: a screen buffer is drawn into and read back, keys are written and read, and a wait sees both.
//!
//!     cargo run -p overlapped --example console_screen
//!     cargo run -p overlapped --example console_screen -- show
//!
//! On a terminal the same calls draw on its alternate screen and read its keyboard: the second way does.

use overlapped::console::{self, Cell, Input, InputEvent, Key, Rect, Screen, Text, constants as c};
use overlapped::{Result, WaitResult, wait_any};
use std::time::Duration;

/// A frame of two rows with a bar of so many percent.
fn draw(screen: &Screen, percent: usize) -> Result<()> {
    let width = 20;
    let done = width * percent / 100;
    let bar = Rect { left: 2, top: 1, right: 1 + width as i16, bottom: 1 };
    let cell = |n: usize| {
        let attributes = if n < done { c::BACKGROUND_GREEN } else { c::BACKGROUND_INTENSITY };
        Cell { char: b' '.into(), attributes }
    };
    screen.write_cells(bar, &(0..width).map(cell).collect::<Vec<_>>())?;
    screen.move_to((2, 2))?;
    screen.write(&format!("{percent:3} %"))
}

/// The next key that goes down.
fn key(input: &Input) -> Result<Option<char>> {
    while wait_any(&[input], Duration::from_secs(10))? != WaitResult::TimedOut {
        for record in input.read(16)? {
            if let Some(InputEvent::Key(key)) = record.event()
                && key.key_down != 0
            {
                return Ok(char::from_u32(key.char.into()));
            }
        }
    }
    Ok(None)
}

fn main() -> Result<()> {
    if !std::env::args().any(|argument| argument == "show") {
        console::private_for_tests();
    }
    let (first, screen, input) = (Screen::active()?, Screen::new()?, Input::open()?);
    screen.show()?;
    screen.fill('=', 24, (0, 0))?;
    for percent in [0, 50, 100] {
        draw(&screen, percent)?;
    }
    assert_eq!((screen.text(0, 0, 24)?, screen.text(2, 2, 5)?), ("=".repeat(24), "100 %".into()));
    let green = screen.read(Rect { left: 2, top: 1, right: 21, bottom: 1 })?;
    assert!(green.iter().all(|cell| cell.attributes == c::BACKGROUND_GREEN));

    // A thread that plays the user.
    let user = std::thread::spawn(|| Input::open().and_then(|keyboard| keyboard.write(&Key::typed('q'))));
    assert_eq!(key(&input)?, Some('q'));
    user.join().expect("the thread does not panic")?;
    for c in "yes\r".chars() {
        input.write(&Key::typed(c))?;
    }
    let answer = input.read_text(80)?;
    assert_eq!(answer, Text::Typed("yes\r\n".into()));
    first.show()?;
    println!("{answer:?}");
    Ok(())
}
