interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Texts in quotes, words, and single characters. */
const PIECE = /'(?:[^'\\\n]|\\.)*'|[\w$]+|\S/g;

const piecesOf = (text: string): Piece[] =>
  [...text.matchAll(PIECE)].map(({ 0: piece, index }) => ({ text: piece, start: index, end: index + piece.length }));

/**
 * What the replacement of a part becomes when the part has changed to `changed`: what is between
 * the pieces that stay is exchanged, or else the same pieces are. Null where neither
 * is clear.
 */
export function carryOver({ find, replace }: { find: string; replace: string }, changed: string): string | null {
  const [old, next, now] = [piecesOf(find), piecesOf(replace), piecesOf(changed)];
  const head = commonLength(old, next);
  const tail = commonLength(old.slice(head).reverse(), next.slice(head).reverse());
  if (head + tail === 0) return replace;
  const range = exchangedIn(now, old, { head, tail });
  if (range === null) return null;
  const inserted = sliceOf(replace, next.slice(head, next.length - tail));
  const start = now[range.first]?.start ?? changed.length;
  if (range.count === 0) return `${changed.slice(0, start)}${inserted} ${changed.slice(start)}`.trim();
  return `${changed.slice(0, start)}${inserted}${changed.slice(now[range.first + range.count - 1]!.end)}`.trim();
}

/** Numbers of pieces that a part and its replacement have in common at both ends. */
interface Common {
  readonly head: number;
  readonly tail: number;
}

/** Which pieces of the changed part are exchanged. */
function exchangedIn(
  now: readonly Piece[],
  old: readonly Piece[],
  { head, tail }: Common,
): { first: number; count: number } | null {
  const count = old.length - head - tail;
  const isKept = startsWith(now, old.slice(0, head)) && startsWith(tailOf(now, tail), tailOf(old, tail));
  if (count > 0 && isKept && now.length >= head + tail) return { first: head, count: now.length - head - tail };
  // What is only inserted is found by the pieces around it.
  const before = count > 0 ? 0 : Math.min(head, 1);
  const after = count > 0 ? 0 : Math.min(tail, 1);
  const [position, ...others] = positionsOf(old.slice(head - before, old.length - tail + after), now);
  return position === undefined || others.length > 0 ? null : { first: position + before, count };
}

const tailOf = (pieces: readonly Piece[], count: number): Piece[] => pieces.slice(pieces.length - count);

function commonLength(left: readonly Piece[], right: readonly Piece[]): number {
  const different = left.findIndex(({ text }, n) => right[n]?.text !== text);
  return different < 0 ? left.length : different;
}

const sliceOf = (text: string, pieces: readonly Piece[]): string =>
  pieces.length === 0 ? '' : text.slice(pieces[0]!.start, pieces.at(-1)!.end);

const positionsOf = (anchor: readonly Piece[], pieces: readonly Piece[]): number[] =>
  pieces.flatMap((_, n) => (startsWith(pieces.slice(n), anchor) ? [n] : []));

const startsWith = (pieces: readonly Piece[], first: readonly Piece[]): boolean =>
  first.every(({ text }, n) => pieces[n]?.text === text);
