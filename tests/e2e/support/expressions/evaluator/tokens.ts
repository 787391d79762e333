import { ExpressionError } from './expression-error';
import { charactersOf } from './values';

export interface Token {
  readonly type: 'number' | 'text' | 'word' | 'sign' | 'end';
  readonly value: string;
  /** The first character of the expression is 1. */
  readonly column: number;
}

const SIGNS = ['==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '%', '(', ')', '[', ']', ',', '.', '|'];
const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
]);

const isDigit = (character = ''): boolean => character >= '0' && character <= '9' && character !== '';
const isLetter = (character = ''): boolean => /^[A-Za-z_]$/.test(character);

/** The words of an expression, and its end. Throws TEMPLATE_SYNTAX. */
export function tokensOf(source: string): Token[] {
  const characters = charactersOf(source);
  const tokens: Token[] = [];
  let at = 0;
  const take = (isPart: (character?: string) => boolean): string => {
    const from = at;
    while (isPart(characters[at])) at += 1;
    return characters.slice(from, at).join('');
  };
  const next = (): Omit<Token, 'column'> => {
    const first = characters[at]!;
    if (isDigit(first)) return { type: 'number', value: numberAt() };
    if (isLetter(first)) return { type: 'word', value: take((each) => isLetter(each) || isDigit(each)) };
    if (first === '"' || first === "'") return { type: 'text', value: textAt(first) };
    const sign = SIGNS.find((each) => characters.slice(at, at + each.length).join('') === each);
    if (sign === undefined) throw new ExpressionError('TEMPLATE_SYNTAX', '', at + 1);
    at += sign.length;
    return { type: 'sign', value: sign };
  };
  const numberAt = (): string => {
    const whole = take(isDigit);
    const hasFraction = characters[at] === '.' && isDigit(characters[at + 1]);
    if (hasFraction) at += 1;
    const value = hasFraction ? `${whole}.${take(isDigit)}` : whole;
    if (isLetter(characters[at])) throw new ExpressionError('TEMPLATE_SYNTAX', '', at + 1);
    return value;
  };
  const textAt = (quote: string): string => {
    const start = at;
    let text = '';
    for (at += 1; characters[at] !== quote; at += 1) {
      if (at >= characters.length) throw new ExpressionError('TEMPLATE_SYNTAX', '', start + 1);
      const isEscape = characters[at] === '\\';
      if (isEscape) at += 1;
      text += isEscape ? escaped(characters[at] ?? '', quote) : characters[at]!;
    }
    at += 1;
    return text;
  };
  for (take(isBlank); at < characters.length; take(isBlank)) {
    const column = at + 1;
    tokens.push({ ...next(), column });
  }
  return [...tokens, { type: 'end', value: '', column: characters.length + 1 }];
}

const isBlank = (character = ''): boolean => character !== '' && ' \t\r\n'.includes(character);

const escaped = (character: string, quote: string): string =>
  ESCAPES.get(character) ?? (character === quote ? quote : `\\${character}`);
