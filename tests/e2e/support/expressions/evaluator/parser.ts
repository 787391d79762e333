import { isObject, type Json } from '../../../../../contract/json';
import { callWith } from './callable';
import { ExpressionError, OperationError } from './expression-error';
import { FILTERS } from './filters';
import { FUNCTIONS } from './functions';
import { integerResult } from './numbers';
import { LEVELS, negative } from './operators';
import type { Scope } from './scope';
import { tokensOf, type Token } from './tokens';
import { charactersOf, isTrue } from './values';

/** A path that leads nowhere: the filter `default` replaces it, anything else throws its error. */
class Nowhere {
  constructor(readonly error: ExpressionError) {}
}

/** A part of an expression. `path`: as its author wrote it. */
interface Part {
  readonly path: string;
  find(scope: Scope): Json | Nowhere;
}

function valueOf(part: Part, scope: Scope): Json {
  const found = part.find(scope);
  if (found instanceof Nowhere) throw found.error;
  return found;
}

const computed = (find: (scope: Scope) => Json): Part => ({ path: '…', find });

/** Adds the column to an error of the operation. */
function inColumn<T>(column: number, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof OperationError) throw new ExpressionError(error.code, error.part, column);
    throw error;
  }
}

/** `value.name` and `value["name"]`. */
function memberOf(value: Json, name: string, path: string, column: number): Json | Nowhere {
  if (isObject(value) && Object.hasOwn(value, name)) return value[name]!;
  const isHost = ['__proto__', 'constructor', 'prototype'].includes(name);
  const code = !isObject(value) ? 'TEMPLATE_TYPE' : isHost ? 'TEMPLATE_FORBIDDEN' : 'TEMPLATE_NAME';
  const error = new ExpressionError(code, isObject(value) ? `Variable not found: ${path}` : `${path}: `, column);
  if (value === null || isObject(value)) return new Nowhere(error);
  throw error;
}

/** `value[key]`: a negative position counts from the end. */
function elementOf(value: Json, key: Json, path: string, column: number): Json | Nowhere {
  if (typeof key === 'string') return memberOf(value, key, path, column);
  if (value === null) return memberOf(value, '', path, column);
  const isPosition = typeof key === 'bigint' || Number.isInteger(key);
  if (isObject(value) || !(Array.isArray(value) || typeof value === 'string') || !isPosition) {
    throw new ExpressionError('TEMPLATE_TYPE', `${path}: `, column);
  }
  const elements: Json[] = typeof value === 'string' ? charactersOf(value) : value;
  const at = Number(key) < 0 ? elements.length + Number(key) : Number(key);
  if (at in elements) return elements[at]!;
  return new Nowhere(new ExpressionError('TEMPLATE_NAME', `Variable not found: ${path}`, column));
}

const CONSTANTS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const OPERATOR_WORDS = ['and', 'or', 'not', 'in'];

/** One expression, by recursive descent: a method for each level of precedence. */
class Parser {
  private readonly tokens: Token[];
  private at = 0;

  constructor(source: string) {
    this.tokens = tokensOf(source);
  }

  whole(): Part {
    const part = this.alternative();
    if (this.token.type !== 'end') throw this.syntaxError();
    return part;
  }

  private get token(): Token {
    return this.tokens[this.at]!;
  }

  private take(): Token {
    const taken = this.token;
    if (taken.type !== 'end') this.at += 1;
    return taken;
  }

  private accepts(...words: readonly string[]): Token | null {
    const { type, value } = this.token;
    return (type === 'sign' || type === 'word') && words.includes(value) ? this.take() : null;
  }

  private expect(word: string): void {
    if (this.accepts(word) === null) throw this.syntaxError();
  }

  private syntaxError({ column } = this.token): ExpressionError {
    return new ExpressionError('TEMPLATE_SYNTAX', '', column);
  }

  private alternative(): Part {
    let left = this.conjunction();
    while (this.accepts('or')) {
      const [first, second] = [left, this.conjunction()];
      left = computed((scope) => isTrue(valueOf(first, scope)) || isTrue(valueOf(second, scope)));
    }
    return left;
  }

  private conjunction(): Part {
    let left = this.negation();
    while (this.accepts('and')) {
      const [first, second] = [left, this.negation()];
      left = computed((scope) => isTrue(valueOf(first, scope)) && isTrue(valueOf(second, scope)));
    }
    return left;
  }

  private negation(): Part {
    if (!this.accepts('not')) return this.operation(0);
    const operand = this.negation();
    return computed((scope) => !isTrue(valueOf(operand, scope)));
  }

  /** Operators of one level, from left to right. */
  private operation(level: number): Part {
    const operators = LEVELS[level];
    if (operators === undefined) return this.minus();
    let left = this.operation(level + 1);
    for (let sign = this.accepts(...operators.keys()); sign; sign = this.accepts(...operators.keys())) {
      const { value, column } = sign;
      const [first, second] = [left, this.operation(level + 1)];
      left = computed((scope) => {
        const operands = [valueOf(first, scope), valueOf(second, scope)] as const;
        return inColumn(column, () => operators.get(value)!(...operands));
      });
    }
    return left;
  }

