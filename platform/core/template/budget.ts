import type { JsonObject } from '../../../contract/json';
import type { Expression } from './ast';
import { TemplateFault } from './fault';

/** UTF-8 bytes of one expression. */
export const MAX_EXPRESSION_BYTES = 16_384;
/** Levels of nesting in an expression and in a value. */
export const MAX_NESTING_DEPTH = 64;
/** Compact JSON characters of one result; also the limit of one string or array in between. */
export const MAX_OUTPUT_LENGTH = 1_048_576;
/**
 * About 50 ms of the slowest work. Steps are counted instead of time, so that the same text always
 * ends the same way.
 */
const MAX_STEPS = 1_000_000;
/** Everything that is built for one value: characters and elements together. */
const MAX_BUILT_LENGTH = 4 * MAX_OUTPUT_LENGTH;

/** Steps of all expressions of one engine step: they block the executor for this long at most. */
const MAX_SHARED_STEPS = 1_500_000;
/** Characters of all values of one engine step, which one transaction stores. */
const MAX_SHARED_OUTPUT_LENGTH = 12 * MAX_OUTPUT_LENGTH;

/** Creating an element costs about six plain steps on a busy machine. */
const STEPS_PER_ELEMENT = 6;

/** Objects with fewer keys are counted again: that is cheaper than to remember them. */
const REMEMBERED_KEY_COUNT = 16;

/** The limits of all expressions of one engine step together: many small ones are work too. */
export class SharedBudget {
  private steps = MAX_SHARED_STEPS;
  private output = MAX_SHARED_OUTPUT_LENGTH;
  /** An expression that is evaluated for each of a thousand items is parsed once. */
  readonly parseCache = new Map<string, Expression>();
  /** Numbers of keys by object: values do not change during a step. */
  readonly keyCounts = new WeakMap<JsonObject, number>();

  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) {
      const advice = 'work on fewer items at a time';
      throw new TemplateFault(
        'TEMPLATE_TIMEOUT',
        `the expressions need more than ${MAX_SHARED_STEPS} steps: ${advice}`,
      );
    }
  }

  chargeOutput(characters: number): void {
    this.output -= characters;
    if (this.output < 0) {
      const advice = 'produce less at a time';
      throw new TemplateFault(
        'TEMPLATE_LIMIT',
        `the values together are larger than ${MAX_SHARED_OUTPUT_LENGTH} characters: ${advice}`,
      );
    }
  }
}

/** The limits of one evaluation. Throws TEMPLATE_TIMEOUT for steps, TEMPLATE_LIMIT for size. */
export class Budget {
  private steps = MAX_STEPS;
  private remainingLength = MAX_BUILT_LENGTH;
  private outputLength = 0;
  constructor(private readonly shared = new SharedBudget()) {}

  /** Parsed expressions by their text. */
  get parseCache(): Map<string, Expression> {
    return this.shared.parseCache;
  }

  /** Call it before the work. */
  spend(steps: number): void {
    this.shared.spend(steps);
    this.steps -= steps;
    if (this.steps < 0) {
      throw new TemplateFault(
        'TEMPLATE_TIMEOUT',
        `the expression needs more than ${MAX_STEPS} steps: work on less data`,
      );
    }
  }

  /** For scanning text, which is much cheaper than visiting elements. */
  chargeScan(text: string): void {
    this.spend(1 + Math.ceil(text.length / 16));
  }

  /** For a new string; call it before the string is built. */
  chargeString(length: number): void {
    this.chargeLength(length);
    this.spend(1 + Math.ceil(length / 16));
  }

  /** For a new array; call it before the array is built. */
  chargeArray(count: number): void {
    this.chargeLength(count);
    this.spend(1 + STEPS_PER_ELEMENT * count);
  }

  /**
   * Counts the keys of a large object once: `default` may test it thousands of times.
   */
  countKeys(object: JsonObject): number {
    const known = this.shared.keyCounts.get(object);
    if (known !== undefined) return known;
    const count = Object.keys(object).length;
    if (count >= REMEMBERED_KEY_COUNT) this.shared.keyCounts.set(object, count);
    this.spend(count);
    return count;
  }

  /** For what the templates of one value produce. */
  chargeOutput(outputSize: number): void {
    this.outputLength += outputSize;
    if (this.outputLength > MAX_OUTPUT_LENGTH) throw tooLarge();
    this.shared.chargeOutput(outputSize);
  }

  /** For text without templates. */
  chargeCopy(text: string): void {
    this.chargeScan(text);
    this.shared.chargeOutput(text.length);
  }

  /** Characters that the templates have produced. */
  get outputSize(): number {
    return this.outputLength;
  }

  private chargeLength(length: number): void {
    this.remainingLength -= length;
    if (length > MAX_OUTPUT_LENGTH || this.remainingLength < 0) throw tooLarge();
  }
}

export const tooLarge = (): TemplateFault =>
  new TemplateFault('TEMPLATE_LIMIT', `the value is larger than ${MAX_OUTPUT_LENGTH} characters: produce less`);

export const tooDeep = (): TemplateFault =>
  new TemplateFault('TEMPLATE_LIMIT', `the value is nested deeper than ${MAX_NESTING_DEPTH} levels: flatten it`);
