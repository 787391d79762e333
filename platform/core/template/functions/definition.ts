import type { Json, JsonObject } from '../../../../contract/json';
import type { Budget } from '../budget';
import { Fault, typeFault } from '../fault';
import type { Scope } from '../types';
import { typeName } from '../values';

/** What a function may see beside its arguments. */
export interface Run {
  readonly scope: Scope;
  readonly budget: Budget;
}

/** The arguments of one call, read by position and type. A wrong type is TEMPLATE_TYPE. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly values: readonly Json[],
  ) {}

  private kind(at: number): string {
    const value = this.any(at);
    return typeof value === 'number' ? 'this number' : typeName(value);
  }

  get count(): number {
    return this.values.length;
  }

  any(at: number): Json {
    return this.values[at]!;
  }

  text(at: number): string {
    const value = this.any(at);
    return typeof value === 'string' ? value : this.refuse(at, 'a string');
  }

  number(at: number): number {
    const value = this.any(at);
    return typeof value === 'number' ? value : this.refuse(at, 'a number');
  }

  integer(at: number): number {
    const value = this.any(at);
    return typeof value === 'number' && Number.isInteger(value) ? value : this.refuse(at, 'an integer');
  }

  array(at: number): Json[] {
    const value = this.any(at);
    return Array.isArray(value) ? value : this.refuse(at, 'an array');
  }

  object(at: number): JsonObject {
    const value = this.any(at);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : this.refuse(at, 'an object');
  }

  arrayOrText(at: number): Json[] | string {
    const value = this.any(at);
    return typeof value === 'string' || Array.isArray(value) ? value : this.refuse(at, 'an array or a string');
  }

  /** Throws TEMPLATE_TYPE that names the argument, and never its value, which may be secret. */
  refuse(at: number, wanted: string): never {
    throw typeFault(`${this.name}: argument ${at + 1} must be ${wanted}, not ${this.kind(at)}`);
  }
}

/** One function: how many arguments it takes, and what it makes of them. */
export interface Definition {
  readonly least: number;
  readonly most: number;
  call(args: Arguments, run: Run): Json;
}

export type FunctionTable = Readonly<Record<string, Definition>>;

/** A function of exactly `count` arguments. */
export const takes = (count: number, call: Definition['call']): Definition => ({ least: count, most: count, call });

/** A function of `least` to `most` arguments. */
export const takesBetween = (least: number, most: number, call: Definition['call']): Definition => ({
  least,
  most,
  call,
});

/** TEMPLATE_ARGUMENTS when it does not take that many. `given` of them (a filter's first) are not the author's. */
export function assertArity(name: string, { least, most }: Definition, got: number, given: number): void {
  if (got >= least && got <= most) return;
  const expected = least === most ? `${least - given}` : `${least - given} or ${most - given}`;
  const message = `Wrong number of arguments for ${name}: expected ${expected}, got ${got - given}`;
  throw new Fault('TEMPLATE_ARGUMENTS', message);
}
