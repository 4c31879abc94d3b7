//! The arguments, in both languages.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use inkstone::language::Language;

/// What the user asks for.
#[derive(Debug)]
pub struct Arguments {
    /// Flags that every command takes.
    pub common: Common,
    /// The command with its own flags.
    pub command: Action,
}

/// Flags that every command takes.
#[derive(Debug)]
pub struct Common {
    /// `--root`; without it the nearest folder upwards with a `site.toml`.
    pub root: Option<PathBuf>,
    /// `--output`; without it `ROOT/public`.
    pub output: Option<PathBuf>,
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--drafts`
    pub drafts: bool,
    /// `--strict`
    pub strict: bool,
    /// `--jobs`; without it one a core.
    pub jobs: Option<usize>,
    /// `--today`; without it `SOURCE_DATE_EPOCH`, else the clock.
    pub today: Option<inkstone::content::date::Date>,
    /// `--quiet`
    pub quiet: bool,
    /// `--json`
    pub json: bool,
    /// `--color`, settled.
    pub color: bool,
    /// `--lang`, `LC_ALL`, `LC_MESSAGES` or `LANG`, settled.
    pub language: Language,
}

/// The commands.
#[derive(Debug)]
pub enum Action {
    /// `init DIR`
    Init { dir: PathBuf },
    /// `build [--timings]`
    Build { timings: bool },
    /// `serve [--port N] [--poll]`
    Serve { port: u16, poll: bool },
    /// `check [--fix]`
    Check { fix: bool },
    /// `explain [CODE]`
    Explain { code: Option<String> },
    /// `new KIND TITLE`
    New {
        kind: String,
        title: String,
        folder: String,
    },
    /// `search QUERY` or `search --batch FILE`
    Search {
        query: Option<String>,
        batch: Option<PathBuf>,
        limit: usize,
        kinds: Vec<String>,
        education_themes: Vec<String>,
        folder: String,
    },
    /// `themes`
    Themes,
    /// `theme new NAME [FILE…]`
    NewTheme { name: String, files: Vec<String> },
}

/// Reads the program's arguments; prints help, version or a complaint and leaves when that is
/// all there is to do.
pub fn parse() -> Arguments {
    let words = std::env::args_os().collect::<Vec<_>>();
    let language = language_of(&words);
    let matches = command(language).get_matches_from(words);
    read(&matches, language)
}

/// The language is needed before the arguments are read, for help is one of them.
fn language_of(words: &[std::ffi::OsString]) -> Language {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if let Some(tag) = word.strip_prefix("--lang=") {
            return Language::from_tag(tag);
        }
        if word == "--lang" {
            return Language::from_tag(words.next().unwrap_or_default());
        }
    }
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let mut locales = variables
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    // Windows, and programs started from a desktop, have the language elsewhere.
    let locale = locales
        .find(|tag| !tag.is_empty())
        .or_else(sys_locale::get_locale);
    Language::from_tag(&locale.unwrap_or_default())
}

/// The whole command line, described in `language`.
pub fn command(language: Language) -> Command {
    let t = |zh: &'static str, en: &'static str| match language {
        Language::Chinese => zh,
        Language::English => en,
    };
    let flag = |name: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).help(help).global(true);
        arg.action(ArgAction::SetTrue)
    };
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).help(help).global(true);
        arg.value_name(value).action(ArgAction::Set)
    };
    let path = || value_parser!(PathBuf);
    let port = Arg::new("port")
        .long("port")
        .value_name("N")
        .default_value("8321");
    let limit = Arg::new("limit")
        .long("limit")
        .value_name("N")
        .default_value("10");
    let many = |name: &'static str, value: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).value_name(value).help(help);
        arg.action(ArgAction::Append)
    };
    let edition = |help: &'static str| {
        let arg = Arg::new("in").long("in").value_name("FOLDER").help(help);
        arg.default_value("").hide_default_value(true)
    };
    Command::new("inkstone")
        .version(env!("CARGO_PKG_VERSION"))
        .about(t(
            "砚：把 Markdown 课程、案例和政策变成可搜索的静态知识库",
            "Turns Markdown lessons, cases and policies into a searchable static site",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            option(
                "root",
                "DIR",
                t(
                    "站点所在文件夹（缺省：向上找到的第一个 site.toml 所在处）",
                    "the site's folder (default: the nearest one upwards with a site.toml)",
                ),
            )
            .value_parser(path()),
        )
        .arg(
            option(
                "output",
                "DIR",
                t(
                    "输出文件夹（缺省：public）",
                    "where the site goes (default: public)",
                ),
            )
            .value_parser(path()),
        )
        .arg(option(
            "base-url",
            "URL",
            t(
                "站点网址，替代 site.toml 里的 base_url",
                "the site's address, instead of base_url in site.toml",
            ),
        ))
        .arg(flag("drafts", t("连同草稿", "include drafts")))
        .arg(flag("strict", t("有警告也算失败", "warnings fail, too")))
        .arg(
            option(
                "jobs",
                "N",
                t("线程数（缺省：核数）", "threads (default: one a core)"),
            )
            .value_parser(value_parser!(u16).range(1..)),
        )
        .arg(
            option(
                "today",
                "YYYY-MM-DD",
                t("当作今天的日期", "the day to take for today"),
            )
            .value_parser(|text: &str| {
                let date = inkstone::content::date::Date::parse(text);
                date.ok_or("YYYY-MM-DD")
            }),
        )
        .arg(flag("quiet", t("只说错误", "say nothing but errors")))
        .arg(flag(
            "json",
            t("每行一个 JSON 对象", "one JSON object a line"),
        ))
        .arg(
            option(
                "color",
                "WHEN",
                t(
                    "彩色输出：auto、always、never",
                    "colours: auto, always, never",
                ),
            )
            .value_parser(["auto", "always", "never"])
            .default_value("auto"),
        )
        .arg(
            option(
                "lang",
                "LANG",
                t(
                    "消息语言：zh 或 en（缺省：看 LANG）",
                    "language of messages: zh or en (default: LANG)",
                ),
            )
            .value_parser(["zh", "en", "zh-CN", "en-US"]),
        )
        .subcommand(
            Command::new("init")
                .about(t(
                    "新建站点：设置和每类一篇示例",
                    "make a new site with one page of each kind",
                ))
                .arg(
                    Arg::new("dir")
                        .value_name("DIR")
                        .required(true)
                        .value_parser(path()),
                ),
        )
        .subcommand(
            Command::new("build").about(t("生成网站", "build the site")).arg(
                Arg::new("timings")
                    .long("timings")
                    .help(t(
                        "说明各阶段、模板、页面各用多少时间，并写出时间线 .inkstone/timings.json",
                        "say how long stages, templates and pages take, and write a timeline to .inkstone/timings.json",
                    ))
                    .action(ArgAction::SetTrue),
            ),
        )
        .subcommand(
            Command::new("serve")
                .about(t(
                    "预览：边改边看",
                    "live preview: rebuild on save, reload the browser",
                ))
                .arg(
                    port.help(t("端口", "the port"))
                        .value_parser(value_parser!(u16)),
                )
                .arg(
                    Arg::new("poll")
                        .long("poll")
                        .help(t(
                            "定时查看变化（网络共享盘用）",
                            "look for changes every second, for network shares",
                        ))
                        .action(ArgAction::SetTrue),
                ),
        )
        .subcommand(
            Command::new("check")
                .about(t(
                    "检查内容，不写任何文件",
                    "report everything that is wrong, write nothing",
                ))
                .arg(
                    Arg::new("fix")
                        .long("fix")
                        .help(t(
                            "就地改好能机械改好的，别的不动",
                            "mend in place what can be mended mechanically, touch nothing else",
                        ))
                        .action(ArgAction::SetTrue),
                ),
        )
        .subcommand(
            Command::new("explain")
                .about(t("解释检查报告里的代码", "explain the code of a finding"))
                .arg(Arg::new("code").value_name("CODE").help(t(
                    "代码，例如 broken-link；不写就列出全部",
                    "the code, such as broken-link; without one, all are listed",
                ))),
        )
        .subcommand(
            Command::new("new")
                .about(t(
                    "新建一页，填好页首设置",
                    "make a page with its front matter filled in",
                ))
                .arg(Arg::new("kind").value_name("KIND").required(true).help(t(
                    "类型：lesson、case、policy、page …",
                    "lesson, case, policy, page …",
                )))
                .arg(
                    Arg::new("title")
                        .value_name("TITLE")
                        .required(true)
                        .help(t("标题", "the title")),
                )
                .arg(edition(t(
                    "另一种语言的文件夹，页面放在那里，例如 en",
                    "the folder of another language, where the page goes, such as en",
                ))),
        )
        .subcommand(
            Command::new("search")
                .about(t(
                    "用浏览器里的同一引擎搜索已生成的网站",
                    "search the built site with the browser's own engine",
                ))
                .arg(
                    Arg::new("query")
                        .value_name("QUERY")
                        .required_unless_present("batch"),
                )
                .arg(
                    Arg::new("batch")
                        .long("batch")
                        .value_name("FILE")
                        .help(t("每行一个查询的文件", "a file with one query a line"))
                        .conflicts_with("query")
                        .value_parser(path()),
                )
                .arg(
                    limit
                        .help(t("最多几条", "most hits"))
                        .value_parser(value_parser!(u16)),
                )
                .arg(edition(t(
                    "另一种语言的文件夹，搜它的索引，例如 en",
                    "the folder of another language, whose index to search, such as en",
                )))
                .arg(many("kind", "KIND", t("只要这些类型", "only these kinds")))
                .arg(many(
                    "education-theme",
                    "ID",
                    t("只要这些教育主题", "only these education themes"),
                )),
        )
        .subcommand(Command::new("themes").about(t(
            "每页有哪些教育主题，为什么",
            "which education themes every page has, and why",
        )))
        .subcommand(
            Command::new("theme")
                .about(t("主题皮肤", "looks"))
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand(
                    Command::new("new")
                        .about(t(
                            "新建自己的皮肤，以默认皮肤为底",
                            "make a theme of your own that stands on the default one",
                        ))
                        .arg(
                            Arg::new("name")
                                .value_name("NAME")
                                .required(true)
                                .help(t("文件夹名", "the folder's name")),
                        )
                        .arg(Arg::new("files").value_name("FILE").num_args(0..).help(t(
                            "要改的默认文件，复制一份，例如 home.html",
                            "files of the default theme to copy and change, such as home.html",
                        ))),
                ),
        )
}

fn read(matches: &ArgMatches, language: Language) -> Arguments {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    let path = |matches: &ArgMatches, name: &str| matches.get_one::<PathBuf>(name).cloned();
    let color = match text(matches, "color").as_deref() {
        Some("always") => true,
        Some("never") => false,
        _ => {
            use std::io::IsTerminal;
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
        }
    };
    let common = Common {
        root: path(matches, "root"),
        output: path(matches, "output"),
        base_url: text(matches, "base-url"),
        drafts: matches.get_flag("drafts"),
        strict: matches.get_flag("strict"),
        jobs: matches.get_one::<u16>("jobs").map(|&jobs| jobs.into()),
        today: matches.get_one("today").copied(),
        quiet: matches.get_flag("quiet"),
        json: matches.get_flag("json"),
        color,
        language,
    };
    let command = match matches.subcommand() {
        Some(("init", matches)) => Action::Init {
            dir: path(matches, "dir").unwrap_or_default(),
        },
        Some(("serve", matches)) => Action::Serve {
            port: matches.get_one("port").copied().unwrap_or_default(),
            poll: matches.get_flag("poll"),
        },
        Some(("check", matches)) => Action::Check {
            fix: matches.get_flag("fix"),
        },
        Some(("explain", matches)) => Action::Explain {
            code: text(matches, "code"),
        },
        Some(("new", matches)) => Action::New {
            kind: text(matches, "kind").unwrap_or_default(),
            title: text(matches, "title").unwrap_or_default(),
            folder: text(matches, "in").unwrap_or_default(),
        },
        Some(("search", matches)) => {
            let many = |name: &str| {
                let values = matches.get_many::<String>(name);
                values.unwrap_or_default().cloned().collect()
            };
            Action::Search {
                query: text(matches, "query"),
                batch: path(matches, "batch"),
                limit: matches.get_one::<u16>("limit").map_or(10, |&n| n.into()),
                kinds: many("kind"),
                education_themes: many("education-theme"),
                folder: text(matches, "in").unwrap_or_default(),
            }
        }
        Some(("themes", _)) => Action::Themes,
        Some(("theme", matches)) => {
            // `new` is its only command.
            let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
            let files = matches.get_many::<String>("files").unwrap_or_default();
            Action::NewTheme {
                name: text(matches, "name").unwrap_or_default(),
                files: files.cloned().collect(),
            }
        }
        // clap has let no other command through.
        other => Action::Build {
            timings: other.is_some_and(|(_, matches)| matches.get_flag("timings")),
        },
    };
    Arguments { common, command }
}
