import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { writeJson } from '../../../../contract/json-text/write-json';
import { EvaluationError, ModelError } from './model-error';

/** The result of a task, as its transitions see it. All are false of a skipped task. */
export interface TaskOutcome {
  readonly succeeded: boolean;
  readonly failed: boolean;
  readonly timedOut: boolean;
}

/** The names that an expression can use. */
export interface Scope {
  readonly names: JsonObject;
  /** `result()`: null in an entry task. */
  readonly result: Json;
  readonly outcome: TaskOutcome;
}

const TOKEN = /\s*(?:(-?\d+)|'([^']*)'|([A-Za-z_]\w*)|(==|[.()[\],]))/y;

type Token = { readonly number: number } | { readonly text: string } | { readonly word: string };

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const match = TOKEN.exec(source);
    if (!match) throw new ModelError(`no such expression: ${source}`);
    const [, number, text, name, symbol] = match;
    if (number !== undefined) tokens.push({ number: Number(number) });
    else if (text !== undefined) tokens.push({ text });
    else tokens.push({ word: name ?? symbol ?? '' });
  }
  return tokens;
}

const CONSTANTS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

export const isTrue = (value: Json): boolean =>
  !(value === null || value === false || value === 0 || value === '' || isEmpty(value));

const isEmpty = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** The value of `container.key`. Throws EvaluationError without that member. */
function memberOf(container: Json, key: string | number): Json {
  if (Array.isArray(container) && typeof key === 'number') {
    const element = container[key < 0 ? container.length + key : key];
    if (element !== undefined) return element;
  }
  if (isObject(container) && typeof key === 'string' && Object.hasOwn(container, key)) return container[key]!;
  throw new EvaluationError(`no member ${key} in ${writeJson(container)}`);
}

/**
 * Evaluates the part of the language that the cases use: names, members, `==`, `not`, `and`,
 * literals, `result()` and the three outcomes. Throws EvaluationError.
 */
class Evaluation {
  private readonly tokens: Token[];
  private position = 0;

  constructor(
    source: string,
    private readonly scope: Scope,
  ) {
    this.tokens = tokensOf(source);
  }

  value(): Json {
    const value = this.conjunction();
    if (this.position < this.tokens.length) throw new ModelError('text after the end of an expression');
    return value;
  }

  private accept(word: string): boolean {
    const token = this.tokens[this.position];
    if (!token || !('word' in token) || token.word !== word) return false;
    this.position += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw new ModelError(`${word} is missing in an expression`);
  }

  private conjunction(): Json {
    let value = this.negation();
    while (this.accept('and')) {
      const right = this.negation();
      value = isTrue(value) && isTrue(right);
    }
    return value;
  }

  private negation(): Json {
    return this.accept('not') ? !isTrue(this.negation()) : this.comparison();
  }

  private comparison(): Json {
    const left = this.path();
    return this.accept('==') ? isEqual(left, this.path()) : left;
  }

  private path(): Json {
    let value = this.primary();
    for (;;) {
      if (this.accept('.')) value = memberOf(value, this.name());
      else if (this.accept('[')) {
        value = memberOf(value, this.key());
        this.expect(']');
      } else return value;
    }
  }

  private name(): string {
    const token = this.tokens[this.position++];
    if (!token || !('word' in token)) throw new ModelError('a name is missing in an expression');
    return token.word;
  }

  private key(): string | number {
    const key = this.conjunction();
    if (typeof key === 'string' || typeof key === 'number') return key;
    throw new EvaluationError(`no such key: ${writeJson(key)}`);
  }

  private primary(): Json {
    const token = this.tokens[this.position++];
    if (!token) throw new ModelError('an expression ends too early');
    if ('number' in token) return token.number;
    if ('text' in token) return token.text;
    if (CONSTANTS.has(token.word)) return CONSTANTS.get(token.word)!;
    if (!this.accept('(')) return memberOf(this.scope.names, token.word);
    this.expect(')');
    return this.call(token.word);
  }

  private call(name: string): Json {
    const { succeeded, failed, timedOut } = this.scope.outcome;
    const functions = new Map<string, Json>([
      ['result', this.scope.result],
      ['succeeded', succeeded],
      ['failed', failed],
      ['timed_out', timedOut],
    ]);
    const value = functions.get(name);
    if (value === undefined) throw new ModelError(`no such function: ${name}`);
    return value;
  }
}

const isEqual = (a: Json, b: Json): boolean => writeJson(a) === writeJson(b);

export const evaluate = (source: string, scope: Scope): Json => new Evaluation(source, scope).value();
