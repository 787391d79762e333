import { pageData } from '../../../helpers/run-report/html-report';
import { childrenOf, taskGraph, treeGraphs, type TaskGraph } from '../../../helpers/run-report/task-graph';
import { claimOf, failure, node, runOf } from './runs';

/** Tasks by the names before them: `['b', 'a']` is started by a. */
const ran = (...tasks: readonly (readonly [label: string, triggeredBy?: string])[]) =>
  tasks.map(([label, triggeredBy = null], n) => node(n + 2, 1, label, { triggeredBy }));
const placesOf = ({ boxes }: TaskGraph) => boxes.map(({ label, layer, row }) => [label, layer, row]);
const edgesOf = ({ boxes, edges }: TaskGraph) =>
  edges.map(({ from, to }) => `${boxes[from]!.label} ${boxes[to]!.label}`);

test('a task is shown after those that lead to it; a loop moves nothing', () => {
  const graph = taskGraph(ran(['a'], ['b', 'a'], ['c', 'a'], ['d', 'c'], ['a', 'd']));

  expect(graph.boxes.map(({ label, layer, executions }) => [label, layer, executions])).toEqual([
    ['a', 0, [2, 6]],
    ['b', 1, [3]],
    ['c', 1, [4]],
    ['d', 2, [5]],
  ]);
  expect(edgesOf(graph)).toEqual(['a b', 'a c', 'c d', 'd a']);
  expect([graph.layers, graph.rows]).toEqual([3, 2]);
});

test('a branch stays in its row, and what starts several is in their middle', () => {
  const graph = taskGraph(ran(['a'], ['b', 'a'], ['c', 'a'], ['d', 'a'], ['e', 'c'], ['f', 'd'], ['g', 'f']));

  expect(placesOf(graph)).toEqual([
    ['a', 0, 1],
    ['b', 1, 0],
    ['c', 1, 1],
    ['e', 2, 1],
    ['d', 1, 2],
    ['f', 2, 2],
    ['g', 3, 2],
  ]);
});

test('a join is beside the middle of those that lead to it, with all edges', () => {
  const branches = ['b', 'c', 'd'] as const;
  const graph = taskGraph(
    ran(['a'], ...branches.map((b) => [b, 'a'] as const), ...branches.map((b) => ['j', b] as const)),
  );

  expect(placesOf(graph)).toEqual([
    ['a', 0, 1],
    ['b', 1, 0],
    ['c', 1, 1],
    ['d', 1, 2],
    ['j', 2, 1],
  ]);
  expect(edgesOf(graph)).toEqual(['a b', 'a c', 'a d', 'b j', 'c j', 'd j']);
  expect(graph.edges.every(({ via }) => via.length === 0)).toBe(true);
});

test('an edge that passes layers has a row in each, in which no task is', () => {
  const graph = taskGraph(ran(['a'], ['b', 'a'], ['c', 'b'], ['d', 'c'], ['d', 'a'], ['x', 'b'], ['x', 'c']));
  const { boxes, edges } = graph;
  const { via } = edges.find(({ from, to }) => boxes[from]!.label === 'a' && boxes[to]!.label === 'd')!;

  expect(via).toHaveLength(2);
  via.forEach((row, n) => {
    const beside = boxes.filter(({ layer }) => layer === n + 1).map((box) => Math.abs(box.row - row));
    expect(Math.min(...beside)).toBeGreaterThanOrEqual(0.7);
  });
});

test('no two tasks are at one place, whatever leads to what', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 50; round++) {
    const tasks = Array.from({ length: 60 }, (_, n) => [`t${n % 25}`, `t${random(25)}`] as const);
    const { boxes } = taskGraph(ran(...tasks));
    const near = boxes.filter((one, n) =>
      boxes.slice(0, n).some((other) => one.layer === other.layer && Math.abs(one.row - other.row) < 0.98),
    );
    expect(near).toEqual([]);
  }
});

test('the tasks of a definition are shown before they start', () => {
  const plan = [
    { name: 'report', next: [] },
    { name: 'check', next: ['approve', 'unknown'] },
    { name: 'build', next: ['approve'] },
    { name: 'approve', next: ['report'], isTakenOver: true },
  ];
  const graph = taskGraph(ran(['check'], ['build'], ['extra']), plan);

  expect(
    graph.boxes.map(({ label, layer, row, executions, isTakenOver }) => [label, layer, row, executions, isTakenOver]),
  ).toEqual([
    ['check', 0, 0, [2], false],
    ['build', 0, 1, [3], false],
    ['approve', 1, 0, [], true],
    ['report', 2, 0, [], false],
    ['extra', 0, 2, [4], false],
  ]);
  expect(edgesOf(graph)).toEqual(['check approve', 'build approve', 'approve report']);
});

test('a sequence of many tasks is one row', () => {
  const graph = taskGraph(ran(['t0'], ...Array.from({ length: 5_000 }, (_, n) => [`t${n + 1}`, `t${n}`] as const)));

  expect([graph.layers, graph.rows]).toEqual([5_001, 1]);
});

test('the children of an execution are those one level below it', () => {
  const nodes = [node(1, 0, 'flow'), node(2, 1, 'call'), node(3, 2, 'inner'), node(4, 1, 'after')];

  expect(childrenOf(nodes, 0).map(({ id }) => id)).toEqual([2, 4]);
  expect(childrenOf(nodes, 1).map(({ id }) => id)).toEqual([3]);
});

test('a page has the graph of each workflow of a tree, and nothing has none', () => {
  const nodes = [node(1, 0, 'flow'), node(2, 1, 'call'), node(3, 2, 'inner'), node(4, 1, 'after')];
  const tree = { id: 1, nodes, entries: [], reasons: [], lacks: [] };
  const run = runOf([claimOf({ result: 'failed', failure: failure({ executions: [tree] }) }), claimOf()]);
  const graphs = treeGraphs(nodes);
  const [red, green] = run.claims;

  expect(Object.entries(graphs).map(([id, { boxes }]) => [id, boxes.map(({ label }) => label)])).toEqual([
    ['1', ['call', 'after']],
    ['2', ['inner']],
  ]);
  expect(JSON.parse(pageData(run))).toEqual({
    ...run,
    claims: [{ ...red, failure: { ...red!.failure, executions: [{ ...tree, graphs }] } }, green],
  });
});
