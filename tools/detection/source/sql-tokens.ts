import type { Token } from './tokens';

/**
 * Comments; strings; the `${…}` of a template literal; words and numbers; operators; any other
 * character.
 */
const SQL_TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$\{(?:[^{}]|\{[^{}]*\})*\}|[\w$]+(?:\.[\w$]+)*|[<>=!|:@#&~*/%^-]+|\S/g;

/** The tokens of a statement. Its comments are left out, and its words are in lower case. */
export const tokensOfSql = (text: string, offset = 0): Token[] =>
  [...text.matchAll(SQL_TOKEN)]
    .filter(([token]) => !/^(--|\/\*)/.test(token))
    .map(({ 0: token, index }) => ({
      text: normalize(token),
      start: offset + index,
      end: offset + index + token.length,
    }));

function normalize(token: string): string {
  if (token.startsWith("'")) return token;
  return token.startsWith('${') ? token.replace(/\s+/g, '') : token.toLowerCase();
}
