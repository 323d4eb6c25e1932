"""Fast causal inference on a few variables in NumPy, as one writes it with sets and matrix inverses.

Stable adjacency search with the union of separating sets, possible-d-sep, R0 to R4 applied one after the other as
causal-learn 0.1.3.8 does. Every partial correlation is computed once a problem. Answers requests, one line of JSON each:
{"op": "load", "n": variables, "rows": rows, "correlations": [[...], ...]}, then {"op": "run", "first": i, "count": k}.
"""
import json
import sys
import time
from itertools import combinations
from math import atanh, erfc, sqrt

import numpy as np

NONE, TAIL, ARROW, CIRCLE = 0, -1, 1, 2


class Fci:
    def __init__(self, correlation, rows, alpha):
        self.c, self.rows, self.alpha = correlation, rows, alpha
        self.n = len(correlation)
        self.cache = {}

    def independent(self, x, y, given):
        key = (min(x, y), max(x, y), frozenset(given))
        if key not in self.cache:
            at = [x, y, *given]
            p = np.linalg.inv(self.c[np.ix_(at, at)])
            r = min(abs(p[0, 1]) / sqrt(p[0, 0] * p[1, 1]), 1 - 1e-16)
            self.cache[key] = erfc(sqrt(self.rows - len(given) - 3) * atanh(r) / sqrt(2)) > self.alpha
        return self.cache[key]

    def skeleton(self):
        self.adjacent = [set(range(self.n)) - {i} for i in range(self.n)]
        self.separator = {}
        size = 0
        while max(map(len, self.adjacent)) > size:
            before = [set(a) for a in self.adjacent]
            for x, y in combinations(range(self.n), 2):
                if y not in before[x]:
                    continue
                sets = {s for beside in (before[x] - {y}, before[y] - {x}) for s in combinations(sorted(beside), size)}
                found = [s for s in sets if self.independent(x, y, s)]
                if found:
                    self.separate(x, y, set().union(*found))
            size += 1

    def separate(self, x, y, separator):
        self.adjacent[x].discard(y)
        self.adjacent[y].discard(x)
        self.separator[x, y] = self.separator[y, x] = separator

    def colliders(self):
        n = self.n
        self.mark = np.zeros((n, n), dtype=int)
        for i in range(n):
            for j in self.adjacent[i]:
                self.mark[i, j] = CIRCLE
        for b in range(n):
            for a, c in combinations(sorted(self.adjacent[b]), 2):
                if c not in self.adjacent[a] and b not in self.separator[a, c]:
                    self.mark[b, a] = self.mark[b, c] = ARROW

    def ancestors(self, x):
        found, todo = {x}, [x]
        while todo:
            at = todo.pop()
            for v in self.adjacent[at] - found:
                if self.mark[v, at] != ARROW:
                    found.add(v)
                    todo.append(v)
        return found

    def possible(self, x, y):
        ancestors = self.ancestors(x) | self.ancestors(y)
        todo = [(x, v) for v in self.adjacent[x] - {y}]
        seen = set(todo)
        while todo:
            u, v = todo.pop()
            if v not in ancestors:
                continue
            for w in self.adjacent[v] - {u, x, y}:
                collider = self.mark[v, u] == ARROW and self.mark[v, w] == ARROW
                if (collider or w in self.adjacent[u]) and (v, w) not in seen:
                    seen.add((v, w))
                    todo.append((v, w))
        return {v for _, v in seen}

    def separate_further(self):
        pairs = [(x, y) for x in range(self.n) for y in self.adjacent[x] if x < y]
        found = []
        for x, y in pairs:
            sides = self.possible(x, y), self.possible(y, x)
            beside = self.adjacent[x], self.adjacent[y]
            for size in range(2, max(map(len, sides)) + 1):
                sets = {s for side in sides for s in combinations(sorted(side), size)}
                new = [s for s in sets if not any(set(s) <= b for b in beside)]
                hits = [s for s in new if self.independent(x, y, s)]
                if hits:
                    found.append((x, y, set().union(*hits)))
                    break
        for x, y, separator in found:
            self.separate(x, y, separator)

    def rules(self):
        changed = True
        while changed:
            changed = self.first_three()
            if not changed:
                changed = self.fourth()

    def first_three(self):
        m, changed = self.mark, False
        for b in range(self.n):
            for c in sorted(self.adjacent[b]):
                if m[b, c] != CIRCLE:
                    continue
                others = self.adjacent[b] - {c}
                if m[c, b] != TAIL and any(m[b, a] == ARROW and a not in self.adjacent[c] for a in others):
                    m[b, c], m[c, b], changed = TAIL, ARROW, True
                    continue
                through = [a for a in others & self.adjacent[c] if m[b, a] == ARROW and m[a, c] == ARROW]
                over = any(m[c, a] == TAIL or m[a, b] == TAIL for a in through)
                both = [a for a in others & self.adjacent[c] if m[b, a] == ARROW and m[c, a] == CIRCLE]
                if over or any(d not in self.adjacent[a] for a, d in combinations(both, 2)):
                    m[b, c], changed = ARROW, True
        return changed

    def fourth(self):
        m = self.mark
        for b in range(self.n):
            for a in sorted(self.adjacent[b]):
                for c in sorted(self.adjacent[b] & self.adjacent[a]):
                    ends = m[a, b] == ARROW and m[a, c] == TAIL and m[b, c] == CIRCLE and m[c, b] == ARROW
                    if ends and self.discriminate(a, b, c):
                        return True
        return False

    def discriminate(self, a, b, c):
        m = self.mark
        todo, seen = [[a, b]], {a, b, c}
        while todo:
            path = todo.pop(0)
            for d in sorted(self.adjacent[path[0]] - seen):
                if m[path[0], d] != ARROW:
                    continue
                if d not in self.adjacent[c]:
                    tail = self.independent(d, c, path) or (
                        not self.independent(d, c, [v for v in path if v != b]) and b in self.separator[d, c]
                    )
                    if tail:
                        m[b, c] = TAIL
                    elif m[b, a] != TAIL:
                        m[b, a] = m[b, c] = ARROW
                    return m[b, c] != CIRCLE
                if m[d, path[0]] == ARROW and m[d, c] == TAIL and m[c, d] == ARROW:
                    seen.add(d)
                    todo.append([d, *path])
        return False

    def run(self):
        self.skeleton()
        self.colliders()
        self.separate_further()
        self.colliders()
        self.rules()
        return self.mark


for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "load":
        n, rows = request["n"], request["rows"]
        correlations = [np.array(c).reshape(n, n) for c in request["correlations"]]
        print(json.dumps({"numpy": np.__version__}), flush=True)
        continue
    begin = time.process_time()
    chosen = [correlations[i % len(correlations)] for i in range(request["first"], request["first"] + request["count"])]
    marks = [Fci(c, rows, 0.05).run() for c in chosen]
    seconds = time.process_time() - begin
    print(json.dumps({"seconds": seconds, "marks": [m.ravel().tolist() for m in marks]}), flush=True)
