//! Medians, spreads and ratios; as a table for people and as JSON for programs.

use std::fmt::{self, Display, Formatter};
use std::io;

use serde::Serialize;

use crate::harness::{Comparison, Context, Measure, Metric, Outcome, Peer, Standing};

/// Ratios end here: a cost of nothing at all is "999 times better".
const MOST: f64 = 999.0;

/// The result of one benchmark.
#[derive(Serialize)]
pub struct Report {
    bench: &'static str,
    quick: bool,
    rounds: usize,
    kernel: String,
    processors: usize,
    rows: Vec<Row>,
    contestants: Vec<Line>,
    notes: Vec<String>,
}

/// Ours against one peer. A ratio above 1 means that ours is better.
#[derive(Serialize)]
struct Row {
    group: String,
    case: String,
    unit: String,
    contestant: String,
    ours: Option<f64>,
    peer: String,
    theirs: Option<f64>,
    ratio: Option<f64>,
    /// Smallest and largest ratio of any one round.
    ratio_min: Option<f64>,
    ratio_max: Option<f64>,
    /// The ratio that must be reached, and the one that is wished for.
    bar: Option<f64>,
    goal: Option<f64>,
}

/// One contestant's medians.
#[derive(Serialize)]
struct Line {
    group: String,
    name: String,
    unit: &'static str,
    operation: &'static str,
    operations: u64,
    median: f64,
    min: f64,
    max: f64,
    cpu_us_per_operation: f64,
    /// The contestant's own part, where other threads are the same for all.
    own_cpu_us_per_operation: Option<f64>,
    switches_per_operation: f64,
    /// How long 99 of 100 operations took at most, where that is known besides the rate.
    p99_us: Option<f64>,
}

impl Report {
    /// Works out the medians and the ratios.
    pub fn new(bench: &'static str, context: &Context, groups: &[Outcome]) -> io::Result<Self> {
        let mut rows = Vec::new();
        let mut contestants = Vec::new();
        for group in groups {
            contestants.extend(group.standings.iter().map(|standing| Line::new(group, standing)));
            for comparison in &group.comparisons {
                rows.push(Row::new(group, comparison)?);
            }
        }
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Self {
            bench,
            quick: context.quick,
            rounds: context.rounds,
            kernel: kernel.trim().to_owned(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            rows,
            contestants,
            notes: notes(groups),
        })
    }
}

/// What the groups have to say; who is missing for the same reason is named in one sentence.
fn notes(groups: &[Outcome]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut absent: Vec<(&str, Vec<&str>)> = Vec::new();
    for group in groups {
        let new = group.notes.iter().filter(|note| !notes.contains(note)).cloned().collect::<Vec<_>>();
        notes.extend(new);
        for (name, why) in &group.absent {
            match absent.iter_mut().find(|(reason, _)| reason == why) {
                None => absent.push((why, vec![name])),
                Some((_, names)) if names.contains(&name.as_str()) => {}
                Some((_, names)) => names.push(name),
            }
        }
    }
    let missing = |(why, names): &(&str, Vec<&str>)| format!("not measured: {}: {why}", names.join("; "));
    notes.extend(absent.iter().map(missing));
    notes
}

impl Line {
    fn new(group: &Outcome, standing: &Standing) -> Self {
        let series = standing.series(Measure::Metric, group.metric);
        let median_of = |measure| median(&standing.series(measure, group.metric));
        Self {
            group: group.title.clone(),
            name: standing.name.clone(),
            unit: group.metric.unit,
            operation: group.metric.operation,
            operations: standing.operations,
            median: median(&series),
            min: series.iter().copied().fold(f64::INFINITY, f64::min),
            max: series.iter().copied().fold(0.0, f64::max),
            cpu_us_per_operation: median_of(Measure::Cpu),
            own_cpu_us_per_operation: Some(median_of(Measure::OwnCpu)).filter(|figure| figure.is_finite()),
            switches_per_operation: median_of(Measure::Switches),
            p99_us: Some(median_of(Measure::Tail)).filter(|figure| figure.is_finite()),
        }
    }
}

impl Row {
    fn new(group: &Outcome, comparison: &Comparison) -> io::Result<Self> {
        let Comparison { measure, .. } = *comparison;
        let series = |name: &str| -> io::Result<Option<Vec<f64>>> {
            Ok(group.standing(name)?.map(|standing| standing.series(measure, group.metric)))
        };
        let ours = series(&comparison.ours)?;
        let (peer, theirs) = match &comparison.peer {
            Peer::Contestant(name) => (name.clone(), series(name)?),
            Peer::Best(names) => best(group, names, measure),
            Peer::Limit(most) => ("limit".to_owned(), Some(vec![*most; ours.as_ref().map_or(1, Vec::len)])),
        };
        let higher = measure == Measure::Metric && group.metric.higher_is_better;
        let ratio = |ours: f64, theirs: f64| {
            let ratio = if higher { ours / theirs } else { theirs / ours };
            if ratio.is_nan() { 1.0 } else { ratio.min(MOST) }
        };
        let each: Vec<f64> = ours
            .iter()
            .zip(&theirs)
            .flat_map(|(ours, theirs)| ours.iter().zip(theirs).map(|(o, t)| ratio(*o, *t)))
            .collect();
        let both = !each.is_empty();
        let ours = ours.map(|series| median(&series));
        let theirs = theirs.map(|series| median(&series));
        Ok(Self {
            group: group.title.clone(),
            case: comparison.case.clone(),
            unit: unit(measure, group.metric),
            contestant: comparison.ours.clone(),
            ours,
            peer,
            theirs,
            ratio: ours.zip(theirs).map(|(ours, theirs)| ratio(ours, theirs)),
            ratio_min: both.then(|| each.iter().copied().fold(f64::INFINITY, f64::min)),
            ratio_max: both.then(|| each.iter().copied().fold(0.0, f64::max)),
            bar: comparison.bar,
            goal: comparison.goal,
        })
    }

