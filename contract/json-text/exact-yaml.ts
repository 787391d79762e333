import { LineCounter, parseDocument, visit, type Document, type Scalar } from 'yaml';
import { exactInteger, exactNumber } from './exact-number';

/** A number of a document that cannot be kept. */
export interface UnkeptNumber {
  /** In characters of the text. */
  readonly offset: number;
  /** As it was written. */
  readonly source: string;
  /** The end of a sentence that starts with the number. */
  readonly reason: string;
  /** Infinity or NaN. */
  readonly isNonNumber: boolean;
}

/**
 * Makes the integers of a document, which was parsed with `intAsBigInt`, numbers, beyond 2^53
 * bigints. Returns the numbers that cannot be kept: larger integers, decimals that would be
 * rounded, infinity and NaN.
 */
export function keepNumbers(document: Document.Parsed): readonly UnkeptNumber[] {
  const unkept: UnkeptNumber[] = [];
  visit(document, {
    Scalar: (_, scalar) => {
      const reason = keepNumber(scalar);
      if (reason === null) return;
      const [offset = 0] = scalar.range ?? [];
      const { source = '' } = scalar;
      unkept.push({
        offset,
        source,
        reason,
        isNonNumber: !DECIMAL.test(source) && typeof scalar.value === 'number' && !Number.isFinite(scalar.value),
      });
    },
  });
  return unkept;
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function keepNumber(scalar: Scalar): string | null {
  const { value, source = '' } = scalar;
  if (typeof value === 'bigint') {
    const integer = exactInteger(value);
    scalar.value = integer ?? Number(value);
    return integer === null ? 'is too large: an integer has at most 64 bits; write it as a text' : null;
  }
  if (typeof value !== 'number') return null;
  if (!DECIMAL.test(source)) return Number.isFinite(value) ? null : 'is not a number of JSON';
  const number = exactNumber(source.replace(/^\+/, ''));
  return typeof number === 'object' ? number.reason : null;
}

/**
 * Parses one document; merge keys (`<<`) are replaced by what they name. Throws for a document
 * with an error, or with a number that cannot be kept.
 */
export function parseExactYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { merge: true, intAsBigInt: true, lineCounter });
  const [error] = document.errors;
  if (error) throw error;
  const [unkept] = keepNumbers(document);
  if (!unkept) return document.toJS();
  const { line, col } = lineCounter.linePos(unkept.offset);
  throw new RangeError(`line ${line}, column ${col}: the number ${unkept.source} ${unkept.reason}`);
}
