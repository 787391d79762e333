import { ranked } from '../sample';
import { KINDS, type Edit, type Kind } from './edit';

/** One edit alone, or two at once. */
export interface Selection {
  readonly edits: readonly [Edit, ...Edit[]];
}

/**
 * `count` edits and as many pairs, alternately. Each kind has an equal share of the edits, and of
 * the pairs. The selection of a smaller count is the beginning of that of a larger one. No two
 * edits overlap, and each is one that its types allow.
 */
export function selectEdits(
  edits: readonly Edit[],
  count: number,
  seed: string,
  isPossible: (edit: Edit) => boolean,
): Selection[] {
  const draw = drawer(edits, seed, isPossible);
  const [single, paired] = [kindsInTurn(seed, 'single'), kindsInTurn(seed, 'pair')];
  const selections: Selection[] = [];
  for (let n = 0; n < count; n++) {
    const [alone, first, second] = [draw(single), draw(paired), draw(paired)];
    if (alone) selections.push({ edits: [alone] });
    if (first && second) selections.push({ edits: [first, second] });
  }
  return selections;
}

type NextKind = () => Kind;

/** Takes the first edit of the next kind that has one left; undefined if no kind has. */
function drawer(edits: readonly Edit[], seed: string, isPossible: (edit: Edit) => boolean) {
  const left = new Map(
    KINDS.map((kind) => {
      const own = edits.filter((edit) => edit.kind === kind);
      return [kind, ranked(own, own.length, seed)];
    }),
  );
  const taken: Edit[] = [];
  const take = (kind: Kind): Edit | undefined => {
    const candidates = left.get(kind)!;
    for (let edit = candidates.shift(); edit; edit = candidates.shift()) {
      if (taken.some((other) => overlaps(edit, other)) || !isPossible(edit)) continue;
      taken.push(edit);
      return edit;
    }
    return undefined;
  };
  return (nextKind: NextKind): Edit | undefined => {
    while ([...left.values()].some(({ length }) => length > 0)) {
      const edit = take(nextKind());
      if (edit) return edit;
    }
    return undefined;
  };
}

const ALL_KINDS = KINDS.map((id) => ({ id }));

/** All kinds, in another order each time. */
function kindsInTurn(seed: string, stream: string): NextKind {
  const waiting: { readonly id: Kind }[] = [];
  let cycle = 0;
  return () => {
    if (waiting.length === 0) waiting.push(...ranked(ALL_KINDS, KINDS.length, `${seed} ${stream} ${cycle++}`));
    return waiting.shift()!.id;
  };
}

/** An SQL file has one edit at most: its range is the whole file. */
const overlaps = (a: Edit, b: Edit): boolean =>
  a.file === b.file && a.range.start < b.range.end && b.range.start < a.range.end;
