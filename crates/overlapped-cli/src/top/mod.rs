//! `ovl top`: the five structures of a running program's ports, drawn live.
//!
//! The program tells about itself ([`overlapped::observe`]); here it is found or started, asked a few times a second, and drawn. Each
//! picture is one question and one answer, so a program that ends, or is stopped, costs nothing but the next picture.

mod program;
mod screen;
mod text;

use crate::cli::TopArgs;
use overlapped::observe::{self, Observation};
use program::Started;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use screen::View;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Runs the command.
pub fn run(args: &TopArgs) -> ExitCode {
    match watch(args) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("ovl: {why}");
            ExitCode::FAILURE
        }
    }
}

fn watch(args: &TopArgs) -> Result<ExitCode, String> {
    let mut started = match args.program.split_first() {
        Some((program, rest)) => Some(Started::new(program, rest, args.output.as_deref())?),
        None => None,
    };
    let process = match &mut started {
        Some(started) => started.observable()?,
        None => chosen(args.process)?,
    };
    if args.json || args.once || !io::stdout().is_terminal() {
        let seen = ask(process)?;
        let text = if args.json { json(&seen)? } else { text::of(&seen) };
        match write!(io::stdout(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(format!("cannot print: {error}")),
            _ => return Ok(ExitCode::SUCCESS),
        }
    }
    draw(process, Duration::from_millis(args.interval))?;
    Ok(ExitCode::SUCCESS)
}

fn json(seen: &Observation) -> Result<String, String> {
    serde_json::to_string(seen).map(|line| line + "\n").map_err(|error| error.to_string())
}

const HOW: &str = "start one with OVERLAPPED_OBSERVE=1 in its environment, or with `ovl top -- PROGRAM`";

/// The process to look at: the one that was named, or the only one.
fn chosen(named: Option<u32>) -> Result<u32, String> {
    if let Some(process) = named {
        return Ok(process);
    }
    match observe::observable()[..] {
        [] => Err(format!("no program can be observed: {HOW}")),
        [process] => Ok(process),
        ref several => {
            let line = |process: &u32| {
                let program = observe::look(*process).map_or_else(|error| error.to_string(), |seen| seen.program);
                format!("\n  ovl top {process:<8} {program}")
            };
            Err(format!(
                "several programs can be observed; choose one:{}",
                several.iter().map(line).collect::<String>()
            ))
        }
    }
}

fn ask(process: u32) -> Result<Observation, String> {
    observe::look(process).map_err(|error| match error.code().0 {
        2 | 3 => format!("process {process} cannot be observed: {HOW}"),
        121 => format!("process {process} does not answer; it is stopped, or has ended"),
        _ => format!("process {process} cannot be observed: {error}"),
    })
}

/// Draws until somebody presses a key for the end, or the program has ended.
fn draw(process: u32, interval: Duration) -> Result<(), String> {
    // Before the screen changes: if there is nothing to see, say so as text.
    let mut view = View::new(ask(process)?);
    let mut terminal = ratatui::try_init().map_err(|error| format!("no terminal to draw on: {error}"))?;
    let ended = (|| {
        loop {
            terminal.draw(|frame| view.draw(frame))?;
            let next = Instant::now() + interval;
            while let Some(left) = next.checked_duration_since(Instant::now()) {
                if event::poll(left)? && !obey(&mut view, &event::read()?) {
                    return Ok(None);
                }
                terminal.draw(|frame| view.draw(frame))?;
            }
            if !view.is_held() {
                match ask(process) {
                    Ok(seen) => view.show(seen),
                    Err(why) => return Ok(Some(why)),
                }
            }
        }
    })();
    ratatui::restore();
    match ended {
        Ok(None) => Ok(()),
        Ok(Some(why)) => {
            eprintln!("ovl: {why}");
            Ok(())
        }
        Err(error) => Err(drawing(&error)),
    }
}

fn drawing(error: &io::Error) -> String {
    format!("cannot draw: {error}")
}

/// False when it is the end.
fn obey(view: &mut View, event: &Event) -> bool {
    let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, .. }) = *event else { return true };
    match code {
        KeyCode::Char('q') | KeyCode::Esc => return false,
        KeyCode::Char('c') if modifiers.contains(KeyModifiers::CONTROL) => return false,
        KeyCode::Right | KeyCode::Tab => view.turn(1),
        KeyCode::Left | KeyCode::BackTab => view.turn(-1),
        KeyCode::Char(' ') => view.hold(),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_turn_hold_and_end() {
        let mut view = View::new(screen::tests::sample());
        let press = |code| Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
        assert!(obey(&mut view, &press(KeyCode::Right)) && obey(&mut view, &press(KeyCode::Char(' '))));
        assert!(view.is_held());
        assert!(!obey(&mut view, &press(KeyCode::Char('q'))));
        assert!(!obey(&mut view, &Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))));
        assert!(obey(&mut view, &press(KeyCode::Char('c'))));
    }
}
