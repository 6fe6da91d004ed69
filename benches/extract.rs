//! Extraction on one core: the whole way and each stage of it, with jieba-rs tagging the same text beside them.
//!
//! `cargo bench --bench extract`. The text is what was written for the project: the samples and the annotated texts of
//! `data/`. `growth` shows that time is linear in length, on that text and on texts that no report is like.

mod syllables;

use std::path::Path;
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jieba_rs::Jieba;
use xiangtu::extract::evidence::Clues;
use xiangtu::extract::places::{self, Survey};
use xiangtu::extract::recognise::{Name, Scene};
use xiangtu::extract::{Context, context, evidence, indicate, model, recognise, relate};
use xiangtu::knowledge::{Rulings, Selected};
use xiangtu::pipeline::{extract_document, extract_documents};
use xiangtu::text::Document;

// As in the program.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    // What is read on first use is no part of a document's time.
    evidence::warm();
    black_box(extract_document("", &TEXTS[0]));
    LazyLock::force(&JIEBA);
    divan::main();
}

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The texts of the project, sorted by file name.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let folders = ["samples", "annotations/own"].map(|folder| data.join(folder));
    let files = folders.iter().flat_map(|folder| {
        let entries = std::fs::read_dir(folder).expect("the project's own texts");
        entries.map(|entry| entry.expect("a readable folder").path())
    });
    let texts = |ending: &std::ffi::OsStr| ending == "txt" || ending == "md";
    let mut files: Vec<_> = files.filter(|f| f.extension().is_some_and(texts)).collect();
    files.sort();
    let read = |path| std::fs::read_to_string(path).expect("a readable file");
    files.iter().map(read).collect()
});

fn bytes() -> BytesCount {
    BytesCount::new(TEXTS.iter().map(String::len).sum::<usize>())
}

/// A document with what the stages before have found.
struct Known {
    doc: Document,
    survey: Survey,
    clues: Clues,
    spans: Vec<xiangtu::extract::crf::Span>,
}

impl Known {
    /// The names among the spans.
    fn choose(&self) -> Vec<Name> {
        let scene = Scene {
            doc: &self.doc,
            survey: &self.survey,
            clues: &self.clues,
        };
        scene.choose(&model().chooser, &model().forest, &self.spans)
    }
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |text: &String| {
        let doc = Document::new("", text);
        let survey = places::survey(&doc, &Selected::default());
        let clues = Clues::new(&doc.text);
        let spans = recognise::label(&model().crf, &doc, &survey, &clues);
        Known {
            doc,
            survey,
            clues,
            spans,
        }
    };
    TEXTS.iter().map(known).collect()
});

static CONTEXTS: LazyLock<Vec<Context>> = LazyLock::new(|| {
    let named = |k: &'static Known| {
        let names = k.choose();
        context(&k.doc, &k.survey, names.into(), &Rulings::default())
    };
    KNOWN.iter().map(named).collect()
});

fn each<T: Sync, R>(bencher: Bencher, all: &[T], stage: impl Fn(&T) -> R + Sync) {
    bencher.counter(bytes()).bench(|| {
        for one in all {
            black_box(stage(black_box(one)));
        }
    });
}

mod stages {
    use super::*;

    /// Normal form and outline.
    #[divan::bench(sample_count = 20)]
    fn a_text(bencher: Bencher) {
        each(bencher, &TEXTS, |text| Document::new("", text));
    }

    /// The home place and all names of divisions.
    #[divan::bench(sample_count = 20)]
    fn b_places(bencher: Bencher) {
        each(bencher, &KNOWN, |k| {
            places::survey(&k.doc, &Selected::default())
        });
    }

    /// Words with their tags, and terms of the lexicons.
    #[divan::bench(sample_count = 20)]
    fn c_segment(bencher: Bencher) {
        each(bencher, &KNOWN, |k| Clues::new(&k.doc.text));
    }

    /// The labelling of characters and the spans that it proposes.
    #[divan::bench(sample_count = 20)]
    fn d_label(bencher: Bencher) {
        each(bencher, &KNOWN, |k| {
            recognise::label(&model().crf, &k.doc, &k.survey, &k.clues)
        });
    }

