import type { Json, JsonObject } from '../../../../contract/json';
import type { Budget } from '../budget';
import { isNumber } from '../exact-arithmetic';
import { TemplateFault, typeFault } from '../fault';
import type { Scope } from '../types';
import { typeName } from '../values';

/** What a function can use beside its arguments. */
export interface FunctionContext {
  readonly scope: Scope;
  readonly budget: Budget;
}

/** The arguments of one call, by position and type. Throws TEMPLATE_TYPE for a wrong type. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly values: readonly Json[],
  ) {}

  private describeType(at: number): string {
    const value = this.any(at);
    return isNumber(value) ? 'this number' : typeName(value);
  }

  get count(): number {
    return this.values.length;
  }

  any(at: number): Json {
    return this.values[at]!;
  }

  text(at: number): string {
    const value = this.any(at);
    return typeof value === 'string' ? value : this.rejectArgument(at, 'a string');
  }

  number(at: number): number | bigint {
    const value = this.any(at);
    return isNumber(value) ? value : this.rejectArgument(at, 'a number');
  }

  /** A bigint beyond 2^53. */
  integer(at: number): number | bigint {
    const value = this.any(at);
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
    return this.rejectArgument(at, 'an integer');
  }

  /** An integer that is compared with positions: far beyond them, its last digits mean nothing. */
  position(at: number): number {
    return Number(this.integer(at));
  }

  array(at: number): Json[] {
    const value = this.any(at);
    return Array.isArray(value) ? value : this.rejectArgument(at, 'an array');
  }

  object(at: number): JsonObject {
    const value = this.any(at);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? value
      : this.rejectArgument(at, 'an object');
  }

  arrayOrText(at: number): Json[] | string {
    const value = this.any(at);
    return typeof value === 'string' || Array.isArray(value) ? value : this.rejectArgument(at, 'an array or a string');
  }

  /**
   * Throws TEMPLATE_TYPE. The message names the argument and never its value, which may be secret.
   */
  rejectArgument(at: number, expected: string): never {
    throw typeFault(`${this.name}: argument ${at + 1} must be ${expected}, not ${this.describeType(at)}`);
  }
}

/** One function and the number of its arguments. */
export interface FunctionDefinition {
  readonly minArguments: number;
  readonly maxArguments: number;
  call(args: Arguments, context: FunctionContext): Json;
}

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

/** A function of exactly `count` arguments. */
export const withArity = (count: number, call: FunctionDefinition['call']): FunctionDefinition => ({
  minArguments: count,
  maxArguments: count,
  call,
});

/** A function of `min` to `max` arguments. */
export const withArityBetween = (
  minArguments: number,
  maxArguments: number,
  call: FunctionDefinition['call'],
): FunctionDefinition => ({
  minArguments,
  maxArguments,
  call,
});

/**
 * Throws TEMPLATE_ARGUMENTS for a wrong number of arguments. `implicitCount` of them (a filter's
 * input) are not counted in the message.
 */
export function assertArity(
  name: string,
  { minArguments, maxArguments }: FunctionDefinition,
  got: number,
  implicitCount: number,
): void {
  if (got >= minArguments && got <= maxArguments) return;
  const expected =
    minArguments === maxArguments
      ? `${minArguments - implicitCount}`
      : `${minArguments - implicitCount} or ${maxArguments - implicitCount}`;
  const message = `Wrong number of arguments for ${name}: expected ${expected}, got ${got - implicitCount}`;
  throw new TemplateFault('TEMPLATE_ARGUMENTS', message);
}
