//! The way from one page of a long list to the others.

use serde::Serialize;

/// Where in a long list a page stands.
#[derive(Serialize, Hash)]
pub(super) struct Pager {
    page: usize,
    pages: usize,
    previous_url: String,
    next_url: String,
    numbers: Vec<Number>,
}

#[derive(Serialize, Hash)]
struct Number {
    number: usize,
    url: String,
    current: bool,
}

impl Pager {
    /// At `page` of so many, counted from 1, of which `href` tells the address.
    pub(super) fn new(page: usize, pages: usize, href: impl Fn(usize) -> String) -> Self {
        let link = |number: usize| match number {
            number if (1..=pages).contains(&number) => href(number),
            _ => String::new(),
        };
        let numbers = around(page, pages).into_iter().map(|number| Number {
            number,
            url: href(number),
            current: number == page,
        });
        Self {
            page,
            pages,
            previous_url: link(page - 1),
            next_url: link(page + 1),
            numbers: numbers.collect(),
        }
    }
}

/// The page numbers to offer: first, last and those around the current one.
fn around(page: usize, pages: usize) -> Vec<usize> {
    let near = |number: &usize| *number == 1 || *number == pages || number.abs_diff(page) <= 2;
    (1..=pages).filter(near).collect()
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn long_lists_offer_few_numbers() {
        assert_eq!(around(1, 1), [1]);
        assert_eq!(around(10, 90), [1, 8, 9, 10, 11, 12, 90]);
    }
}
