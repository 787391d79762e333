import type { JsonObject } from '../../../contract/json';
import type { Expression } from './ast';
import { Fault } from './fault';

/** Bytes of UTF-8 of one expression. */
export const MAX_EXPRESSION_BYTES = 16_384;
/** Levels of nesting, of an expression and of a value. */
export const MAX_DEPTH = 64;
/** Characters of compact JSON of one produced value, and of one string or elements of one array on the way to it. */
export const MAX_OUTPUT = 1_048_576;
/** About 50 ms of the slowest work there is. Steps are counted, not time, so the same text always ends the same way. */
const MAX_STEPS = 1_000_000;
/** Everything built on the way to one value, characters and elements together. */
const MAX_BUILT = 4 * MAX_OUTPUT;

/** Steps of all expressions of one decision of the engine: what an executor may be kept from everything else. */
const MAX_SHARED_STEPS = 1_500_000;
/** Characters of all values that one decision produces, which all are stored in one transaction. */
const MAX_SHARED_OUTPUT = 12 * MAX_OUTPUT;

/** Making an element costs about what six plain steps cost on a busy machine. */
const STEPS_PER_ELEMENT = 6;

/** What all the expressions of one decision may use up together: many small ones are work too. */
export class Allowance {
  private steps = MAX_SHARED_STEPS;
  private output = MAX_SHARED_OUTPUT;
  /** An expression that is evaluated for each of a thousand items is read once. */
  readonly parsed = new Map<string, Expression>();
  /** Own keys of objects that were asked about: values do not change while a decision lasts. */
  readonly counted = new WeakMap<JsonObject, number>();

  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) {
      const advice = 'work on fewer items at a time';
      throw new Fault('TEMPLATE_TIMEOUT', `the expressions need more than ${MAX_SHARED_STEPS} steps: ${advice}`);
    }
  }

  produce(characters: number): void {
    this.output -= characters;
    if (this.output < 0) {
      const advice = 'produce less at a time';
      throw new Fault(
        'TEMPLATE_LIMIT',
        `the values together are larger than ${MAX_SHARED_OUTPUT} characters: ${advice}`,
      );
    }
  }
}

/** What one evaluation or rendering may use up. TEMPLATE_TIMEOUT for steps, TEMPLATE_LIMIT for size. */
export class Budget {
  private steps = MAX_STEPS;
  private room = MAX_BUILT;
  private delivered = 0;
  constructor(private readonly allowance = new Allowance()) {}

  /** What parsing has made of texts so far. */
  get parsed(): Map<string, Expression> {
    return this.allowance.parsed;
  }

  /** Pays before the work is done. */
  spend(steps: number): void {
    this.allowance.spend(steps);
    this.steps -= steps;
    if (this.steps < 0) {
      throw new Fault('TEMPLATE_TIMEOUT', `the expression needs more than ${MAX_STEPS} steps: work on less data`);
    }
  }

  /** Pays for walking over text, which is much cheaper than walking over elements. */
  scan(text: string): void {
    this.spend(1 + Math.ceil(text.length / 16));
  }

  /** Pays for a new string of that length before it is made. */
  write(length: number): void {
    this.take(length);
    this.spend(1 + Math.ceil(length / 16));
  }

  /** Pays for a new array of that many elements before it is made. */
  collect(count: number): void {
    this.take(count);
    this.spend(1 + STEPS_PER_ELEMENT * count);
  }

  /** Own keys of an object. Counted once, as the same large object may be asked about thousands of times. */
  countKeys(object: JsonObject): number {
    const known = this.allowance.counted.get(object);
    if (known !== undefined) return known;
    const count = Object.keys(object).length;
    this.allowance.counted.set(object, count);
    this.spend(count);
    return count;
  }

  /** Adds up what the templates of one value produce. */
  deliver(size: number): void {
    this.delivered += size;
    if (this.delivered > MAX_OUTPUT) throw tooLarge();
    this.allowance.produce(size);
  }

  /** Pays for text that is passed on as its author wrote it. */
  copy(text: string): void {
    this.scan(text);
    this.allowance.produce(text.length);
  }

  /** Characters of what templates have produced so far. */
  get size(): number {
    return this.delivered;
  }

  private take(length: number): void {
    this.room -= length;
    if (length > MAX_OUTPUT || this.room < 0) throw tooLarge();
  }
}

export const tooLarge = (): Fault =>
  new Fault('TEMPLATE_LIMIT', `the value is larger than ${MAX_OUTPUT} characters: produce less`);

export const tooDeep = (): Fault =>
  new Fault('TEMPLATE_LIMIT', `the value is nested deeper than ${MAX_DEPTH} levels: flatten it`);
