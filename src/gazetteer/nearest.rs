//! Which of several divisions of one name a document means: the one nearest to the place that it is about.

use super::{DivisionId, FormKind, Gazetteer, Level, NearVillages};

/// The place that a document is about, to tell which divisions its names mean.
pub struct Near<'a> {
    gazetteer: &'a Gazetteer,
    /// The place and all divisions above it.
    line: Vec<DivisionId>,
    villages: Option<NearVillages<'a>>,
}

impl Gazetteer {
    /// What tells which divisions names mean in a document about `home`.
    pub fn near(&self, home: Option<DivisionId>) -> Near<'_> {
        Near {
            gazetteer: self,
            line: home.map(|h| self.lineage(h).collect()).unwrap_or_default(),
            villages: home
                .filter(|h| h.level() >= Level::County)
                .map(|h| self.near_villages(h)),
        }
    }

    /// The division that a name means in a document about `home`: the nearest one, if it is the only one so near.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let near = |home| Gazetteer::get().nearest(Some(DivisionId(home)), "锦江镇").map(|id| id.0);
    /// assert_eq!((near(360923), near(43)), (Some(360923102), None));
    /// ```
    pub fn nearest(&self, home: Option<DivisionId>, name: &str) -> Option<DivisionId> {
        self.near(home).division(name)
    }
}

impl Near<'_> {
    /// The division that a name means: the nearest one, if it is the only one so near.
    pub fn division(&self, name: &str) -> Option<DivisionId> {
        let Self {
            gazetteer,
            line,
            villages,
        } = self;
        let hits = gazetteer.named(name);
        if let Some(village) = villages.and_then(|villages| villages.called(name))
            && !hits.iter().any(|h| line.contains(&h.id))
        {
            return Some(DivisionId(village.code));
        }
        let mut best: Option<(u32, DivisionId)> = None;
        let mut tie = false;
        for hit in hits {
            let near = if line.first() == Some(&hit.id) {
                100
            } else if line.contains(&hit.id) {
                90
            } else {
                gazetteer
                    .first_above(hit, line)
                    .map_or(0, |common| match common.level() {
                        Level::Township | Level::Village => 85,
                        Level::County => 80,
                        Level::Prefecture => 60,
                        Level::Province => 40,
                    })
            };
            // Provinces and prefectures are known everywhere; a full name says more than a short one.
            let rank = match hit.id.level() {
                Level::Province => 45,
                Level::Prefecture => 42,
                Level::County if hit.kind.has_head() => 20,
                Level::County => 15,
                _ => 0,
            };
            let form = match hit.kind {
                FormKind::Full => 3,
                FormKind::Brief | FormKind::Short => 2,
                _ => 0,
            };
            let least = near.max(rank) + form;
            // One more for what exists is too little.
            if best.is_some_and(|(top, _)| top > least + 1) {
                continue;
            }
            let score = least + u32::from(gazetteer.exists(hit));
            match best {
                Some((top, _)) if top > score => {}
                Some((top, id)) if top == score => tie |= id != hit.id,
                _ => (best, tie) = (Some((score, hit.id)), false),
            }
        }
        best.filter(|_| !tie).map(|(_, id)| id)
    }
}
