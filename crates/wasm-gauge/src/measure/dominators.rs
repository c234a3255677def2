//! The dominator tree of a graph, in time that hardly grows faster than the graph.

/// Nodes are numbers from 0; node 0 is where all ways begin.
pub(super) struct Graph {
    /// Where the successors of each node begin in `to`, and of the last where they end.
    first: Vec<usize>,
    to: Vec<u32>,
}

/// What node 0 leads to, in the order of a depth-first search: each node with the one that dominates it
/// immediately. A dominator comes before what it dominates. Node 0 itself is not among them.
pub(super) type Dominators = Vec<(u32, u32)>;

/// Stands where there is no number yet.
const NONE: u32 = u32::MAX;

impl Graph {
    /// The graph of `nodes` nodes with the edges `pairs`.
    pub(super) fn new(nodes: usize, pairs: &[(u32, u32)]) -> Self {
        let mut first = vec![0; nodes + 1];
        for (from, _) in pairs {
            first[*from as usize + 1] += 1;
        }
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let mut to = vec![0; pairs.len()];
        for (from, successor) in pairs {
            let at = &mut next[*from as usize];
            to[*at] = *successor;
            *at += 1;
        }
        Graph { first, to }
    }

    fn successors(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.to[self.first[node]..self.first[node + 1]]
    }

    /// For each node the one before it on a shortest way from node 0; none for node 0 and for what it does not
    /// lead to.
    pub(super) fn shortest(&self) -> Vec<Option<u32>> {
        let mut before = vec![None; self.first.len() - 1];
        let mut reached = vec![0];
        let mut next = 0;
        while let Some(from) = reached.get(next).copied() {
            next += 1;
            for node in self.successors(from) {
                if *node != 0 && before[*node as usize].is_none() {
                    before[*node as usize] = Some(from);
                    reached.push(*node);
                }
            }
        }
        before
    }

    /// Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph" (1979), the variant
    /// with simple linking: m log n steps at most.
    pub(super) fn dominators(&self) -> Dominators {
        // From here on nodes are called by their numbers in the search.
        let DepthFirstSearch {
            order,
            number,
            parent,
        } = self.search();
        let count = order.len();
        let reached: Vec<(u32, u32)> = (0..count as u32)
            .flat_map(|from| {
                let successors = self.successors(order[from as usize]).iter();
                successors.map(move |to| (*to, from))
            })
            .map(|(to, from)| (number[to as usize], from))
            .collect();
        let predecessors = Graph::new(count, &reached);
        let mut forest = Forest {
            ancestor: vec![NONE; count],
            best: (0..count as u32).collect(),
            semi: (0..count as u32).collect(),
            path: Vec::new(),
        };
        let mut dominator = vec![0; count];
        // Those whose semidominator a node is: the first, and behind each the next.
        let (mut bucket, mut next) = (vec![NONE; count], vec![NONE; count]);
        for node in (1..count as u32).rev() {
            for before in predecessors.successors(node) {
                let best = forest.best_above(*before);
                let semi = forest.semi[best as usize];
                if semi < forest.semi[node as usize] {
                    forest.semi[node as usize] = semi;
                }
            }
            let semi = forest.semi[node as usize];
            next[node as usize] = std::mem::replace(&mut bucket[semi as usize], node);
            let above = parent[node as usize];
            forest.ancestor[node as usize] = above;
            let mut waiting = std::mem::replace(&mut bucket[above as usize], NONE);
            while waiting != NONE {
                let best = forest.best_above(waiting);
                dominator[waiting as usize] =
                    if forest.semi[best as usize] < forest.semi[waiting as usize] {
                        best
                    } else {
                        above
                    };
                waiting = next[waiting as usize];
            }
        }
        for node in 1..count {
            if dominator[node] != forest.semi[node] {
                dominator[node] = dominator[dominator[node] as usize];
            }
        }
        (1..count)
            .map(|node| (order[node], order[dominator[node] as usize]))
            .collect()
    }

