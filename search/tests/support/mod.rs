//! A small site of laws and lessons, as a pack.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::Path;

use inkstone_search::{
    FolderSearcher, Hit, Label, Pack, PackOptions, PackWriter, Page, Query, Section, Tags,
};

/// Page title, section title, text, kind, education theme, date.
pub type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

pub const ROWS: &[Row] = &[
    (
        "劳动合同法",
        "",
        "为了完善劳动合同制度，制定本法。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第一章 总则",
        "",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第十条",
        "建立劳动关系，应当订立书面劳动合同。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第五十四条",
        "集体合同订立后，应当报送劳动行政部门。\n双方当事人按照国家规定执行。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "民法典",
        "",
        "婚姻家庭受国家保护。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第五十四条",
        "自然人从事工商业经营，经依法登记，为个体工商户。个体工商户可以起字号。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第五十六条",
        "个体工商户的债务，个人经营的，以个人财产承担；家庭经营的，以家庭财产承担。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第一千零七十九条",
        "夫妻一方要求离婚的，可以由有关组织进行调解。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第一千零七十九条之二",
        "债务个体，户的工商。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "清风课堂",
        "Public Service 公共服务",
        "Ａ股与ＧＢ18030：<b>republic</b> & 的，实。",
        "lesson",
        "integrity",
        "",
    ),
    ("清风课堂", "砚", "墨磨于砚。", "lesson", "integrity", ""),
    (
        "旧办法",
        "第一条",
        "個體工商戶的债务，个人经营的，以个人财产承担；正当防卫不承担责任。",
        "policy",
        "",
        "2019-03-01",
    ),
    (
        "新办法",
        "第一条",
        "正当防卫的认定，应当依法进行。",
        "policy",
        "law",
        "2024-03-01",
    ),
];

pub fn label(id: &str, name: &str, parent: &str) -> Label {
    Label {
        id: id.into(),
        name: name.into(),
        url: format!("themes/{id}/"),
        parent: parent.into(),
    }
}

pub fn pack() -> Pack {
    pack_of(ROWS, PackOptions::default())
}

/// A pack of pages of these sections.
pub fn pack_of(rows: &[Row], mut options: PackOptions) -> Pack {
    options.education_themes = vec![
        label("integrity", "党风廉政", "party"),
        label("party", "党的建设", ""),
        label("law", "法治思想", ""),
    ];
    let mut writer = PackWriter::new(options);
    let mut batch = writer.batch();
    let mut tags = Vec::new();
    let themes = rows.iter().map(|row| [row.4]).collect::<Vec<_>>();
    let mut last = "";
    for (number, (page_title, title, text, kind, theme, date)) in rows.iter().enumerate() {
        if last != *page_title {
            let page = Page {
                source: &format!("pages/0/{page_title}.md"),
                url: &format!("pages/0/{page_title}/"),
                title: page_title,
                number: if *page_title == "旧办法" {
                    "青法〔2019〕3号"
                } else {
                    ""
                },
                ..Page::default()
            };
            batch.page(&page);
            tags.push(Tags {
                kind,
                education_themes: if theme.is_empty() {
                    &[]
                } else {
                    &themes[number]
                },
                date: Some(*date).filter(|date| !date.is_empty()),
                status: if *page_title == "旧办法" {
                    "已废止"
                } else {
                    ""
                },
                ended: *page_title == "旧办法",
                issuer: if *kind == "policy" {
                    "青砚县人民法院"
                } else {
                    ""
                },
                ..Tags::default()
            });
            last = page_title;
        }
        let section = Section {
            anchor: &format!("s{number}"),
            title,
            text,
            ..Section::default()
        };
        batch.section(&section).unwrap();
    }
    let batch = batch.close();
    let tags = writer.tags(&batch, tags);
    writer.add((&batch, [0; 16]), (&tags, [1; 16]));
    writer.finish().unwrap()
}

pub fn write(pack: &Pack, folder: &Path) {
    std::fs::create_dir_all(folder.join("chunks")).unwrap();
    for (path, bytes) in &pack.files {
        std::fs::write(folder.join(path), bytes).unwrap();
    }
}

pub fn query(text: &str) -> Query {
    Query {
        text: text.into(),
        limit: 10,
        ..Query::default()
    }
}

pub fn search(text: &str) -> Vec<Hit> {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let results = searcher.search(&query(text)).unwrap();
    assert_eq!(results.total, results.hits.len());
    results.hits
}

/// The first hit's page and section.
pub fn first(text: &str) -> Option<(String, String)> {
    let hit = search(text).into_iter().next()?;
    Some((hit.page_title, hit.section))
}

#[track_caller]
pub fn check(text: &str, page: &str, section: &str) {
    assert_eq!(first(text), Some((page.into(), section.into())), "{text}");
}
