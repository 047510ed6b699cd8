//! What terminals send and programs print (contract 09): no bytes make the decoder of keys panic, and it does not matter in which pieces
//! they come; no text brings a screen buffer's cursor or window out of its cells.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped::console::{Decoder, InputRecord, Screen, constants, private_for_tests};
use std::sync::LazyLock;

static SCREEN: LazyLock<Screen> = LazyLock::new(|| {
    private_for_tests();
    let screen = Screen::new().expect("a buffer");
    screen.set_mode(0x7).expect("sequences act");
    screen
});

fn decoded(pieces: &[&[u8]], raw: bool) -> Vec<InputRecord> {
    let (mut decoder, mut records) = (Decoder::new(), Vec::new());
    decoder.set_raw(raw);
    pieces.iter().for_each(|piece| decoder.feed(piece, &mut records));
    decoder.settle(&mut records);
    assert!(!decoder.is_waiting(), "nothing is left");
    records
}

fuzz_target!(|input: &[u8]| {
    let [first, bytes @ ..] = input else { return };
    let (raw, cut) = (first & 1 != 0, usize::from(first >> 1).min(bytes.len()));
    let whole = decoded(&[bytes], raw);
    assert_eq!(whole, decoded(&[&bytes[..cut], &bytes[cut..]], raw), "pieces are the same as the whole");
    assert!(whole.iter().all(|record| record.event().is_some()));

    let text = String::from_utf8_lossy(bytes);
    SCREEN.set_mode(constants::ENABLE_PROCESSED_OUTPUT | u32::from(first & 0x1E)).expect("bits that there are");
    SCREEN.write(&text).expect("written");
    let info = SCREEN.info().expect("asked");
    assert!(
        (0..info.size.x).contains(&info.cursor_position.x) && (0..info.size.y).contains(&info.cursor_position.y),
        "{info:?}"
    );
    assert!(info.window.left >= 0 && info.window.top >= 0, "{info:?}");
    assert!(info.window.right < info.size.x && info.window.bottom < info.size.y, "{info:?}");
});
