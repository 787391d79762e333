import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CORE = 'platform/core';

/**
 * `SAMPLE` lines of `platform/core`, chosen by the hash of `SEED`, the file and the line: the
 * same ones on every machine. A line that no mutant can change counts too. Without `SAMPLE`, all
 * of core.
 */
function chosenSources() {
  const size = Number(process.env.SAMPLE ?? 0);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('SAMPLE must be a number of lines, such as 300');
  if (size === 0) return [`${CORE}/**/*.ts`];
  return readdirSync(CORE, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => linesOf(join(CORE, name)))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, size)
    .map(({ file, line, length }) => `${file}:${line}:0-${line}:${length}`);
}

function linesOf(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ file, line: index + 1, length: text.length, text }))
    .filter(({ text }) => isCode(text))
    .map(({ line, length }) => ({ file, line, length, order: orderOf(`${file}:${line}`) }));
}

function isCode(text) {
  return /\w/.test(text) && !/^\s*(\/\/|\/?\*|import |export (type|interface) )/.test(text);
}

function orderOf(place) {
  return createHash('sha256')
    .update(`${process.env.SEED ?? 0} ${place}`)
    .digest('hex');
}

export default {
  plugins: ['@stryker-mutator/jest-runner'],
  mutate: chosenSources(),
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    configFile: 'tools/detection/core-jest.config.json',
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: 'results/stryker',
  ignorePatterns: ['/docs', '/results', '/tests/e2e', '/tests/integration', '/tools/bench', '/work-summary'],
  reporters: ['clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
  jsonReporter: { fileName: 'results/core-mutants.json' },
};
