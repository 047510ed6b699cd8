//! What comes from other processes and computers: frames of the channel in any pieces, the register of names, and messages to mailslots
//! (design.md section 4, contract 07 section 4.2). Nothing panics, no body is longer than it may be, and what is accepted is what was sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_devices::channel::codec::{Decoder, Fields, head};
use overlapped_devices::{channel, mailslot};
use overlapped_fuzz::Choices;

const LIMIT: u32 = 300;

/// Reads fields as the bytes say, until they end.
fn read_fields(choices: &mut Choices<'_>, body: &[u8]) {
    let mut fields = Fields::of(body);
    let mut left = body.len();
    loop {
        let read = match choices.below(4) {
            0 => fields.u8().map(|_| 1),
            1 => fields.u32().map(|_| 4),
            2 => fields.u64().map(|_| 8),
            _ => fields.bytes().map(|bytes| 4 + bytes.len()),
        };
        let Ok(read) = read else { break };
        left -= read;
        assert_eq!(fields.rest().len(), left);
    }
    assert_eq!(fields.finish().is_ok(), fields.rest().is_empty());
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let rest = input.get(1..).unwrap_or_default();
    match choices.below(4) {
        0 => {
            let _ = channel::is_register(rest);
        }
        1 => {
            let _ = mailslot::is_letter(rest);
        }
        2 => {
            // Frames that are right come out as they went in, however they are cut.
            let (mut sent, mut bytes) = (Vec::new(), Vec::new());
            for _ in 0..choices.below(8) {
                let (operation, tag) = (u16::from(choices.byte()), u64::from(choices.word()));
                let body = vec![choices.byte(); choices.below(256)];
                bytes.extend(head(operation, tag, body.len() as u32));
                bytes.extend(&body);
                sent.push((operation, tag, body));
            }
            let (mut decoder, mut came, mut rest) = (Decoder::new(LIMIT), Vec::new(), &bytes[..]);
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(1 + choices.below(40)));
                decoder.push(now);
                while let Some(frame) = decoder.next_frame().expect("nothing is wrong with it") {
                    came.push((frame.operation, frame.tag, frame.body));
                }
                rest = later;
            }
            assert_eq!(came, sent);
        }
        _ => {
            let mut decoder = Decoder::new(LIMIT);
            for piece in input.chunks(1 + choices.below(64)) {
                decoder.push(piece);
                loop {
                    assert!(decoder.missing() > 0);
                    match decoder.next_frame() {
                        Ok(Some(frame)) => {
                            assert!(frame.body.len() <= LIMIT as usize);
                            read_fields(&mut choices, &frame.body);
                        }
                        Ok(None) => break,
                        Err(_) => return,
                    }
                }
            }
        }
    }
});
