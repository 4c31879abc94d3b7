//! Where a diagram's boxes and lines stand: as the renderer lays them out, evened.

use std::collections::BTreeMap;

use mermaid_rs_renderer::{
    Direction, EdgeLayout, Graph, Layout, LayoutConfig, NodeLayout, NodeShape, Theme,
    compute_layout,
};

/// Closely set, so that a phone shows more of it; several lines at one side of a box keep away
/// from its corners.
pub(super) fn config() -> LayoutConfig {
    let mut config = LayoutConfig {
        node_spacing: 36.0,
        rank_spacing: 54.0,
        node_padding_x: 14.0,
        node_padding_y: 12.0,
        ..LayoutConfig::default()
    };
    config.flowchart.port_pad_ratio = 0.3;
    config
}

pub(super) fn of(graph: &Graph, theme: &Theme, config: &LayoutConfig) -> Layout {
    let mut layout = compute_layout(graph, theme, config);
    centre(&mut layout);
    if graph.direction == Direction::LeftRight {
        level(&mut layout);
    }
    layout
}

/// How near to a corner is at it.
const CORNER: f32 = 4.0;

/// A side of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

impl Side {
    /// The side at which a line ends that comes from `before`. Near a corner, its direction
    /// tells.
    fn of(node: &NodeLayout, (x, y): (f32, f32), before: (f32, f32)) -> Self {
        let is_steep = (y - before.1).abs() > (x - before.0).abs();
        let sides = [
            (x - node.x, Self::Left, !is_steep),
            (node.x + node.width - x, Self::Right, !is_steep),
            (y - node.y, Self::Top, is_steep),
            (node.y + node.height - y, Self::Bottom, is_steep),
        ];
        let far = |&(distance, _, is_likely): &(f32, Self, bool)| {
            distance.abs() + if is_likely { 0.0 } else { CORNER }
        };
        let nearer = |a: &_, b: &_| far(a).total_cmp(&far(b));
        let nearest = sides.into_iter().min_by(nearer);
        nearest.map_or(Self::Left, |(_, side, _)| side)
    }
}

/// An end of a line: the line's number, whether it is the last of its points.
type End = (usize, bool);

/// The box at an end of a line, and the line's points from there.
fn end_of(edge: &EdgeLayout, is_last: bool) -> (&str, Vec<(f32, f32)>) {
    match is_last {
        true => (&edge.to, edge.points.iter().rev().copied().collect()),
        false => (&edge.from, edge.points.clone()),
    }
}

/// Gives a line its points from an end on.
fn put(edge: &mut EdgeLayout, is_last: bool, mut points: Vec<(f32, f32)>) {
    if is_last {
        points.reverse();
    }
    edge.points = points;
}

/// The ends of lines at each side of the boxes that have straight sides.
fn ends(layout: &Layout) -> BTreeMap<(String, Side), Vec<End>> {
    let mut ends: BTreeMap<_, Vec<End>> = BTreeMap::new();
    for (number, edge) in layout.edges.iter().enumerate() {
        for is_last in [false, true] {
            let (id, points) = end_of(edge, is_last);
            let node = layout.nodes.get(id).filter(|node| is_box(node));
            if let (Some(node), &[end, before, ..]) = (node, &*points) {
                let side = (node.id.clone(), Side::of(node, end, before));
                ends.entry(side).or_default().push((number, is_last));
            }
        }
    }
    ends
}

fn is_box(node: &NodeLayout) -> bool {
    matches!(node.shape, NodeShape::Rectangle | NodeShape::RoundRect)
}

