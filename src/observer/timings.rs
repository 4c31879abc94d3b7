//! Spans of time, one list a thread, and what they add up to.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Stage;

/// Spans as they end.
pub(super) struct Timings {
    start: Instant,
    /// The main thread's, then one for each of the pool.
    lanes: Vec<Mutex<Vec<Event>>>,
}

/// A span that is over.
#[derive(Debug)]
struct Event {
    stage: Stage,
    name: Box<str>,
    /// Since the observer was made.
    start: Duration,
    end: Duration,
}

impl Event {
    fn length(&self) -> Duration {
        self.end - self.start
    }
}

/// Time that is being taken, until it is dropped.
#[must_use = "it takes the time until it is dropped"]
pub struct Span<'a> {
    timings: &'a Timings,
    stage: Stage,
    name: &'a str,
    start: Instant,
}

impl Timings {
    pub(super) fn new(threads: usize) -> Self {
        let lanes = std::iter::repeat_with(Mutex::default);
        Self {
            start: Instant::now(),
            lanes: lanes.take(threads + 1).collect(),
        }
    }

    pub(super) fn span<'a>(&'a self, stage: Stage, name: &'a str) -> Span<'a> {
        Span {
            timings: self,
            stage,
            name,
            start: Instant::now(),
        }
    }

    pub(super) fn profile(&self) -> Profile {
        let lanes = self.lanes.iter().map(|lane| {
            let mut events = std::mem::take(&mut *lock(lane));
            // A span comes behind those within it: where two begin at once, it goes first.
            events.reverse();
            events.sort_by_key(|event| (event.start, Reverse(event.end)));
            events
        });
        Profile {
            lanes: lanes.collect(),
        }
    }
}

fn lock(lane: &Mutex<Vec<Event>>) -> std::sync::MutexGuard<'_, Vec<Event>> {
    // A list is whole after every push.
    lane.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Span<'_> {
    fn drop(&mut self) {
        let end = self.timings.start.elapsed();
        let lane = rayon::current_thread_index().map_or(0, |thread| thread + 1);
        if let Some(lane) = self.timings.lanes.get(lane) {
            lock(lane).push(Event {
                stage: self.stage,
                name: self.name.into(),
                start: self.start.duration_since(self.timings.start),
                end,
            });
        }
    }
}

/// What a stage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageCost {
    /// Which.
    pub stage: Stage,
    /// How long at least one thread was at it.
    pub wall: Duration,
    /// Of all threads, without what other stages took meanwhile.
    pub threads: Duration,
    /// Number of spans.
    pub count: usize,
}

/// What a template took, with all that it includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCost {
    /// Its file's name.
    pub name: String,
    /// Of all threads.
    pub threads: Duration,
    /// How often it was filled.
    pub count: usize,
    /// The longest of them.
    pub longest: Duration,
}

/// What a page took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCost {
    /// Its file, or its address if no file is its own.
    pub name: String,
    /// Reading and parsing, once or twice.
    pub parse: Duration,
    /// Adding it to the index.
    pub index: Duration,
    /// Drawing and writing it.
    pub draw: Duration,
}

impl PageCost {
    /// All of it.
    pub fn total(&self) -> Duration {
        self.parse + self.index + self.draw
    }
}

/// Where the time of a build went.
#[derive(Debug)]
pub struct Profile {
    /// The events of each thread, by their start; those within another come behind it.
    lanes: Vec<Vec<Event>>,
}

impl Profile {
    /// What every stage took, in the order of stages.
    pub fn stages(&self) -> Vec<StageCost> {
        let mut costs: BTreeMap<Stage, StageCost> = BTreeMap::new();
        for lane in &self.lanes {
            for (event, own) in lane.iter().zip(own_times(lane)) {
                let cost = costs.entry(event.stage).or_insert(StageCost {
                    stage: event.stage,
                    wall: Duration::ZERO,
                    threads: Duration::ZERO,
                    count: 0,
                });
                cost.threads += own;
                cost.count += 1;
            }
        }
        let mut events = self.lanes.iter().flatten().collect::<Vec<_>>();
        events.sort_by_key(|event| event.start);
        let mut until: BTreeMap<Stage, Duration> = BTreeMap::new();
        for event in events {
            let until = until.entry(event.stage).or_default();
            if let Some(cost) = costs.get_mut(&event.stage) {
                cost.wall += event.end.saturating_sub(event.start.max(*until));
            }
            *until = event.end.max(*until);
        }
        costs.into_values().collect()
    }

