//! The picture as a screen: the device list and the completion queue above, the three lists of threads below.

use super::text;
use overlapped::observe::{Observation, Port};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Gauge, List, Paragraph, Tabs};

/// What is shown, and which port of it.
#[derive(Debug)]
pub struct View {
    seen: Observation,
    /// By number, since ports come and go.
    port: Option<u64>,
    held: bool,
}

impl View {
    pub fn new(seen: Observation) -> Self {
        Self { seen, port: None, held: false }
    }

    /// The next picture.
    pub fn show(&mut self, seen: Observation) {
        self.seen = seen;
    }

    /// Stop following, or go on.
    pub fn hold(&mut self) {
        self.held = !self.held;
    }

    pub fn is_held(&self) -> bool {
        self.held
    }

    /// So many ports on, in a circle.
    pub fn turn(&mut self, by: isize) {
        let ports = &self.seen.ports;
        if let Some(turned) = (self.place() as isize + by).checked_rem_euclid(ports.len() as isize) {
            self.port = Some(ports[turned as usize].number);
        }
    }

    /// Where the chosen port is in the list; one that has gone gives way to the first.
    fn place(&self) -> usize {
        let chosen = |port: &Port| Some(port.number) == self.port;
        self.seen.ports.iter().position(chosen).unwrap_or(0)
    }

    pub fn draw(&self, frame: &mut Frame<'_>) {
        let rows = [Constraint::Length(1), Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)];
        let [head, tabs, body, foot] = Layout::vertical(rows).areas(frame.area());
        let bold = Style::new().add_modifier(Modifier::BOLD);
        frame.render_widget(Line::styled(text::headline(&self.seen), bold), head);
        let titles = self.seen.ports.iter().map(|port| format!("port {}", port.number));
        frame.render_widget(Tabs::new(titles).select(self.place()).highlight_style(bold.fg(Color::Yellow)), tabs);
        match self.seen.ports.get(self.place()) {
            Some(port) => draw_port(frame, body, port),
            None => frame.render_widget(Paragraph::new("This program has no port now."), body),
        }
        let held = if self.held { "HELD  " } else { "" };
        let keys = format!("{held}q end   left, right another port   space hold");
        frame.render_widget(Line::styled(keys, Style::new().fg(Color::DarkGray)), foot);
    }
}

fn draw_port(frame: &mut Frame<'_>, area: Rect, port: &Port) {
    let rows = [Constraint::Length(1), Constraint::Fill(1), Constraint::Fill(1)];
    let [gauge, above, below] = Layout::vertical(rows).areas(area);
    let [devices, packets] = Layout::horizontal([Constraint::Fill(1); 2]).areas(above);
    let [waiting, released, paused] = Layout::horizontal([Constraint::Fill(1); 3]).areas(below);

    // More threads may run than the value says: a thread that had blocked is not stopped when it goes on.
    let share = f64::from(port.active) / f64::from(port.concurrency.max(1));
    let color = if port.active > port.concurrency { Color::Red } else { Color::Green };
    let busy = Gauge::default().ratio(share.min(1.0)).label(text::summary(port));
    frame.render_widget(busy.gauge_style(Style::new().fg(color)), gauge);

    let lines = port.devices.iter().enumerate().map(|(index, device)| text::device(index, device)).collect();
    draw_list(frame, devices, "device list", port.devices.len(), Color::Blue, lines);
    let lines = port.packets.iter().map(text::packet).collect();
    draw_list(frame, packets, "completion queue, oldest first", port.queued, Color::Magenta, lines);
    let lines = port.waiting.iter().map(text::thread).collect();
    draw_list(frame, waiting, "waiting, newest first", port.waiting.len(), Color::Cyan, lines);
    let lines = port.released.iter().map(text::thread).collect();
    draw_list(frame, released, "released", port.released.len(), Color::Green, lines);
    let lines = port.paused.iter().map(text::paused).collect();
    draw_list(frame, paused, "paused", port.paused.len(), Color::Yellow, lines);
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, title: &str, count: usize, color: Color, mut lines: Vec<String>) {
    let block = Block::bordered().title(format!(" {title}: {count} ")).border_style(Style::new().fg(color));
    let room = usize::from(block.inner(area).height);
    if count > room && room > 0 {
        lines.truncate(room - 1);
        lines.push(format!("and {} more", count - lines.len()));
    }
    frame.render_widget(List::new(lines).block(block), area);
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    /// A program with two ports, as it would come over the socket.
    pub fn sample() -> Observation {
        let thread = |number: u32| serde_json::json!({ "number": number, "name": format!("worker-{number}") });
        let port = |number: u32| {
            serde_json::json!({
                "number": number, "concurrency": 2, "active": number, "queued": 1030,
                "devices": [{ "key": 7, "description": "file (descriptor 3), key 0x7" }],
                "packets": (0..1024).map(|n| serde_json::json!({
                    "key": 7, "device": null, "bytes": n, "status": if n == 1 { 0xC000_0120_u32 } else { 0 }, "age": 1500,
                })).collect::<Vec<_>>(),
                "waiting": [thread(11)], "released": [thread(12), thread(13)],
                "paused": [{ "thread": thread(14), "why": "a lock" }],
            })
        };
        let seen = serde_json::json!({
            "version": 1, "process": 42, "program": "/srv/server", "engine": "uring", "handles": 9, "requests": 5,
            "ports": [port(1), port(3)],
        });
        serde_json::from_value(seen).unwrap()
    }

    fn drawn(view: &View, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view.draw(frame)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn all_five_structures_are_drawn() {
        let screen = drawn(&View::new(sample()), 120, 24);
        for part in [
            "server (42) on uring: 9 handles, 5 requests on their way",
            "port 1: 1 of 2 threads run",
            "device list: 1",
            "0 file (descriptor 3), key 0x7",
            "completion queue, oldest first: 1030",
            "key 0x7, 1 bytes, status 0xc0000120, 1.5µs",
            "and 1023 more",
            "waiting, newest first: 1",
            "11 worker-11",
            "released: 2",
            "paused: 1",
            "14 worker-14 in a lock",
        ] {
            assert!(screen.contains(part), "{part:?} is missing in\n{screen}");
        }
    }

    #[test]
    fn ports_are_turned_in_a_circle_and_may_go() {
        let mut view = View::new(sample());
        view.turn(-1);
        assert!(drawn(&view, 120, 24).contains("port 3: 3 of 2 threads run"));
        view.turn(1);
        assert!(drawn(&view, 120, 24).contains("port 1: 1 of 2 threads run"));
        view.turn(1);
        let mut later = sample();
        later.ports.remove(1);
        view.show(later);
        assert!(drawn(&view, 120, 24).contains("port 1: 1 of 2 threads run"));
        let mut none = sample();
        none.ports.clear();
        view.show(none);
        view.turn(1);
        assert!(drawn(&view, 120, 24).contains("no port now"));
    }

    #[test]
    fn the_smallest_terminal_does_not_break_it() {
        for (width, height) in [(1, 1), (5, 3), (20, 5), (40, 8)] {
            drawn(&View::new(sample()), width, height);
        }
    }

    #[test]
    fn the_same_is_there_as_text() {
        let text = text::of(&sample());
        for part in
            ["port 3: 3 of 2 threads run", "  queued packets, oldest first: 1030", "    and 1014 more", "  paused: 1"]
        {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }
}
