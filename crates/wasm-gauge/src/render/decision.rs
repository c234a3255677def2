//! Which variant the weights speak for, and why.

use super::{Cell, Document};
use crate::judge::{Decision, ThroughputBy, points_text};

impl Decision {
    pub(super) fn add_to(&self, document: Document) -> Document {
        let document = document.heading("decision");
        let document = match &self.recommendation {
            Some(recommendation) => self
                .scores(document)
                .paragraph(recommendation.sentence.clone()),
            None => document.paragraph(format!(
                "No decision is made, because of what was not measured: {}.",
                self.missing.join("; ")
            )),
        };
        let document = document
            .paragraph(self.smaller_and_faster.sentence.clone())
            .paragraph(self.notably_smaller.sentence.clone());
        let document = match self.not_weighed.as_slice() {
            [] => document,
            apart => document.paragraph(format!("Not weighed: {}.", apart.join("; "))),
        };
        self.scores.iter().fold(document, |document, score| {
            let one_shot = match score.one_shot {
                true => " One-shot, for instances that answer once: scored, but never recommended.",
                false => "",
            };
            document.paragraph(format!(
                "{}: {}{one_shot}",
                score.variant, score.maturity_facts
            ))
        })
    }

    fn scores(&self, document: Document) -> Document {
        let points = |hundredths| Cell::Text(points_text(hundredths));
        let mut rows: Vec<Vec<Cell>> = self
            .scores
            .iter()
            .map(|score| {
                let mut row = vec![Cell::Name(score.variant.clone())];
                row.extend(score.points.values().map(points));
                row.push(points(score.total));
                row
            })
            .collect();
        let mut weights = vec![Cell::Text("weight".to_owned())];
        weights.extend(self.weights.values().map(Cell::Count));
        weights.push(Cell::Count(100));
        rows.push(weights);
        let throughput = match self.throughput_by {
            Some(ThroughputBy::Instructions) => {
                "by instructions, where at most 0.1 % from the reference is a tie with it"
            }
            Some(ThroughputBy::TimeRatio) => "by time ratios, where a tie with the reference is 1",
            Some(ThroughputBy::Fuel) | None => "by fuel, for want of instructions and times",
        };
        document
            .table(
                &[
                    "variant",
                    ">size",
                    ">throughput",
                    ">waste",
                    ">reclamation",
                    ">maturity",
                    ">score",
                ],
                rows,
            )
            .paragraph(format!(
                "Points of 100, the best measured having all; throughput is {throughput}; maturity is a judgement, with its facts below."
            ))
    }
}
