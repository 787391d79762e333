import { exactNumber, MAX_INTEGER } from '../../../contract/json-text/exact-number';
import type { BinaryOperator, Expression } from './ast';
import { MAX_NESTING_DEPTH } from './budget';
import { errorAt, tokenize, type Token } from './tokenize';
import type { TemplateCode, TemplateError } from './types';

/** Precedence of binary operators; `not` has 3, unary `-` and postfix forms are above all. */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  in: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
const NOT_PRECEDENCE = 3;

/**
 * Parses one expression. Throws TEMPLATE_SYNTAX with what would be right, TEMPLATE_FORBIDDEN for a
 * method call, TEMPLATE_LIMIT beyond 16 kB or 64 levels. Integers in the source have at most 64
 * bits, and are exact.
 */
export const parse = (source: string): Expression => new Parser(source).parseWhole();

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(private readonly source: string) {
    this.tokens = tokenize(source);
  }

  parseWhole(): Expression {
    if (this.isAtEnd()) throw this.error('an expression is missing: write a value, like `parameters.x`');
    const expression = this.expression(0);
    if (!this.isAtEnd()) throw this.unexpected();
    return expression;
  }

  private expression(minPrecedence: number): Expression {
    let left = this.prefix(minPrecedence);
    for (;;) {
      const { text, at } = this.token;
      const precedence = this.isOperator() ? PRECEDENCE[text]! : 0;
      if (precedence === 0 || precedence < minPrecedence) return left;
      this.advance();
      const right = this.expression(precedence + 1);
      left =
        text === 'and' || text === 'or'
          ? { kind: text, at, left, right }
          : { kind: 'binary', at, operator: text as BinaryOperator, left, right };
    }
  }

  private prefix(minPrecedence: number): Expression {
    const { at } = this.token;
    if (this.accept('not')) {
      if (minPrecedence > NOT_PRECEDENCE) throw this.error('`not` binds weaker than a comparison: write `(not …)`', at);
      return { kind: 'not', at, operand: this.nested(() => this.expression(NOT_PRECEDENCE)) };
    }
    return this.unary();
  }

  private unary(): Expression {
    const { at } = this.token;
    if (!this.accept('-')) return this.postfix();
    return { kind: 'minus', at, operand: this.nested(() => this.unary()) };
  }

  private postfix(): Expression {
    let left = this.primary();
    for (;;) {
      const { at } = this.token;
      if (this.accept('.')) left = this.member(left, at);
      else if (this.accept('[')) left = this.index(left, at);
      else if (this.accept('|')) left = this.filter(left);
      else if (this.token.text === '(' && this.token.kind === 'sign') throw this.notCallable(left);
      else return left;
    }
  }

  private member(left: Expression, at: number): Expression {
    const name = this.token;
    if (name.kind === 'number') {
      throw this.error(`a position needs brackets: write \`[${name.text.replace('.', '][')}]\``);
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
    return { kind: 'filter', at, left, name: text, args: this.accept('(') ? this.list(')') : [] };
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
    if (this.accept('(')) {
      const inner = this.nested(() => this.expression(0));
      this.expect(')');
      return inner;
    }
    if (this.accept('[')) return { kind: 'array', at, elements: this.list(']') };
    throw this.unexpected();
  }

  private nameOrCall({ text, at }: Token): Expression {
    this.advance();
    return this.accept('(') ? { kind: 'call', at, name: text, args: this.list(')') } : { kind: 'name', at, name: text };
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
    if (!Number.isFinite(Number(text))) {
      throw this.error('the number is too large: the largest is about 1.8e308', at);
    }
    const value = exactNumber(text);
    if (typeof value === 'object') throw this.error(`the number ${value.reason}`, at);
    this.advance();
    return { kind: 'literal', at, value };
  }

  /** Expressions up to `close`; a trailing comma is allowed. */
  private list(close: ')' | ']'): Expression[] {
    const elements: Expression[] = [];
    while (!this.accept(close)) {
      elements.push(this.nested(() => this.expression(0)));
      if (this.token.text !== close || this.token.kind !== 'sign') this.expect(',', close);
    }
    return elements;
  }

  private nested<T>(inner: () => T): T {
    if (++this.depth > MAX_NESTING_DEPTH) {
      throw this.error(
        `the expression is nested deeper than ${MAX_NESTING_DEPTH} levels`,
        this.token.at,
        'TEMPLATE_LIMIT',
      );
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
    return (kind === 'sign' || kind === 'keyword') && Object.hasOwn(PRECEDENCE, text);
  }

  private accept(text: string): boolean {
    const { kind } = this.token;
    if (this.token.text !== text || (kind !== 'sign' && kind !== 'keyword')) return false;
    this.advance();
    return true;
  }

  private expect(text: string, alternative?: string): void {
    if (this.accept(text)) return;
    throw this.unexpected(alternative === undefined ? `\`${text}\`` : `\`${text}\` or \`${alternative}\``);
  }

  private notCallable(left: Expression): TemplateError {
    const advice =
      left.kind === 'member'
        ? `methods cannot be called: write \`${left.name}(…)\` if there is such a function, or \`… | ${left.name}\``
        : 'only functions can be called, by their names';
    return this.error(advice, this.token.at, 'TEMPLATE_FORBIDDEN');
  }

  private unexpected(expected?: string): TemplateError {
    const { kind, text } = this.token;
    if (kind === 'end') return this.error(`the expression ends too early: ${expected ?? 'a value'} is missing`);
    const found = kind === 'string' ? 'a string' : `\`${text}\``;
    return this.error(
      phraseHint(text, this.next()) ?? `${expected ?? 'an operator or a value'} expected, not ${found}`,
    );
  }

  private next(): string {
    return this.tokens[this.position + 1]?.text ?? '';
  }

  private error(message: string, at = this.token.at, code: TemplateCode = 'TEMPLATE_SYNTAX'): TemplateError {
    return errorAt(this.source, code, message, at);
  }
}

/** Hints for keywords of other languages in the place of an operator or the end. */
function phraseHint(text: string, next: string): string | null {
  if (text === 'not' && next === 'in') return '`not in` does not exist: write `not (a in b)`';
  if (text === 'is') return '`is` does not exist: use `==`, or `type_of(x)`';
  if (text === 'if' || text === 'else') return 'there is no inline `if`: use two transitions with `when`';
  if (text === 'for') return 'there is no inline `for`: use `with_items`';
  return null;
}