    fn search(&self) -> DepthFirstSearch {
        let mut search = DepthFirstSearch {
            order: Vec::new(),
            number: vec![NONE; self.first.len() - 1],
            parent: Vec::new(),
        };
        // The number of each node that the search is at, and those of its successors not looked at.
        let mut open: Vec<(u32, std::slice::Iter<u32>)> = vec![search.reach(0, 0, self)];
        while let Some((from, successors)) = open.last_mut() {
            match successors.next() {
                Some(node) if search.number[*node as usize] == NONE => {
                    let reached = search.reach(*node, *from, self);
                    open.push(reached);
                }
                Some(_) => {}
                None => {
                    open.pop();
                }
            }
        }
        search
    }
}

/// A depth-first search.
struct DepthFirstSearch {
    /// Nodes by number.
    order: Vec<u32>,
    /// Numbers by node; [`NONE`] where no way leads.
    number: Vec<u32>,
    /// By number, the number of the node that each was reached from.
    parent: Vec<u32>,
}

impl DepthFirstSearch {
    fn reach<'g>(
        &mut self,
        node: u32,
        parent: u32,
        graph: &'g Graph,
    ) -> (u32, std::slice::Iter<'g, u32>) {
        let number = self.order.len() as u32;
        self.number[node as usize] = number;
        self.order.push(node);
        self.parent.push(parent);
        (number, graph.successors(node).iter())
    }
}

/// The part of the search's tree that was looked at, its paths compressed.
struct Forest {
    ancestor: Vec<u32>,
    /// Of each path that was compressed, the node with the least semidominator.
    best: Vec<u32>,
    semi: Vec<u32>,
    /// Kept to be used again.
    path: Vec<u32>,
}

impl Forest {
    /// The node with the least semidominator from `node` up to below the root of its tree.
    fn best_above(&mut self, node: u32) -> u32 {
        let mut at = node;
        while self.ancestor[at as usize] != NONE {
            self.path.push(at);
            at = self.ancestor[at as usize];
        }
        // The one below the root has nothing to be compressed.
        self.path.pop();
        while let Some(at) = self.path.pop() {
            let above = self.ancestor[at as usize];
            let (best, above_best) = (self.best[at as usize], self.best[above as usize]);
            if self.semi[above_best as usize] < self.semi[best as usize] {
                self.best[at as usize] = above_best;
            }
            self.ancestor[at as usize] = self.ancestor[above as usize];
        }
        self.best[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The nodes that node 0 leads to when no way may go through `without`.
    fn reachable(pairs: &[(u32, u32)], without: Option<u32>) -> Vec<u32> {
        let mut reached = vec![0];
        let mut at = 0;
        while at < reached.len() {
            for (from, to) in pairs {
                if *from == reached[at] && Some(*to) != without && !reached.contains(to) {
                    reached.push(*to);
                }
            }
            at += 1;
        }
        reached
    }

    proptest! {
        #[test]
        fn a_dominator_is_on_all_ways(pairs in vec((0..12_u32, 0..12_u32), 0..40)) {
            let dominators: BTreeMap<u32, u32> =
                Graph::new(12, &pairs).dominators().into_iter().collect();
            let mut all = reachable(&pairs, None);
            all.retain(|node| *node != 0);
            all.sort_unstable();
            prop_assert!(all.iter().eq(dominators.keys()));
            for node in &all {
                let chain = std::iter::successors(dominators.get(node), |at| dominators.get(at));
                let mut chain: Vec<u32> = chain.copied().collect();
                chain.sort_unstable();
                let mut strict: Vec<u32> = all
                    .iter()
                    .copied()
                    .filter(|other| other != node && !reachable(&pairs, Some(*other)).contains(node))
                    .collect();
                strict.insert(0, 0);
                prop_assert_eq!(chain, strict);
            }
        }
    }
}