    /// The features of spans and the choice among them.
    #[divan::bench(sample_count = 20)]
    fn e_choose(bencher: Bencher) {
        each(bencher, &KNOWN, |k| k.choose());
    }

    /// Which thing each name names; the choice, which gives the names, is in it.
    #[divan::bench(sample_count = 20)]
    fn f_choose_and_resolve(bencher: Bencher) {
        each(bencher, &KNOWN, |k| {
            let names = k.choose();
            context(&k.doc, &k.survey, names.into(), &Rulings::default())
                .spans
                .len()
        });
    }

    /// Facts.
    #[divan::bench(sample_count = 20)]
    fn g_relate(bencher: Bencher) {
        each(bencher, &CONTEXTS, relate);
    }

    /// Figures.
    #[divan::bench(sample_count = 20)]
    fn h_indicate(bencher: Bencher) {
        each(bencher, &CONTEXTS, indicate);
    }
}

mod whole {
    use super::*;

    /// From text to all that it says, as many texts together as commands take.
    #[divan::bench(sample_count = 20)]
    fn extract(bencher: Bencher) {
        let together: Vec<Vec<&str>> = TEXTS
            .chunks(128)
            .map(|texts| texts.iter().map(String::as_str).collect())
            .collect();
        each(bencher, &together, |texts| extract_documents(texts));
    }

    /// The same text by text.
    #[divan::bench(sample_count = 20)]
    fn extract_one_by_one(bencher: Bencher) {
        each(bencher, &TEXTS, |text| extract_document("", text));
    }

    /// The measure: jieba-rs tags the words of the same text and nothing else.
    #[divan::bench(sample_count = 20)]
    fn jieba_rs_tags(bencher: Bencher) {
        each(bencher, &TEXTS, |text| JIEBA.tag(text, true).len());
    }
}

mod growth {
    use super::*;

    const TIMES: [usize; 3] = [1, 10, 100];

    fn grows(bencher: Bencher, text: &str) {
        let read = |text: &str| extract_document("", text);
        let counter = BytesCount::of_str(text);
        bencher.counter(counter).bench(|| read(black_box(text)));
    }

    /// Reports, one behind the other: about ten kilobytes to a megabyte.
    #[divan::bench(args = TIMES, sample_count = 3)]
    fn reports(bencher: Bencher, times: usize) {
        let mut text = String::new();
        for report in TEXTS.iter().cycle() {
            text.push_str(report);
            if text.len() >= 10_000 * times {
                break;
            }
        }
        grows(bencher, &text);
    }

    /// The same on a single line.
    #[divan::bench(args = TIMES, sample_count = 3)]
    fn one_line(bencher: Bencher, times: usize) {
        let text: String = TEXTS.iter().flat_map(|text| text.lines()).collect();
        let text: String = text.chars().cycle().take(3_333 * times).collect();
        grows(bencher, &text);
    }

    /// Nothing but names, each another one: projects that end alike and enterprises.
    #[divan::bench(args = TIMES, sample_count = 3)]
    fn names(bencher: Bencher, times: usize) {
        const TAILS: [&str; 3] = ["高标准农田建设项目", "产业园项目", "农业开发有限公司"];
        let mut text = String::new();
        for i in 0_usize.. {
            text += &syllables::name(i);
            text += TAILS[i % TAILS.len()];
            text += if i % 20 == 19 { "。\n" } else { "、" };
            if text.len() >= 10_000 * times {
                break;
            }
        }
        grows(bencher, &text);
    }

    /// One character, digits, and marks of lists, over and over.
    #[divan::bench(args = TIMES, sample_count = 3)]
    fn one_character(bencher: Bencher, times: usize) {
        grows(bencher, &"镇".repeat(3_333 * times));
    }

    #[divan::bench(args = TIMES, sample_count = 3)]
    fn digits(bencher: Bencher, times: usize) {
        grows(bencher, &"0123456789".repeat(1_000 * times));
    }

    #[divan::bench(args = TIMES, sample_count = 3)]
    fn list_marks(bencher: Bencher, times: usize) {
        grows(bencher, &"、".repeat(3_333 * times));
    }
}