/// Moves a line that is alone at a side of a box from its corner to its middle.
fn centre(layout: &mut Layout) {
    for ((id, side), ends) in ends(layout) {
        let (Some(node), &[(number, is_last)]) = (layout.nodes.get(&id), &*ends) else {
            continue;
        };
        let Some(edge) = layout.edges.get_mut(number) else {
            continue;
        };
        let (_, mut points) = end_of(edge, is_last);
        let Some(&end) = points.first() else {
            continue;
        };
        let is_across = matches!(side, Side::Top | Side::Bottom);
        let (dx, dy) = match is_across {
            true => (node.x + node.width / 2.0 - end.0, 0.0),
            false => (0.0, node.y + node.height / 2.0 - end.1),
        };
        // As far as the line runs straight; one without a bend is even as it is.
        let is_straight = |point: &&(f32, f32)| match is_across {
            true => (point.0 - end.0).abs() < 0.5,
            false => (point.1 - end.1).abs() < 0.5,
        };
        let straight = points.iter().take_while(is_straight).count();
        if straight < points.len() {
            for point in &mut points[..straight] {
                *point = (point.0 + dx, point.1 + dy);
            }
            put(edge, is_last, points);
        }
        if let Some(anchor) = &mut edge.label_anchor {
            *anchor = middle(&edge.points).unwrap_or(*anchor);
        }
    }
}

/// The place halfway along a line: its words stand there.
fn middle(points: &[(f32, f32)]) -> Option<(f32, f32)> {
    let length = |pair: &[(f32, f32)]| {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        (dx * dx + dy * dy).sqrt()
    };
    let mut left = points.windows(2).map(length).sum::<f32>() / 2.0;
    for pair in points.windows(2) {
        let length = length(pair);
        if left <= length && length > 0.0 {
            let (from, part) = (pair[0], left / length);
            let along = |from: f32, to: f32| from + (to - from) * part;
            return Some((along(from.0, pair[1].0), along(from.1, pair[1].1)));
        }
        left -= length;
    }
    None
}

/// Makes boxes that begin one below another as wide as the widest.
fn level(layout: &mut Layout) {
    let ends = ends(layout);
    let boxes = layout.nodes.values().filter(|node| is_box(node));
    let boxes: Vec<_> = boxes
        .map(|node| (node.id.clone(), node.x, node.width))
        .collect();
    for (id, x, _) in &boxes {
        let same = boxes.iter().filter(|(_, other, _)| (other - x).abs() < 1.0);
        let widest = same.map(|(_, _, width)| *width).fold(0.0, f32::max);
        if let Some(node) = layout.nodes.get_mut(id) {
            node.width = widest;
        }
        let right = ends.get(&(id.clone(), Side::Right));
        for &(number, is_last) in right.into_iter().flatten() {
            let (_, mut points) = end_of(&layout.edges[number], is_last);
            let mut least = x + widest;
            for point in points
                .iter_mut()
                .take_while(|point| point.0 < x + widest + CORNER)
            {
                point.0 = point.0.max(least);
                least = x + widest + CORNER;
            }
            put(&mut layout.edges[number], is_last, points);
        }
    }
}

#[cfg(test)]
mod tests {
    use mermaid_rs_renderer::{Theme, parse_mermaid_strict};

    use super::*;

    #[test]
    fn lines_end_at_the_middle_of_boxes_that_are_alike() {
        let code =
            "flowchart LR\n  A[甲甲] --> B{乙}\n  B -->|能| C[丙丙丙丙]\n  B -->|不能| D[丁丁]\n";
        let graph = parse_mermaid_strict(code).unwrap().graph;
        let layout = of(&graph, &Theme::neutral(), &config());
        assert_eq!(layout.nodes["C"].width, layout.nodes["D"].width);
        for edge in layout.edges.iter().filter(|edge| edge.from == "B") {
            let node = &layout.nodes[&edge.to];
            let (x, y) = *edge.points.last().unwrap();
            assert!((x - node.x).abs() < 1.0, "{edge:?}");
            assert!((y - node.y - node.height / 2.0).abs() < 1.0, "{edge:?}");
        }
    }

    #[test]
    fn the_middle_of_a_line_is_halfway_along_it() {
        assert_eq!(
            middle(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]),
            Some((4.0, 0.0))
        );
        assert_eq!(middle(&[(0.0, 0.0), (0.0, 6.0)]), Some((0.0, 3.0)));
        assert_eq!(middle(&[(1.0, 1.0)]), None);
    }
}