    /// The dearest templates first.
    pub fn templates(&self) -> Vec<TemplateCost> {
        let mut costs: BTreeMap<&str, TemplateCost> = BTreeMap::new();
        let filled = |event: &&Event| event.stage == Stage::Template;
        for event in self.lanes.iter().flatten().filter(filled) {
            let cost = costs.entry(&event.name).or_insert_with(|| TemplateCost {
                name: event.name.to_string(),
                threads: Duration::ZERO,
                count: 0,
                longest: Duration::ZERO,
            });
            cost.threads += event.length();
            cost.count += 1;
            cost.longest = cost.longest.max(event.length());
        }
        let mut costs = costs.into_values().collect::<Vec<_>>();
        costs.sort_by_key(|cost| Reverse(cost.threads));
        costs
    }

    /// The dearest pages first.
    pub fn pages(&self) -> Vec<PageCost> {
        let mut costs: BTreeMap<&str, PageCost> = BTreeMap::new();
        for event in self.lanes.iter().flatten() {
            if event.name.is_empty() {
                continue;
            }
            let part: fn(&mut PageCost) -> &mut Duration = match event.stage {
                Stage::Read | Stage::Parse | Stage::Again => |cost| &mut cost.parse,
                Stage::Index => |cost| &mut cost.index,
                Stage::Draw => |cost| &mut cost.draw,
                _ => continue,
            };
            let cost = costs.entry(&event.name).or_insert_with(|| PageCost {
                name: event.name.to_string(),
                parse: Duration::ZERO,
                index: Duration::ZERO,
                draw: Duration::ZERO,
            });
            *part(cost) += event.length();
        }
        let mut costs = costs.into_values().collect::<Vec<_>>();
        costs.sort_by_key(|cost| Reverse(cost.total()));
        costs
    }

    /// Writes all spans for chrome://tracing and <https://ui.perfetto.dev>, after "Trace Event
    /// Format": complete events, times in microseconds, one line a thread.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_trace(&self, mut to: impl Write) -> io::Result<()> {
        to.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
        let mut between = "\n";
        let mut put = |value: &Value| {
            to.write_all(between.as_bytes())?;
            between = ",\n";
            serde_json::to_writer(&mut to, value).map_err(io::Error::from)
        };
        for (thread, lane) in self.lanes.iter().enumerate() {
            let name = match thread {
                0 => "main".to_owned(),
                number => format!("worker {number}"),
            };
            put(&json!({
                "name": "thread_name", "ph": "M", "pid": 1, "tid": thread,
                "args": { "name": name },
            }))?;
            for event in lane {
                let stage = event.stage.key();
                let name = if event.name.is_empty() {
                    stage
                } else {
                    &event.name
                };
                put(&json!({
                    "name": name, "cat": stage, "ph": "X", "pid": 1, "tid": thread,
                    "ts": micros(event.start), "dur": micros(event.length()),
                }))?;
            }
        }
        to.write_all(b"\n]}\n")?;
        to.flush()
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}

/// What each of a thread's events, sorted, took without those right within it.
fn own_times(lane: &[Event]) -> Vec<Duration> {
    let mut own = lane.iter().map(Event::length).collect::<Vec<_>>();
    let mut around: Vec<usize> = Vec::new();
    for (place, event) in lane.iter().enumerate() {
        while around
            .last()
            .is_some_and(|&outer| lane[outer].end < event.end)
        {
            around.pop();
        }
        if let Some(&outer) = around.last() {
            own[outer] = own[outer].saturating_sub(event.length());
        }
        around.push(place);
    }
    own
}
