//! Attributes of a console's text, in the terms of a terminal (contract 09 §5, §7).

/// The foreground's bits that are a colour, without its brightness.
const COLOUR: u16 = 0x7;
const BRIGHT: u16 = 0x8;
const REVERSE: u16 = 0x4000;
const UNDERSCORE: u16 = 0x8000;

/// A terminal counts red as 1 and blue as 4.
fn colour(bits: u16) -> u16 {
    (bits & 0x1) << 2 | bits & 0x2 | (bits & 0x4) >> 2
}

/// The sequence that selects the attributes. White on black is what the terminal has of itself, whatever its colours are.
pub(super) fn rendition(attributes: u16) -> String {
    let (text, ground) = (attributes & 0xF, attributes >> 4 & 0xF);
    let mut parts = vec!["0".to_owned()];
    let mut add = |nibble: u16, own: u16, base: u16, bright: u16| {
        if nibble != own {
            let base = if nibble & BRIGHT != 0 { bright } else { base };
            parts.push((base + colour(nibble & COLOUR)).to_string());
        }
    };
    add(text, COLOUR, 30, 90);
    add(ground, 0, 40, 100);
    parts.extend((attributes & REVERSE != 0).then(|| "7".to_owned()));
    parts.extend((attributes & UNDERSCORE != 0).then(|| "4".to_owned()));
    format!("\x1b[{}m", parts.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_renditions() {
        let said = [0x07, 0x04, 0x0A, 0x0F, 0x1E, 0x40, 0xC7, 0x4007, 0x8001].map(rendition);
        let wanted = ["0", "0;31", "0;92", "0;97", "0;93;44", "0;30;41", "0;101", "0;7", "0;34;4"];
        assert_eq!(said, wanted.map(|parts| format!("\x1b[{parts}m")));
    }
}