    /// What the ratio says about the bar and the goal.
    fn verdict(&self) -> &'static str {
        match (self.ratio, self.bar, self.goal) {
            (None, ..) => "not measured",
            (Some(ratio), Some(bar), _) if ratio < bar => "BELOW",
            (Some(ratio), _, Some(goal)) if ratio >= goal => "ok, goal reached",
            (Some(_), Some(_), _) => "ok",
            (Some(_), None, _) => "",
        }
    }
}

/// Who of the contestants that were there was the best in the middle, and its figures.
fn best(group: &Outcome, names: &[String], measure: Measure) -> (String, Option<Vec<f64>>) {
    let higher = measure == Measure::Metric && group.metric.higher_is_better;
    let known = group.standings.iter().filter(|standing| names.contains(&standing.name));
    let series = known.map(|standing| (standing.name.clone(), standing.series(measure, group.metric)));
    let order = |series: &[f64]| if higher { -median(series) } else { median(series) };
    match series.min_by(|(_, one), (_, other)| order(one).total_cmp(&order(other))) {
        Some((name, series)) => (format!("the best: {name}"), Some(series)),
        None => ("the best".to_owned(), None),
    }
}

fn unit(measure: Measure, metric: Metric) -> String {
    match measure {
        Measure::Metric => metric.unit.to_owned(),
        Measure::Cpu => format!("CPU us/{}", metric.operation),
        Measure::OwnCpu => format!("own CPU us/{}", metric.operation),
        Measure::Switches => format!("switches/{}", metric.operation),
        Measure::Median => metric.unit.replace("p99", "p50"),
        Measure::Tail => "us".to_owned(),
    }
}

fn median(series: &[f64]) -> f64 {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}

/// Three or four significant digits, thousands grouped: `0.0123`, `12.3`, `1,234,567`.
fn figure(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "-".to_owned(),
        size if size < 0.0005 => "0".to_owned(),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 1000.0 => format!("{value:.1}"),
        _ => {
            let digits = format!("{value:.0}");
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
    }
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), figure)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{}: medians of {} round(s), kernel {}, {} processors",
            self.bench, self.rounds, self.kernel, self.processors
        )?;
        if self.quick {
            writeln!(f, "(quick: this proves that the benchmark works; the numbers mean nothing)")?;
        }
        let mut title = "";
        for line in &self.contestants {
            if line.group != title {
                title = &line.group;
                writeln!(f, "\n  {title}")?;
                writeln!(
                    f,
                    "    {:<38} {:>13} {:>23} {:>17}{} {:>19}{}",
                    "contestant",
                    line.unit,
                    "min .. max",
                    format!("CPU us/{}", line.operation),
                    line.own_cpu_us_per_operation.map_or_else(String::new, |_| format!(" {:>8}", "its own")),
                    format!("switches/{}", line.operation),
                    line.p99_us.map_or_else(String::new, |_| format!(" {:>10}", "p99 us"))
                )?;
            }
            writeln!(
                f,
                "    {:<38} {:>13} {:>23} {:>17}{} {:>19}{}",
                line.name,
                figure(line.median),
                format!("{} .. {}", figure(line.min), figure(line.max)),
                figure(line.cpu_us_per_operation),
                line.own_cpu_us_per_operation.map_or_else(String::new, |own| format!(" {:>8}", figure(own))),
                figure(line.switches_per_operation),
                line.p99_us.map_or_else(String::new, |p99| format!(" {:>10}", figure(p99)))
            )?;
        }
        self.ratios(f)?;
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}

impl Report {
    fn ratios(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n  ratios (above 1: ours is better)")?;
        writeln!(
            f,
            "    {:<46} {:<32} {:>10} {:>10} {:>7} {:>14} {:>6}",
            "case", "peer", "ours", "theirs", "ratio", "by round", "bar"
        )?;
        for row in &self.rows {
            let spread = match (row.ratio_min, row.ratio_max) {
                (Some(min), Some(max)) => format!("{min:.2} .. {max:.2}"),
                _ => "-".to_owned(),
            };
            let line = format!(
                "    {:<46} {:<32} {:>10} {:>10} {:>7} {:>14} {:>6}  {}",
                format!("{} ({})", row.case, row.unit),
                row.peer,
                optional(row.ours),
                optional(row.theirs),
                row.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")),
                spread,
                optional(row.bar),
                row.verdict()
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{figure, median};

    #[test]
    fn a_median_is_the_middle_or_the_mean_of_the_two_middle_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn figures_keep_three_digits_and_group_thousands() {
        assert_eq!(figure(0.01234), "0.012");
        assert_eq!(figure(12.34), "12.3");
        assert_eq!(figure(1_234_567.0), "1,234,567");
    }
}
