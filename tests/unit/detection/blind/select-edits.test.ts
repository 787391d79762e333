import { KINDS, type Edit, type Kind } from '../../../../tools/detection/blind/edit';
import { selectEdits, type Selection } from '../../../../tools/detection/blind/select-edits';

const edit = (kind: Kind, n: number, start = n * 100): Edit => ({
  id: `a.ts:${start}:${kind.replaceAll(' ', '-')}:1`,
  kind,
  file: 'a.ts',
  line: n,
  within: 'f',
  range: { start, end: start + 50 },
  original: 'a',
  replacement: 'b',
  form: 'expression',
});
const EDITS = Array.from({ length: 1_200 }, (_, n) => edit(KINDS[n % KINDS.length]!, n));
const every = () => true;
const idsOf = (selections: readonly Selection[]) => selections.map(({ edits }) => edits.map(({ id }) => id).join(' '));

/** How many selected edits each kind has. */
function countsOf(edits: readonly Edit[]): number[] {
  return KINDS.map((kind) => edits.filter((each) => each.kind === kind).length);
}

test('each kind has an equal share of the edits, and of the pairs', () => {
  const selections = selectEdits(EDITS, 24, 'a', every);
  const alone = selections.filter(({ edits }) => edits.length === 1);
  const pairs = selections.filter(({ edits }) => edits.length === 2);

  expect([alone.length, pairs.length]).toEqual([24, 24]);
  expect(countsOf(alone.flatMap(({ edits }) => edits))).toEqual(KINDS.map(() => 2));
  expect(countsOf(pairs.flatMap(({ edits }) => edits))).toEqual(KINDS.map(() => 4));
});

test('a selection depends on the seed only, and begins with every smaller one', () => {
  const selected = idsOf(selectEdits(EDITS, 20, 'a', every));

  expect(idsOf(selectEdits([...EDITS].reverse(), 20, 'a', every))).toEqual(selected);
  expect(idsOf(selectEdits(EDITS, 7, 'a', every))).toEqual(selected.slice(0, 14));
  expect(idsOf(selectEdits(EDITS, 20, 'b', every))).not.toEqual(selected);
});

test('no edit overlaps another one, or is one that its types do not allow', () => {
  const overlapping = [edit('off by one', 1), edit('branch lost', 2, 120)];
  const others = [edit('await lost', 3), edit('field lost', 4), edit('sort key dropped', 5)];
  const isPossible = ({ kind }: Edit) => kind !== 'await lost';

  const selected = selectEdits([...overlapping, ...others], 1, 'a', isPossible).flatMap(({ edits }) => edits);

  expect(selected.map(({ line }) => Math.max(line, 2)).sort()).toEqual([2, 4, 5]);
});

test('the share of a kind without places goes to the others', () => {
  const selections = selectEdits(
    EDITS.filter(({ kind }) => kind === 'off by one'),
    5,
    'a',
    every,
  );

  expect(selections.map(({ edits }) => edits.length)).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
});
