import { selectLoops } from '../../../cli/verify/changed/covered-files';
import type { LoopSource, PackSource } from '../../../cli/verify/changed/loop-source';

/** Two packs: `a.flow` runs `a.one` and the workflow `b.flow`, which runs `b.two`. */
const A: PackSource = {
  ref: 'a',
  directory: 'packs/a',
  components: [
    { ref: 'a.one', files: ['packs/a/actions/one.yaml', 'packs/a/actions/one.py'], names: [] },
    { ref: 'a.idle', files: ['packs/a/actions/idle.yaml', 'packs/a/actions/idle.py'], names: [] },
    { ref: 'a.flow', files: ['packs/a/workflows/flow.yaml'], names: ['a.one', 'b.flow', 'core.noop'] },
  ],
};
const B: PackSource = {
  ref: 'b',
  directory: 'packs/b',
  components: [
    { ref: 'b.two', files: ['packs/b/actions/two.yaml', 'packs/b/actions/two.sh'], names: [] },
    { ref: 'b.flow', files: ['packs/b/workflows/flow.yaml'], names: ['b.two', 'b.flow'] },
  ],
};

const loopOf = (pack: PackSource): LoopSource => ({
  file: `${pack.directory}/workflows/flow.yaml`,
  ref: `${pack.ref}.flow`,
  pack,
  documents: ['workflows/flow.yaml', 'verify/flow.expect.json', 'verify/flow.inputs.json'].map(
    (path) => `${pack.directory}/${path}`,
  ),
});

/** Refs of the loops that cover the file. */
const coveredBy = (file: string): string[] =>
  selectLoops([file], [loopOf(A), loopOf(B)], [A, B]).selected.map(({ loop }) => loop.ref);

test.each([
  ['its workflow', 'packs/a/workflows/flow.yaml', ['a.flow']],
  ['its inputs', 'packs/a/verify/flow.inputs.json', ['a.flow']],
  ['its expectation', 'packs/a/verify/flow.expect.json', ['a.flow']],
  ['the YAML file of an action that it names', 'packs/a/actions/one.yaml', ['a.flow']],
  ['the program of that action', 'packs/a/actions/one.py', ['a.flow']],
  ['a workflow that it names', 'packs/b/workflows/flow.yaml', ['a.flow', 'b.flow']],
  ['an action that it names through another workflow', 'packs/b/actions/two.sh', ['a.flow', 'b.flow']],
  ['a file beside its actions', 'packs/a/actions/shared.py', ['a.flow']],
  ['a library of a pack that it uses', 'packs/b/lib/text.sh', ['a.flow', 'b.flow']],
  ['the manifest of its pack', 'packs/a/pack.yaml', ['a.flow']],
  ['the index of its pack', 'packs/a/pack.index.json', ['a.flow']],
  ['the requirements of its pack', 'packs/a/requirements.txt', ['a.flow']],
  ['the packages of its pack', 'packs/a/package.json', ['a.flow']],
  ['their lock', 'packs/a/package-lock.json', ['a.flow']],
])('a loop covers %s', (_, file, refs) => {
  expect(coveredBy(file)).toEqual(refs);
});

test.each([
  ['an action that no workflow names', 'packs/a/actions/idle.py'],
  ['the YAML file of a removed action', 'packs/a/actions/gone.yaml'],
  ['a workflow without an expectation', 'packs/a/workflows/other.yaml'],
  ['the expectation of no workflow', 'packs/a/verify/other.expect.json'],
  ['a text of a pack', 'packs/a/README.md'],
  ['a file of no pack', 'lib/text.py'],
  ['a file of a pack with a longer name', 'packs/ab/pack.yaml'],
])('no loop covers %s', (_, file) => {
  expect(coveredBy(file)).toEqual([]);
});

test('each file is covered or not, and a loop without one is not selected', () => {
  const changed = ['README.md', 'packs/b/actions/two.sh', 'packs/b/verify/flow.inputs.json'];

  const { selected, uncovered } = selectLoops(changed, [loopOf(A), loopOf(B)], [A, B]);
  const unchanged = selectLoops(['README.md'], [loopOf(A), loopOf(B)], [A, B]);

  expect(selected.map(({ loop, covers, otherPacks }) => [loop.ref, covers, otherPacks])).toEqual([
    ['a.flow', ['packs/b/actions/two.sh'], [B]],
    ['b.flow', ['packs/b/actions/two.sh', 'packs/b/verify/flow.inputs.json'], []],
  ]);
  expect(uncovered).toEqual(['README.md']);
  expect(unchanged).toEqual({ selected: [], uncovered: ['README.md'] });
});

test('a pack inside another one has its own files', () => {
  const outer: PackSource = { ref: 'outer', directory: '', components: [{ ref: 'outer.flow', files: [], names: [] }] };
  const loop: LoopSource = { file: 'workflows/flow.yaml', ref: 'outer.flow', pack: outer, documents: [] };

  const { selected, uncovered } = selectLoops(['lib/a.py', 'packs/a/lib/a.py'], [loop], [outer, A]);

  expect(selected.map(({ covers }) => covers)).toEqual([['lib/a.py']]);
  expect(uncovered).toEqual(['packs/a/lib/a.py']);
});
