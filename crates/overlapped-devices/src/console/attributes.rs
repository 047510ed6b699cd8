//! Attributes of a console's text, in the terms of a terminal and back (contract 09 §5, §7).

/// The foreground's bits that are a colour, without its brightness.
const COLOUR: u16 = 0x7;
const BRIGHT: u16 = 0x8;
const REVERSE: u16 = 0x4000;
const UNDERSCORE: u16 = 0x8000;

/// A terminal counts red as 1 and blue as 4; brightness stays.
pub(super) fn swap(bits: u16) -> u16 {
    (bits & 0x1) << 2 | bits & 0x2 | (bits & 0x4) >> 2 | bits & BRIGHT
}

/// The sequence that selects the attributes. White on black is what the terminal has of itself, whatever its colours are.
pub(super) fn rendition(attributes: u16) -> String {
    let (text, ground) = (attributes & 0xF, attributes >> 4 & 0xF);
    let mut parts = vec!["0".to_owned()];
    let mut add = |nibble: u16, own: u16, base: u16, bright: u16| {
        if nibble != own {
            let base = if nibble & BRIGHT != 0 { bright } else { base };
            parts.push((base + swap(nibble & COLOUR)).to_string());
        }
    };
    add(text, COLOUR, 30, 90);
    add(ground, 0, 40, 100);
    parts.extend((attributes & REVERSE != 0).then(|| "7".to_owned()));
    parts.extend((attributes & UNDERSCORE != 0).then(|| "4".to_owned()));
    format!("\x1b[{}m", parts.join(";"))
}

/// What the parameters of a rendition make of the attributes; `plain` are those of 0.
pub(super) fn select(mut attributes: u16, plain: u16, parameters: impl Iterator<Item = u16>) -> u16 {
    let text = |attributes: u16, colour: u16| attributes & !0xF | swap(colour);
    let ground = |attributes: u16, colour: u16| attributes & !0xF0 | swap(colour) << 4;
    let mut rest = parameters;
    while let Some(parameter) = rest.next() {
        attributes = match parameter {
            0 => plain,
            1 => attributes | BRIGHT,
            2 | 22 => attributes & !BRIGHT,
            4 => attributes | UNDERSCORE,
            24 => attributes & !UNDERSCORE,
            7 => attributes | REVERSE,
            27 => attributes & !REVERSE,
            // A bold one stays bright.
            30..=37 => text(attributes, (parameter - 30) | attributes & BRIGHT),
            40..=47 => ground(attributes, parameter - 40),
            90..=97 => text(attributes, (parameter - 90) | BRIGHT),
            100..=107 => ground(attributes, (parameter - 100) | BRIGHT),
            39 => attributes & !0xF | plain & 0xF,
            49 => attributes & !0xF0 | plain & 0xF0,
            38 => text(attributes, extended(&mut rest)),
            48 => ground(attributes, extended(&mut rest)),
            _ => attributes,
        };
    }
    attributes
}

/// The nearest of the 16 colours, as a terminal counts them, of `5;n` or `2;r;g;b`.
fn extended(rest: &mut impl Iterator<Item = u16>) -> u16 {
    let mut next = || rest.next().unwrap_or(0);
    match next() {
        5 => match next() {
            n @ 0..16 => n,
            n @ 16..232 => {
                let level = |step: u16| if step == 0 { 0 } else { 55 + 40 * step };
                let n = n - 16;
                nearest(level(n / 36), level(n / 6 % 6), level(n % 6))
            }
            n => {
                let grey = 8 + 10 * (n.min(255) - 232);
                nearest(grey, grey, grey)
            }
        },
        2 => {
            let (red, green, blue) = (next(), next(), next());
            nearest(red, green, blue)
        }
        _ => 7,
    }
}

fn nearest(red: u16, green: u16, blue: u16) -> u16 {
    let distance = |n: &u16| {
        let level = match *n {
            7 => return far(red, 192) + far(green, 192) + far(blue, 192),
            8 => return far(red, 128) + far(green, 128) + far(blue, 128),
            n if n & BRIGHT != 0 => 255,
            _ => 128,
        };
        let part = |bit: u16, had: u16| far(had, if n & bit != 0 { level } else { 0 });
        part(1, red) + part(2, green) + part(4, blue)
    };
    (0..16).min_by_key(distance).unwrap_or(7)
}

fn far(a: u16, b: u16) -> u32 {
    u32::from(a.min(255).abs_diff(b)).pow(2)
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

    #[test]
    fn renditions_are_attributes() {
        let select = |parameters: &[u16]| select(0x07, 0x07, parameters.iter().copied());
        assert_eq!([select(&[0]), select(&[31]), select(&[1, 34]), select(&[97, 44])], [0x07, 0x04, 0x09, 0x1F]);
        assert_eq!([select(&[7, 4]), select(&[38, 5, 9]), select(&[48, 2, 250, 10, 0, 1])], [0xC007, 0x0C, 0xCF]);
        assert_eq!([select(&[38, 5, 21]), select(&[38, 5, 244]), select(&[31, 39, 104, 49])], [0x09, 0x08, 0x07]);
    }

    #[test]
    fn every_rendition_reads_back() {
        for attributes in 0..=0xFF {
            let text = rendition(attributes);
            let parameters = text[2..text.len() - 1].split(';').filter_map(|part| part.parse().ok());
            assert_eq!(select(0x33, 0x07, parameters), attributes, "{text}");
        }
    }
}
