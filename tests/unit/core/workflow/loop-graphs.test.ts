import { fc } from '../../../seeded-properties';
import { sized } from '../../../../helpers/sized';
import { graphOf } from '../../../../platform/core/workflow/graph';
import { task, workflow } from './workflow-simulator';

const nameOf = (n: number) => `t${n}`;

/** By task, the tasks to which it leads. */
const graphs = fc.integer({ min: 1, max: 7 }).chain((size) => {
  const names = Array.from({ length: size }, (_, n) => nameOf(n));
  const targets = fc.subarray(names, { maxLength: Math.min(3, size) });
  return fc
    .array(targets, { minLength: size, maxLength: size })
    .map((all) => new Map(names.map((n, i) => [n, all[i]!])));
});

const graphFor = (edges: ReadonlyMap<string, readonly string[]>) =>
  graphOf(workflow([...edges].map(([name, targets]) => task(name, { next: [{ do: [...targets] }] }))));

/** What a task leads to, over any number of transitions. */
function reachable(edges: ReadonlyMap<string, readonly string[]>, start: readonly string[]): Set<string> {
  const reached = new Set(start);
  for (const name of reached) edges.get(name)!.forEach((target) => reached.add(target));
  return reached;
}

const holdsFor = (claim: (edges: ReadonlyMap<string, readonly string[]>) => void) =>
  fc.assert(fc.property(graphs, claim), { numRuns: sized({ ci: 500, full: 5_000 }) });

test('without what leads back, no task that can run leads to itself', () => {
  holdsFor((edges) => {
    const { leadsBack, entryTasks } = graphFor(edges);
    const forward = new Map([...edges].map(([from, to]) => [from, to.filter((each) => !leadsBack(from, each))]));

    for (const name of reachable(
      edges,
      entryTasks.map((entry) => entry.name),
    ))
      expect(reachable(forward, forward.get(name)!)).not.toContain(name);
  });
});

test('what leads back leads to a task that leads to its own', () => {
  holdsFor((edges) => {
    const { leadsBack, loopAt, isInLoop } = graphFor(edges);

    for (const [from, targets] of edges) {
      for (const to of targets.filter((each) => leadsBack(from, each))) {
        expect(reachable(edges, [to])).toContain(from);
        expect([from, to].map((name) => isInLoop(name, loopAt(to)!))).toEqual([true, true]);
      }
    }
  });
});