  private minus(): Part {
    const sign = this.accepts('-');
    if (sign === null) return this.postfix();
    const operand = this.minus();
    return computed((scope) => {
      const value = valueOf(operand, scope);
      return inColumn(sign.column, () => negative(value));
    });
  }

  /** Members, positions and filters, from left to right. */
  private postfix(): Part {
    let left = this.primary();
    for (;;) {
      const { column } = this.token;
      if (this.accepts('.')) left = this.member(left);
      else if (this.accepts('[')) left = this.element(left, column);
      else if (this.accepts('|')) left = this.filter(left);
      else if (this.token.type === 'sign' && this.token.value === '(') {
        throw new ExpressionError('TEMPLATE_FORBIDDEN', '', column);
      } else return left;
    }
  }

  private member(left: Part): Part {
    const name = this.take();
    if (name.type !== 'word') throw this.syntaxError(name);
    const path = `${left.path}.${name.value}`;
    return { path, find: (scope) => follow(left, scope, (value) => memberOf(value, name.value, path, name.column)) };
  }

  private element(left: Part, column: number): Part {
    const from = this.at;
    const key = this.alternative();
    const path = `${left.path}[${keyText(this.tokens.slice(from, this.at))}]`;
    this.expect(']');
    const find = (scope: Scope) => follow(left, scope, (value) => elementOf(value, valueOf(key, scope), path, column));
    return { path, find };
  }

  private filter(left: Part): Part {
    const name = this.take();
    if (name.type !== 'word' || OPERATOR_WORDS.includes(name.value) || CONSTANTS.has(name.value)) {
      throw this.syntaxError(name);
    }
    const args = this.accepts('(') ? this.list(')') : [];
    const filter = Object.hasOwn(FILTERS, name.value) ? FILTERS[name.value] : undefined;
    return computed((scope) => {
      const input = left.find(scope);
      if (input instanceof Nowhere && name.value !== 'default') throw input.error;
      return inColumn(name.column, () => {
        if (!filter) throw new OperationError('TEMPLATE_NAME', `Unknown filter: ${name.value}`);
        const values = args.map((arg) => valueOf(arg, scope));
        return callWith(name.value, filter, [input instanceof Nowhere ? null : input, ...values], 1, scope);
      });
    });
  }

  private primary(): Part {
    const token = this.take();
    const { type, value } = token;
    if (type === 'text') return computed(() => value);
    if (type === 'number') return this.number(token);
    if (type === 'word') return this.word(token);
    if (type === 'sign' && value === '(') return this.parenthesized();
    if (type !== 'sign' || value !== '[') throw this.syntaxError(token);
    const elements = this.list(']');
    return computed((scope) => elements.map((element) => valueOf(element, scope)));
  }

  private parenthesized(): Part {
    const inner = this.alternative();
    this.expect(')');
    return inner;
  }

  private number({ value, column }: Token): Part {
    if (value.includes('.')) return computed(() => Number(value));
    if (BigInt(value) >= 2n ** 64n) throw new ExpressionError('TEMPLATE_SYNTAX', '', column);
    return computed(() => integerResult(BigInt(value)));
  }

  private word(token: Token): Part {
    const { value: name, column } = token;
    if (OPERATOR_WORDS.includes(name)) throw this.syntaxError(token);
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return computed(() => constant);
    if (this.accepts('(')) return this.call(token);
    return { path: name, find: ({ names }) => memberOf(names, name, name, column) };
  }

  private call({ value: name, column }: Token): Part {
    const args = this.list(')');
    const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    const find = (scope: Scope) => {
      if (!found) throw new ExpressionError('TEMPLATE_NAME', `Unknown function: ${name}`, column);
      const values = args.map((arg) => valueOf(arg, scope));
      return inColumn(column, () => callWith(name, found, values, 0, scope));
    };
    return { path: `${name}(…)`, find };
  }

  /** Up to its end; a comma may be the last sign. */
  private list(end: ')' | ']'): Part[] {
    const parts: Part[] = [];
    while (!this.accepts(end)) {
      parts.push(this.alternative());
      if (this.token.value !== end) this.expect(',');
    }
    return parts;
  }
}

function follow(left: Part, scope: Scope, next: (value: Json) => Json | Nowhere): Json | Nowhere {
  const value = left.find(scope);
  return value instanceof Nowhere ? value : next(value);
}

/** A constant key is shown in a path, any other is not. */
function keyText(tokens: readonly Token[]): string {
  const [first, second] = tokens;
  const isNegative = tokens.length === 2 && first!.value === '-' && second!.type === 'number';
  if (isNegative) return `-${second!.value}`;
  if (tokens.length !== 1) return '…';
  const isConstant = first!.type === 'number' || CONSTANTS.has(first!.value);
  return first!.type === 'text' ? `'${first!.value}'` : isConstant ? first!.value : '…';
}

/** Parses an expression, which is then evaluated as often as needed. Throws ExpressionError. */
export function compile(source: string): (scope: Scope) => Json {
  const part = new Parser(source.trim()).whole();
  return (scope) => valueOf(part, scope);
}

/** The value of an expression. Throws ExpressionError. */
export const evaluate = (source: string, scope: Scope): Json => compile(source)(scope);
