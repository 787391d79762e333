'use strict';
const { readFileSync } = require('node:fs');
const v8 = require('node:v8');
const vm = require('node:vm');

/**
 * Code that esbuild made, of ASCII characters alone: V8 keeps such a text in half of the space,
 * and its bytes are its characters. esbuild has escaped all others, but those of regular
 * expressions, comments and tagged templates. Throws for a template whose text would change.
 */
exports.asciiOf = (code) => {
  const [template] = /\bString\.raw`[^`]*[^\0-\x7f`][^`]*`/.exec(code) ?? [];
  if (template !== undefined) throw new Error(`a raw template has a character that is not ASCII: ${template}`);
  return code.replace(/(\\*)([^\0-\x7f])/g, (_, before, character) => {
    const escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    // An escaped character that needs no escape is the character itself.
    return before.length % 2 === 0 ? before + escape : before.slice(1) + escape;
  });
};

/** How a file of such a code is read. */
exports.CODE_ENCODING = 'latin1';

/**
 * A script whose compiled code is in a file, so that V8 need not compile again what it compiled in
 * an earlier process; null: in no file. Returns the script, and what is needed to keep its code:
 * null where that is done already. Functions of such a script cannot call `import()`.
 */
exports.keptScript = (source, filename, path) => {
  const cachedData = path === null ? undefined : readIfPresent(path);
  const script = new vm.Script(source, { filename, cachedData });
  const isKept = path === null || (cachedData !== undefined && !script.cachedDataRejected);
  return { script, compiled: isKept ? null : { path, code: () => script.createCachedData() } };
};

/**
 * Part of the name of such a file. V8 checks its own version and flags, and of the source the
 * length alone: the name must have the digest of the source, too.
 */
exports.engineTag = () => v8.cachedDataVersionTag().toString(16);

function readIfPresent(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
