/*
 * The built-in embedding of a text: how often each character trigram of its words occurs. It needs
 * no model and no extension, and finds texts that share parts of words, also with typing errors;
 * it does not know what words mean.
 */

/** Counts by trigram. */
export type Embedding = ReadonlyMap<string, number>;

/** Case and punctuation do not count; a word begins and ends with a space. */
export function embed(text: string): Embedding {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = ` ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) {
      const trigram = padded.slice(at, at + 3);
      counts.set(trigram, (counts.get(trigram) ?? 0) + 1);
    }
  }
  return counts;
}

/** From 0, nothing in common, to 1; 0 for an empty text. */
export function cosine(left: Embedding, right: Embedding): number {
  let product = 0;
  for (const [trigram, count] of left) product += count * (right.get(trigram) ?? 0);
  return product === 0 ? 0 : product / (norm(left) * norm(right));
}

const norm = (embedding: Embedding): number =>
  Math.sqrt([...embedding.values()].reduce((sum, count) => sum + count * count, 0));

const SIGNATURE_BITS = 512;
const WORD_BITS = 32;

/**
 * The signs of 512 pseudo-random projections, as a text of 0 and 1. The share of bits that differ
 * grows with the angle between two embeddings, so that a database can compare them quickly.
 */
export function signatureOf(embedding: Embedding): string {
  const sums = new Int32Array(SIGNATURE_BITS);
  for (const [trigram, count] of embedding) {
    let state = hash(trigram);
    for (let at = 0; at < SIGNATURE_BITS; at++) {
      if (at % WORD_BITS === 0) state = scramble(state + at + 1);
      sums[at]! += (state >>> (at % WORD_BITS)) & 1 ? count : -count;
    }
  }
  return Array.from(sums, (sum) => (sum > 0 ? '1' : '0')).join('');
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state >>> 0;
}

/** The finalizer of MurmurHash3: each bit of the result depends on every bit of the input. */
function scramble(value: number): number {
  let state = value;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
