import { resolveRelative } from '../resolve.mjs';

/** No file imports itself through others, not even for types: files can be read and tested one at a time. */
export function* check({ code }) {
  const graph = new Map();
  for (const [file, { imports }] of [...code].sort(([a], [b]) => a.localeCompare(b))) {
    const targets = new Set();
    for (const { specifier } of imports) {
      if (!specifier.startsWith('.')) continue;
      const target = resolveRelative(code, file, specifier);
      if (target !== undefined) targets.add(target);
    }
    graph.set(file, targets);
  }
  const reported = new Set();
  for (const file of graph.keys()) {
    if (reported.has(file)) continue;
    const cycle = shortestCycle(graph, file);
    if (cycle === undefined) continue;
    for (const member of cycle) reported.add(member);
    yield { file, line: 1, message: `import cycle: ${[...cycle, file].join(' -> ')}` };
  }
}

/** Breadth first from `start` back to `start`; the files on the way, beginning with `start`. */
function shortestCycle(graph, start) {
  const cameFrom = new Map();
  const queue = [start];
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) {
        const path = [file];
        while (path[0] !== start) path.unshift(cameFrom.get(path[0]));
        return path;
      }
      if (!cameFrom.has(next)) {
        cameFrom.set(next, file);
        queue.push(next);
      }
    }
  }
  return undefined;
}
