//! BPMN 2.0 as XML (业务流程图): nodes, flows and lanes as they are written down, places from the diagram interchange.
//!
//! Comes in: text. Goes out: a chart that is known for certain. Must never know: pictures.

use std::collections::BTreeMap;

use roxmltree::{Document, Node as Element, ParsingOptions};

use crate::model::chart::{Area, Chart, Edge, Lane, Node, NodeKind, Words};

/// A process with more elements than this is no flowchart.
const MOST_ELEMENTS: u32 = 50_000;

/// More nodes or flows than this are no flowchart.
const MOST_NODES: usize = 2000;

/// Reads a process; `None` if the text is no BPMN or has no nodes.
#[must_use]
pub fn read_bpmn(text: &str) -> Option<Chart> {
    let options = ParsingOptions { nodes_limit: MOST_ELEMENTS, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let elements: Vec<Element<'_, '_>> = document.descendants().filter(Element::is_element).collect();
    let places = Places::of(&elements);
    let mut ids: Vec<&str> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    for element in &elements {
        let (Some(kind), Some(id)) = (kind(element.tag_name().name()), element.attribute("id")) else { continue };
        if nodes.len() >= MOST_NODES {
            return None;
        }
        ids.push(id);
        nodes.push(Node {
            text: words(element, kind),
            kind,
            area: places.area(id),
            confidence: 1.0,
            lane: None,
            notes: Vec::new(),
        });
    }
    if nodes.is_empty() {
        return None;
    }
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|index| nodes.get(*index).map(|node| (node.area.y + node.area.height / 2, node.area.x)));
    let place = |id: &str| {
        let written = ids.iter().position(|other| *other == id)?;
        order.iter().position(|index| *index == written)
    };
    let edges = edges(&elements, place);
    let (lanes, members) = lanes(&elements, &places);
    let mut sorted: Vec<Node> = order.iter().filter_map(|index| nodes.get(*index).cloned()).collect();
    for (lane, id) in members {
        if let Some(node) = place(id).and_then(|node| sorted.get_mut(node)) {
            node.lane = Some(lane);
        }
    }
    let remarks =
        elements.iter().filter(|element| element.tag_name().name() == "textAnnotation").map(|element| Words {
            text: folded(&element.descendants().filter_map(|node| node.text()).collect::<String>()),
            area: places.area(element.attribute("id").unwrap_or_default()),
            confidence: 1.0,
        });
    let title = elements.iter().find(|element| element.tag_name().name() == "process")?.attribute("name");
    let title = title.map(folded).filter(|name| !name.is_empty());
    Some(Chart {
        size: places.size,
        title: title.map(|text| Words { text, area: Area::default(), confidence: 1.0 }),
        nodes: sorted,
        edges,
        lanes,
        words: remarks.collect(),
        confidence: 1.0,
        smallest_print: None,
        page: None,
    })
}

/// What an element is drawn as.
fn kind(name: &str) -> Option<NodeKind> {
    match name {
        "startEvent" | "endEvent" => Some(NodeKind::Terminal),
        "callActivity" | "subProcess" => Some(NodeKind::Step),
        _ if name == "task" || name.ends_with("Task") => Some(NodeKind::Step),
        _ if name.ends_with("Gateway") => Some(NodeKind::Decision),
        _ if name.ends_with("Event") && name.starts_with("intermediate") => Some(NodeKind::Terminal),
        _ => None,
    }
}

/// The name as it is drawn. Editors name gateways after their type; nobody sees that name.
fn words(element: &Element<'_, '_>, kind: NodeKind) -> String {
    let name = folded(element.attribute("name").unwrap_or_default());
    if kind == NodeKind::Decision && name.ends_with("Gateway") { String::new() } else { name }
}

fn edges(elements: &[Element<'_, '_>], place: impl Fn(&str) -> Option<usize>) -> Vec<Edge> {
    let mut all: Vec<Edge> = elements
        .iter()
        .filter(|element| element.tag_name().name() == "sequenceFlow")
        .take(MOST_NODES)
        .filter_map(|flow| {
            let label = folded(flow.attribute("name").unwrap_or_default());
            Some(Edge {
                from: place(flow.attribute("sourceRef")?)?,
                to: place(flow.attribute("targetRef")?)?,
                directed: true,
                dashed: false,
                label: (!label.is_empty()).then_some(label),
                confidence: 1.0,
            })
        })
        .collect();
    all.sort_by_key(|edge| (edge.from, edge.to));
    all
}

