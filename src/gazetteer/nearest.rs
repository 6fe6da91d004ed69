//! Which of several divisions of one name a document means: the one nearest to the place that it is about.

use super::{DivisionId, FormKind, Gazetteer, Level};

impl Gazetteer {
    /// The division that a name means in a document about `home`: the nearest one, if it is the only one so near.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Gazetteer};
    /// let near = |home| Gazetteer::get().nearest(Some(DivisionId(home)), "锦江镇").map(|id| id.0);
    /// assert_eq!((near(360923), near(43)), (Some(360923102), None));
    /// ```
    pub fn nearest(&self, home: Option<DivisionId>, name: &str) -> Option<DivisionId> {
        let line: Vec<DivisionId> = home.map(|h| self.lineage(h).collect()).unwrap_or_default();
        let hits = self.named(name);
        if let Some(home) = home.filter(|h| h.level() >= Level::County)
            && let Some(village) = self.near_villages(home).called(name)
            && !hits.iter().any(|h| line.contains(&h.id))
        {
            return Some(DivisionId(village.code));
        }
        let exists = |id: DivisionId| self.division(id).is_some_and(|d| d.until.is_none());
        let mut best: Option<(u32, DivisionId)> = None;
        let mut tie = false;
        for hit in hits {
            let near = if line.first() == Some(&hit.id) {
                100
            } else if line.contains(&hit.id) {
                90
            } else {
                self.lineage(hit.id)
                    .find(|above| line.contains(above))
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
            let score = near.max(rank) + form + u32::from(exists(hit.id));
            match best {
                Some((top, _)) if top > score => {}
                Some((top, id)) if top == score => tie |= id != hit.id,
                _ => (best, tie) = (Some((score, hit.id)), false),
            }
        }
        best.filter(|_| !tie).map(|(_, id)| id)
    }
}
