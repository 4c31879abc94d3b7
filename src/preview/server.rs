//! Serves a [`Draft`] on 127.0.0.1 and tells open pages to reload.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, Uri, header};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use tokio::sync::watch;

use super::draft::{Draft, Index};
use crate::content::address;
use crate::content::site::SEARCH;
use crate::diagnostic::{Error, Failure};
use crate::language::Language;
use crate::output::Output;
use crate::text;

/// Where the preview's own parts live; no page can, since dot-files are no content.
const RELOAD: &str = "/.inkstone/reload.js";
const EVENTS: &str = "/.inkstone/events";
const RELOAD_SCRIPT: &str = include_str!("reload.js");

/// What open pages hear.
#[derive(Debug, Clone, Default)]
enum News {
    #[default]
    Nothing,
    Reload,
    Complaint(String),
}

/// The site and what is told of it, sent as one: whoever has seen a state of the site is not told
/// of it again.
#[derive(Default)]
struct Shown {
    draft: Option<Arc<Draft>>,
    news: News,
}

#[derive(Clone)]
struct Shared {
    shown: watch::Sender<Shown>,
    index: watch::Sender<Index>,
    language: Language,
}

impl Shared {
    /// The file at a path. Waits for the first state of the site, and for the first index.
    async fn find(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let index = self.index.borrow().clone();
        if let Some(bytes) = in_index(index.as_ref(), path)? {
            return Ok(Some(bytes));
        }
        let draft = first(&self.shown, |shown| shown.draft.clone()).await;
        let name = path.to_owned();
        // Drawing takes a moment: others are answered meanwhile.
        let drawn = tokio::task::spawn_blocking(move || draft.map(|draft| draft.file(&name)));
        let drawn = drawn.await.ok().flatten().transpose()?.flatten();
        if drawn.is_some() || index.is_some() || !path.contains(SEARCH) {
            return Ok(drawn);
        }
        in_index(first(&self.index, Index::clone).await.as_ref(), path)
    }
}

fn in_index(index: Option<&Arc<Output>>, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    Ok(index.map(|index| index.get(path)).transpose()?.flatten())
}

/// What was sent, or will be first.
async fn first<S, T>(sent: &watch::Sender<S>, part: impl Fn(&S) -> Option<T>) -> Option<T> {
    let mut sent = sent.subscribe();
    let state = sent.wait_for(|state| part(state).is_some()).await;
    state.ok().and_then(|state| part(&state))
}

/// A running server; it ends with the process.
pub(super) struct Server {
    shared: Shared,
    address: SocketAddr,
}

impl Server {
    /// Starts serving an empty site.
    pub(super) fn start(port: u16, language: Language) -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::because(
                text!(
                    "端口 {port} 不能用，换一个试试：`--port {0}`",
                    "port {port} cannot be used, try another: `--port {0}`",
                    port.wrapping_add(1)
                ),
                error,
            )
        };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let shared = Shared {
            shown: watch::Sender::default(),
            index: watch::Sender::default(),
            language,
        };
        let router = Router::new()
            .route(RELOAD, get(reload_script))
            .route(EVENTS, get(events))
            .fallback(file)
            .with_state(shared.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(failed)?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                // Ends only with the process; a failed accept is retried by axum.
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    let _ = axum::serve(listener, router).await;
                }
            });
        });
        Ok(Self { shared, address })
    }

    /// `http://127.0.0.1:8321/`
    pub(super) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Where finished indexes go.
    pub(super) fn index(&self) -> watch::Sender<Index> {
        self.shared.index.clone()
    }

    /// Serves `draft` from now on and reloads open pages.
    pub(super) fn show(&self, draft: Draft) -> Arc<Draft> {
        let draft = Arc::new(draft);
        self.shared.shown.send_replace(Shown {
            draft: Some(draft.clone()),
            news: News::Reload,
        });
        draft
    }

    /// Shows a complaint in open pages.
    pub(super) fn complain(&self, text: &str) {
        let complaint = News::Complaint(text.to_owned());
        self.shared
            .shown
            .send_modify(|shown| shown.news = complaint);
    }
}

async fn reload_script() -> Response<Body> {
    answer(StatusCode::OK, "a.js", RELOAD_SCRIPT.as_bytes().to_vec())
}

async fn events(
    State(shared): State<Shared>,
) -> Sse<impl futures_core::Stream<Item = Result<Event, Infallible>>> {
    let mut shown = shared.shown.subscribe();
    // A page that opens while the site is broken should hear of it, but not reload.
    let broken = matches!(shown.borrow().news, News::Complaint(_));
    if broken {
        shown.mark_changed();
    }
    let stream = futures_util::stream::unfold(shown, |mut shown| async move {
        shown.changed().await.ok()?;
        let event = match &shown.borrow_and_update().news {
            News::Nothing => Event::default().comment(""),
            News::Reload => Event::default().event("reload").data(""),
            News::Complaint(text) => Event::default().event("complaint").data(text),
        };
        Some((Ok(event), shown))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn file(State(shared): State<Shared>, uri: Uri) -> Response<Body> {
    let Some(path) = address::decode(uri.path().trim_start_matches('/')) else {
        return missing(&shared, "").await;
    };
    let name = match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.clone(),
    };
    match shared.find(&name).await {
        Ok(Some(bytes)) => return answer(StatusCode::OK, &name, bytes),
        Ok(None) => {}
        Err(failure) => return failed(&super::shown(&failure, shared.language)),
    }
    let folder = format!("{path}/index.html");
    if name == path && matches!(shared.find(&folder).await, Ok(Some(_))) {
        let location = format!("/{}/", address::encode_uri(&path));
        let mut response = answer(StatusCode::MOVED_PERMANENTLY, "", Vec::new());
        if let Ok(location) = location.parse() {
            response.headers_mut().insert(header::LOCATION, location);
        }
        return response;
    }
    missing(&shared, &path).await
}

/// The page of the language that a missing path belongs to.
async fn missing(shared: &Shared, path: &str) -> Response<Body> {
    let top = path.split_once('/').map_or("", |(top, _)| top);
    let mut page = None;
    for name in [&*format!("{top}/404.html"), "404.html"] {
        page = page.or(shared.find(name).await.ok().flatten());
    }
    answer(StatusCode::NOT_FOUND, "404.html", page.unwrap_or_default())
}

/// What a page shows that cannot be drawn; the next save mends it, and reloads it.
fn failed(text: &str) -> Response<Body> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    answer(
        status,
        "500.html",
        format!("<pre>{text}</pre>\n").into_bytes(),
    )
}

fn answer(status: StatusCode, path: &str, mut bytes: Vec<u8>) -> Response<Body> {
    let kind = content_type(path);
    if kind.starts_with("text/html") {
        let script = format!("<script src=\"{RELOAD}\"></script>\n");
        bytes.extend(script.into_bytes());
    }
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}

fn content_type(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "vtt" => "text/vtt; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