/// The lanes, and which node stands in which.
fn lanes<'a>(elements: &[Element<'a, 'a>], places: &Places) -> (Vec<Lane>, Vec<(usize, &'a str)>) {
    let mut members = Vec::new();
    let lanes =
        elements.iter().filter(|element| element.tag_name().name() == "lane").enumerate().map(|(index, lane)| {
            let inside = lane.children().filter(|child| child.tag_name().name() == "flowNodeRef");
            members.extend(inside.filter_map(|child| Some((index, child.text()?.trim()))));
            Lane {
                title: folded(lane.attribute("name").unwrap_or_default()),
                area: places.area(lane.attribute("id").unwrap_or_default()),
            }
        });
    (lanes.collect(), members)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where elements are drawn; the upper left one begins at 0.
struct Places {
    bounds: BTreeMap<String, [f64; 4]>,
    origin: (f64, f64),
    size: (u32, u32),
}

impl Places {
    fn of(elements: &[Element<'_, '_>]) -> Self {
        let mut bounds = BTreeMap::new();
        for shape in elements.iter().filter(|element| element.tag_name().name() == "BPMNShape") {
            let Some(drawn) = shape.children().find(|child| child.tag_name().name() == "Bounds") else { continue };
            let number = |name: &str| {
                drawn
                    .attribute(name)
                    .and_then(|value| value.trim().parse::<f64>().ok())
                    .filter(|value| value.is_finite())
            };
            if let (Some(id), Some(x), Some(y), Some(width), Some(height)) =
                (shape.attribute("bpmnElement"), number("x"), number("y"), number("width"), number("height"))
            {
                bounds.insert(id.to_owned(), [x, y, width, height]);
            }
        }
        let least = |part: usize| bounds.values().map(|bounds| bounds[part]).fold(f64::MAX, f64::min).min(0.0);
        let origin = (least(0), least(1));
        let most = |part: usize, origin: f64| {
            bounds.values().map(|bounds| bounds[part] + bounds[part + 2] - origin).fold(0.0, f64::max) as u32
        };
        let size = (most(0, origin.0), most(1, origin.1));
        Self { bounds, origin, size }
    }

    fn area(&self, id: &str) -> Area {
        let Some([x, y, width, height]) = self.bounds.get(id) else { return Area::default() };
        Area {
            x: (x - self.origin.0) as u32,
            y: (y - self.origin.1) as u32,
            width: *width as u32,
            height: *height as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROCESS: &str = r#"<?xml version="1.0"?><definitions xmlns="m" xmlns:di="d" xmlns:dc="c"><process name="审批">
        <laneSet><lane id="l" name="窗口"><flowNodeRef>s</flowNodeRef></lane></laneSet>
        <endEvent id="e"/><userTask id="s" name=" 受理
        申请 "/><exclusiveGateway id="g" name="Exclusive Gateway"/><startEvent id="a" name="开始"/>
        <sequenceFlow sourceRef="a" targetRef="s"/><sequenceFlow sourceRef="s" targetRef="g"/>
        <sequenceFlow name="不予受理" sourceRef="g" targetRef="e"/><sequenceFlow sourceRef="g" targetRef="nobody"/>
        </process><di:BPMNDiagram><di:BPMNPlane>
        <di:BPMNShape bpmnElement="a"><dc:Bounds x="-10" y="0" width="20" height="20"/></di:BPMNShape>
        <di:BPMNShape bpmnElement="s"><dc:Bounds x="50" y="0" width="80" height="30"/></di:BPMNShape>
        <di:BPMNShape bpmnElement="g"><dc:Bounds x="60" y="60" width="40" height="40"/></di:BPMNShape>
        <di:BPMNShape bpmnElement="e"><dc:Bounds x="60" y="150" width="20" height="20"/></di:BPMNShape>
        </di:BPMNPlane></di:BPMNDiagram></definitions>"#;

    #[test]
    fn nodes_flows_and_lanes_are_read_as_they_are_drawn() {
        let chart = read_bpmn(PROCESS).expect("a process");
        let texts: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
        assert_eq!(texts, ["开始", "受理 申请", "", ""]);
        let edges: Vec<(usize, usize, Option<&str>)> =
            chart.edges.iter().map(|edge| (edge.from, edge.to, edge.label.as_deref())).collect();
        assert_eq!(edges, [(0, 1, None), (1, 2, None), (2, 3, Some("不予受理"))]);
        assert_eq!((chart.nodes[2].kind, chart.nodes[1].lane), (NodeKind::Decision, Some(0)));
        assert_eq!(chart.nodes[1].area, Area { x: 60, y: 0, width: 80, height: 30 });
        assert_eq!(chart.size, (140, 170));
    }

    #[test]
    fn other_xml_and_broken_text_are_no_process() {
        assert_eq!(read_bpmn("<svg><text>受理</text></svg>"), None);
        assert_eq!(read_bpmn("<definitions><process>"), None);
        assert_eq!(read_bpmn(""), None);
    }
}
