import type { Json } from '../../contract/json';
import type { ByteAutomaton } from '../core/secrets/byte-automaton';
import { PatternSet, type PatternLimits } from '../core/secrets/pattern-set';
import { PlainFinder, WrappedFinder, type PatternFinder } from '../core/secrets/pattern-finder';
import { MASK, PASS_THROUGH, createMaskingFilter, type OutputFilter } from './output-filter';
import { guardRedaction } from './redaction-fault';
import { linesOf, MAX_LINES, secretForms } from './secret-forms';

/** Longer texts are redacted in parts, so that the copies of them stay small. */
const PART_BYTES = 64 * 1_024;

/** Masks the secrets of one attempt in all of its output. */
export class Redactor {
  /** Finds every form of every secret; null: there is none. */
  private readonly automata: SecretAutomata | null;
  private isMasked = false;

  /**
   * `secrets`: any values; their strings of 4 characters or more are masked in all `secretForms`,
   * and `linesOf` them as they are. Throws RedactionFault.
   */
  constructor(secrets: readonly Json[]) {
    this.automata = guardRedaction(() => buildAutomata(secrets));
  }

  /** Whether a secret was masked so far. */
  get hasMasked(): boolean {
    return this.isMasked;
  }

  /** Throws RedactionFault. */
  redactText(text: string): string {
    const { automata } = this;
    return automata === null ? text : guardRedaction(() => this.mask(text, automata));
  }

  /**
   * Masks strings at any depth, member names too, and numbers that equal a secret. Throws
   * RedactionFault.
   */
  redactValue<T extends Json>(value: T): T {
    const { automata } = this;
    return automata === null ? value : (guardRedaction(() => this.redactJson(value, automata)) as T);
  }

  createFilter(): OutputFilter {
    return this.automata === null
      ? PASS_THROUGH
      : createMaskingFilter(findersOf(this.automata), () => (this.isMasked = true));
  }

  private redactJson(value: Json, automata: SecretAutomata): Json {
    if (typeof value === 'string') return this.mask(value, automata);
    if (typeof value === 'number' || typeof value === 'bigint') return this.maskNumber(value, automata);
    if (Array.isArray(value)) return value.map((member) => this.redactJson(member, automata));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [this.mask(name, automata), this.redactJson(member, automata)]),
    );
  }

  private mask(text: string, automata: SecretAutomata): string {
    const masked = maskText(text, automata);
    this.isMasked ||= masked !== null;
    return masked ?? text;
  }

  private maskNumber(value: number | bigint, automata: SecretAutomata): Json {
    if (maskText(String(value), automata) !== MASK) return value;
    this.isMasked = true;
    return MASK;
  }
}

/** Null: the text contains no secret. */
function maskText(text: string, automata: SecretAutomata): string | null {
  const bytes = Buffer.from(text);
  let isMasked = false;
  const filter = createMaskingFilter(findersOf(automata), () => (isMasked = true));
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    parts.push(filter.push(bytes.subarray(start, start + PART_BYTES)));
  parts.push(filter.end());
  return isMasked ? Buffer.concat(parts).toString() : null;
}

/** Together 1 MiB, shared as the forms of one secret are. */
const PLAIN_LIMITS: PatternLimits = { totalBytes: 704 * 1_024, minHeadBytes: 16 };
const WRAPPED_LIMITS: PatternLimits = { totalBytes: 320 * 1_024, minHeadBytes: 16 };

interface SecretAutomata {
  readonly plain: ByteAutomaton;
  readonly wrapped: ByteAutomaton;
}

const findersOf = ({ plain, wrapped }: SecretAutomata): PatternFinder[] => [
  new PlainFinder(plain),
  new WrappedFinder(wrapped),
];

function buildAutomata(secrets: readonly Json[]): SecretAutomata | null {
  const texts = new Set<string>();
  for (const secret of secrets) collectStrings(secret, texts);
  const [plain, wrapped] = [new PatternSet(PLAIN_LIMITS), new PatternSet(WRAPPED_LIMITS)];
  let count = 0;
  for (const text of texts) {
    const forms = secretForms(text);
    if (forms === null) continue;
    for (const { head, length } of forms.plain) plain.add(head, length);
    for (const { head, length } of forms.wrapped) wrapped.add(head, length);
    count++;
  }
  for (const line of [...texts].flatMap(linesOf).slice(0, MAX_LINES)) plain.add(Buffer.from(line));
  return count === 0 ? null : { plain: plain.buildAutomaton(), wrapped: wrapped.buildAutomaton() };
}

function collectStrings(value: Json, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) collectStrings(member, texts);
}
