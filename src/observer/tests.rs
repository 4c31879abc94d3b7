//! The numbers of a bar, and what spans add up to.

use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

use super::*;

/// Everything that a listener hears of a build of so many pages, of which some are drafts.
fn heard(pages: usize, drafts: usize) -> Vec<Progress> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let observer = Observer::default();
    let observer = observer.telling(move |progress| listener.lock().unwrap().push(progress));
    observer.expect(pages);
    observer.at(Stage::Parse);
    let on_all_threads = |stage, pages: usize| {
        let steps = (0..pages).into_par_iter();
        steps.for_each(|_| observer.done(stage, 1));
    };
    on_all_threads(Stage::Parse, pages);
    observer.leave_out(drafts);
    observer.at(Stage::Draw);
    let drawn = pages - drafts;
    rayon::join(
        || on_all_threads(Stage::Draw, drawn),
        || on_all_threads(Stage::Index, drawn),
    );
    for stage in [Stage::Documents, Stage::Terms, Stage::Clear] {
        observer.at(stage);
        observer.done(stage, drawn);
    }
    drop(observer);
    Arc::into_inner(heard).unwrap().into_inner().unwrap()
}

#[test]
fn a_bar_goes_forward_to_its_end() {
    for (pages, drafts) in [(1, 0), (300, 0), (300, 41), (3, 3)] {
        let heard = heard(pages, drafts);
        assert!(heard.is_sorted_by_key(|progress| progress.done));
        assert!(heard.is_sorted_by_key(|progress| progress.stage));
        assert!(heard.iter().all(|progress| progress.of == heard[0].of));
        let last = heard.last().unwrap();
        assert_eq!(last.done, last.of);
        // Not before the very last step.
        assert!(heard[heard.len() - 2].done < last.of || drafts == pages);
    }
}

#[test]
fn nobody_listening_hears_nothing() {
    let observer = Observer::default();
    observer.expect(3);
    assert!(observer.span(Stage::Draw, "a.md").is_none());
    assert!(observer.profile().is_none());
}

fn wait() {
    std::thread::sleep(Duration::from_millis(2));
}

#[test]
fn time_within_is_the_inner_stage_s() {
    let observer = Observer::default().timing();
    {
        let _page = observer.span(Stage::Draw, "a.md");
        wait();
        let _template = observer.span(Stage::Template, "lesson.html");
        wait();
    }
    let _ = observer.span(Stage::Index, "a.md").map(|_span| wait());
    let profile = observer.profile().unwrap();
    let stages = profile.stages();
    let names = stages.iter().map(|cost| (cost.stage, cost.count));
    let expected = [(Stage::Draw, 1), (Stage::Template, 1), (Stage::Index, 1)];
    assert_eq!(names.collect::<Vec<_>>(), expected);
    assert_eq!(stages[0].wall, stages[0].threads + stages[1].threads);
    let (pages, templates) = (profile.pages(), profile.templates());
    assert_eq!((pages.len(), templates.len()), (1, 1));
    assert_eq!(pages[0].draw, stages[0].wall);
    assert_eq!(pages[0].total(), stages[0].wall + stages[2].wall);
    assert_eq!(templates[0].longest, stages[1].threads);
}

#[test]
fn two_at_once_take_the_time_of_one() {
    let observer = Observer::default().timing();
    let both = std::sync::Barrier::new(2);
    let one = || {
        let _span = observer.span(Stage::Parse, "");
        both.wait();
        wait();
    };
    std::thread::scope(|scope| {
        scope.spawn(one);
        scope.spawn(one);
    });
    let cost = observer.profile().unwrap().stages()[0];
    assert_eq!(cost.count, 2);
    assert!(cost.wall >= Duration::from_millis(2));
}
