/** The text of a variable, or undefined where it is not set. */
export type ValueOf = (name: string) => string | undefined;

/** A text that names variables in a way that compose files do not have. */
export class InterpolationFault extends Error {
  override readonly name = 'InterpolationFault';
}

type Operator = ':-' | '-' | ':?' | '?' | ':+' | '+';

interface Variable {
  readonly name: string;
  readonly operator: Operator | null;
  /** What follows the operator: a default, an alternative or a message. */
  readonly word: readonly Piece[];
}
type Piece = string | Variable;

/**
 * Replaces `$NAME`, `${NAME}`, and `${NAME}` with `:-`, `-`, `:?`, `?`, `:+` or `+` and a word,
 * which may name variables too; `$$` is a dollar sign. `unset` is called for a name without a
 * value that is replaced by nothing. Throws InterpolationFault for a variable that must be set,
 * and for any other dollar sign.
 */
export function interpolate(text: string, valueOf: ValueOf, unset: (name: string) => void = () => undefined): string {
  if (!text.includes('$')) return text;
  return evaluate(new Parser(text).pieces(false), valueOf, unset);
}

/** The same for a text in which any other dollar sign stands for itself. */
export function replaceVariables(text: string, values: Readonly<Record<string, string>>): string {
  return evaluate(new Parser(text, true).pieces(false), (name) => values[name]);
}

/** The name, where a text is one variable and nothing else. */
export function soleVariable(text: string): string | null {
  if (!text.startsWith('$') || text.startsWith('$$')) return null;
  try {
    const [variable, ...others] = new Parser(text).pieces(false);
    return typeof variable === 'object' && others.length === 0 ? variable.name : null;
  } catch (error) {
    if (error instanceof InterpolationFault) return null;
    throw error;
  }
}

function evaluate(pieces: readonly Piece[], valueOf: ValueOf, unset: (name: string) => void = () => undefined): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : valueOfVariable(piece, valueOf, unset))).join('');
}

function valueOfVariable({ name, operator, word }: Variable, valueOf: ValueOf, unset: (name: string) => void): string {
  const value = valueOf(name);
  const isUsed = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const text = () => evaluate(word, valueOf, unset);
  if (operator?.endsWith('+')) return isUsed ? text() : '';
  if (isUsed) return value!;
  if (operator?.endsWith('-')) return text();
  if (operator?.endsWith('?'))
    throw new InterpolationFault(`the variable ${name} must be set: ${text() || 'it is not'}`);
  unset(name);
  return '';
}

/** Reads a text from its start to its end. */
class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly keepsOthers = false,
  ) {}

  /** Up to the end, or to the bracket that closes a variable. */
  pieces(inBrackets: boolean): Piece[] {
    const found: Piece[] = [];
    while (this.at < this.text.length && !(inBrackets && this.text[this.at] === '}')) {
      const plain = this.take(inBrackets ? /[^$}]+/y : /[^$]+/y);
      found.push(plain ?? this.dollar());
    }
    return found;
  }

  private dollar(): Piece {
    if (this.take(/\$\$/y) !== null) return '$';
    const bare = this.take(/\$[A-Za-z_]\w*/y);
    if (bare !== null) return { name: bare.slice(1), operator: null, word: [] };
    const start = this.at;
    return this.braced() ?? this.other(start);
  }

  /** Null where no variable in brackets stands here. */
  private braced(): Variable | null {
    const opened = this.take(/\$\{[A-Za-z_]\w*/y);
    if (opened === null) return null;
    const operator = this.take(/:[-?+]|[-?+]/y) as Operator | null;
    const word = operator === null ? [] : this.pieces(true);
    if (this.take(/\}/y) === null) return null;
    return { name: opened.slice(2), operator, word };
  }

  private other(start: number): string {
    if (!this.keepsOthers) {
      const shown = this.text.slice(start, start + 20);
      throw new InterpolationFault(`${shown} names no variable; $$ is a dollar sign, and \${NAME} a variable`);
    }
    this.at = start + 1;
    return '$';
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }
}
