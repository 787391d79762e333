import type { BinaryOperator, Expression } from './ast';
import { MAX_DEPTH } from './budget';
import { errorAt, tokenize, type Token } from './tokenize';
import type { TemplateCode, TemplateError } from './types';

/** How tightly an operator of two sides binds; `not` stands at 3, unary `-` and the postfix forms above all. */
const POWER: Readonly<Record<string, number>> = {
  ...{ or: 1, and: 2 },
  ...{ '==': 4, '!=': 4, '<': 4, '>': 4, '<=': 4, '>=': 4, in: 4 },
  ...{ '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 },
};
const NOT_POWER = 3;

const MAX_INTEGER = 9_223_372_036_854_775_807n;

/**
 * Parses one expression. TEMPLATE_SYNTAX with what would be right, TEMPLATE_FORBIDDEN for a method call,
 * TEMPLATE_LIMIT beyond 16 kB or 64 levels. Integers are signed 64-bit in the source; their value is a JSON number, so
 * one beyond 2^53 is the nearest that a double holds.
 */
export const parse = (source: string): Expression => new Parser(source).whole();

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(private readonly source: string) {
    this.tokens = tokenize(source);
  }

  whole(): Expression {
    if (this.isAtEnd()) throw this.error('an expression is missing: write a value, like `parameters.x`');
    const expression = this.expression(0);
    if (!this.isAtEnd()) throw this.unexpected();
    return expression;
  }

  private expression(minimum: number): Expression {
    let left = this.prefix(minimum);
    for (;;) {
      const { text, at } = this.token;
      const power = this.isOperator() ? POWER[text]! : 0;
      if (power === 0 || power < minimum) return left;
      this.advance();
      const right = this.expression(power + 1);
      left =
        text === 'and' || text === 'or'
          ? { kind: text, at, left, right }
          : { kind: 'binary', at, operator: text as BinaryOperator, left, right };
    }
  }

  private prefix(minimum: number): Expression {
    const { at } = this.token;
    if (this.takes('not')) {
      if (minimum > NOT_POWER) throw this.error('`not` binds weaker than a comparison: write `(not …)`', at);
      return { kind: 'not', at, operand: this.nested(() => this.expression(NOT_POWER)) };
    }
    return this.unary();
  }

  private unary(): Expression {
    const { at } = this.token;
    if (!this.takes('-')) return this.postfix();
    return { kind: 'minus', at, operand: this.nested(() => this.unary()) };
  }

  private postfix(): Expression {
    let left = this.primary();
    for (;;) {
      const { at } = this.token;
      if (this.takes('.')) left = this.member(left, at);
      else if (this.takes('[')) left = this.index(left, at);
      else if (this.takes('|')) left = this.filter(left);
      else if (this.token.text === '(' && this.token.kind === 'sign') throw this.notCallable(left);
      else return left;
    }
  }

  private member(left: Expression, at: number): Expression {
    const name = this.token;
    if (name.kind === 'number') {
      throw this.error(`a position stands in brackets: write \`[${name.text.replace('.', '][')}]\``);
    }
    if (name.kind !== 'name' && name.kind !== 'keyword') throw this.error('a name must follow the dot');
    this.advance();
    return { kind: 'member', at: at + 1, left, name: name.text };
  }

  private index(left: Expression, at: number): Expression {
    const index = this.nested(() => this.expression(0));
    this.expect(']');
    return { kind: 'index', at, left, index };
  }

  private filter(left: Expression): Expression {
    const { kind, text, at } = this.token;
    if (kind !== 'name') throw this.error('the name of a filter must follow `|`');
    this.advance();
    return { kind: 'filter', at, left, name: text, args: this.takes('(') ? this.list(')') : [] };
  }

  private primary(): Expression {
    const token = this.token;
    const { at, text } = token;
    if (token.kind === 'number') return this.number(token);
    if (token.kind === 'string') return this.literal(text);
    if (token.kind === 'keyword' && text !== 'and' && text !== 'or' && text !== 'in' && text !== 'not') {
      return this.literal(text === 'null' ? null : text === 'true');
    }
    if (token.kind === 'name') return this.nameOrCall(token);
    if (this.takes('(')) {
      const inner = this.nested(() => this.expression(0));
      this.expect(')');
      return inner;
    }
    if (this.takes('[')) return { kind: 'array', at, elements: this.list(']') };
    throw this.unexpected();
  }

  private nameOrCall({ text, at }: Token): Expression {
    this.advance();
    return this.takes('(') ? { kind: 'call', at, name: text, args: this.list(')') } : { kind: 'name', at, name: text };
  }

  private literal(value: string | boolean | null): Expression {
    const { at } = this.token;
    this.advance();
    return { kind: 'literal', at, value };
  }

  private number({ text, at }: Token): Expression {
    if (!text.includes('.') && BigInt(text) > MAX_INTEGER) {
      throw this.error(`the integer is larger than ${MAX_INTEGER.toString()}, the largest of 64 bits`, at);
    }
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.error('the number is too large: the largest is about 1.8e308', at);
    this.advance();
    return { kind: 'literal', at, value };
  }

  /** Expressions up to `close`, a comma after the last allowed. */
  private list(close: ')' | ']'): Expression[] {
    const elements: Expression[] = [];
    while (!this.takes(close)) {
      elements.push(this.nested(() => this.expression(0)));
      if (this.token.text !== close || this.token.kind !== 'sign') this.expect(',', close);
    }
    return elements;
  }

  private nested<T>(inner: () => T): T {
    if (++this.depth > MAX_DEPTH) {
      throw this.error(`the expression is nested deeper than ${MAX_DEPTH} levels`, this.token.at, 'TEMPLATE_LIMIT');
    }
    const result = inner();
    this.depth--;
    return result;
  }

  private get token(): Token {
    return this.tokens[this.position]!;
  }

  private advance(): void {
    if (this.position < this.tokens.length - 1) this.position++;
  }

  private isAtEnd(): boolean {
    return this.token.kind === 'end';
  }

  private isOperator(): boolean {
    const { kind, text } = this.token;
    return (kind === 'sign' || kind === 'keyword') && Object.hasOwn(POWER, text);
  }

  private takes(text: string): boolean {
    const { kind } = this.token;
    if (this.token.text !== text || (kind !== 'sign' && kind !== 'keyword')) return false;
    this.advance();
    return true;
  }

  private expect(text: string, orElse?: string): void {
    if (this.takes(text)) return;
    throw this.unexpected(orElse === undefined ? `\`${text}\`` : `\`${text}\` or \`${orElse}\``);
  }

  private notCallable(left: Expression): TemplateError {
    const advice =
      left.kind === 'member'
        ? `methods cannot be called: write \`${left.name}(…)\` if there is such a function, or \`… | ${left.name}\``
        : 'only functions can be called, by their names';
    return this.error(advice, this.token.at, 'TEMPLATE_FORBIDDEN');
  }

  private unexpected(wanted?: string): TemplateError {
    const { kind, text } = this.token;
    if (kind === 'end') return this.error(`the expression ends too early: ${wanted ?? 'a value'} is missing`);
    const found = kind === 'string' ? 'a string' : `\`${text}\``;
    return this.error(phraseHint(text, this.next()) ?? `${wanted ?? 'an operator or a value'} expected, not ${found}`);
  }

  private next(): string {
    return this.tokens[this.position + 1]?.text ?? '';
  }

  private error(message: string, at = this.token.at, code: TemplateCode = 'TEMPLATE_SYNTAX'): TemplateError {
    return errorAt(this.source, code, message, at);
  }
}

/** Words of other languages that stand where an operator or the end should. */
function phraseHint(text: string, next: string): string | null {
  if (text === 'not' && next === 'in') return '`not in` does not exist: write `not (a in b)`';
  if (text === 'is') return '`is` does not exist: use `==`, or `type_of(x)`';
  if (text === 'if' || text === 'else') return 'there is no inline `if`: use two transitions with `when`';
  if (text === 'for') return 'there is no inline `for`: use `with_items`';
  return null;
}
