import { evaluate } from '../../../../platform/core/template/evaluate';
import { FUNCTIONS } from '../../../../platform/core/template/functions/table';
import { FILTERS } from '../../../../platform/core/template/filters';
import { render } from './render';
import { TemplateError } from '../../../../platform/core/template/types';
import { testScope } from './test-scope';

/** Start values of hostile expressions: one of every type, and every way to name one. */
const STARTS = ['"a"', '1', 'true', 'null', '[]', '[1]', 'o', 'o.list', 'result()', 'lower', 'match', 'this', 'o.text'];

/** Paths that lead to the host in engines that read host properties. */
const HOST_PATHS = [
  '.constructor',
  '.__proto__',
  '.prototype',
  '["constructor"]',
  '["con" + "structor"]',
  '[join(["con", "structor"], "")]',
  '[lower("CONSTRUCTOR")]',
  '[reversed("rotcurtsnoc")]',
  '.constructor.constructor',
  '["__proto__"]["constructor"]',
  '.toString',
  '.valueOf',
  '.hasOwnProperty',
  '.__defineGetter__',
  '.__lookupGetter__',
  '["__pro" + "to__"].polluted',
  '["\\u0063onstructor"]',
  '.call',
  '.apply',
  '.bind',
];

/** Whole attacks: calls, blocks, globals, host syntax. None may evaluate. */
const ATTACKS = [
  '"".constructor.constructor("return process")()',
  '"a".sub.constructor("return process.env")()',
  '[].map.constructor("return this")()',
  "range.constructor(\"return global.process.mainModule.require('child_process').execSync('touch /tmp/canary')\")()",
  'lower.call(1)',
  'lower.apply(null, [1])',
  'lower.bind(1)()',
  '(lower)("A")',
  'o["constructor"]("return 1")',
  'process.env',
  'process.exit(1)',
  'require("fs")',
  'import("fs")',
  'eval("1")',
  'Function("return 1")()',
  'new Function("return 1")',
  'globalThis',
  'global.process',
  'this',
  'self',
  'window',
  'module.exports',
  '__dirname',
  'cycler.__init__.__globals__',
  'joiner.constructor',
  'namespace.__init__',
  'o.__class__.__mro__[1].__subclasses__()',
  '"".__class__',
  '().__class__.__bases__[0]',
  'o|attr("constructor")',
  'o|map(attribute="constructor")',
  'o|select("constructor")',
  '"x"|safe',
  '"x"|dump',
  'o | default("x").constructor',
  '/a/.constructor',
  '/(a+)+$/.exec("a")',
  '`${process.env}`',
  '(() => process)()',
  'x => x',
  'function () { return 1 }',
  'class A {}',
  'o.list.map(x => x)',
  'o["list"].push(1)',
  'o.list.length = 0',
  'o.a = 1',
  'delete o.a',
  'o?.constructor',
  'o::constructor',
  '{% set x = 1 %}',
  '{% include "/etc/passwd" %}',
  '{% import "x" as y %}',
  '{{ 7*7 }}',
  '#{7*7}',
  '${7*7}',
  '<%= 7*7 %>',
  '*{7*7}',
  '@(7*7)',
  'a\u0000b',
  '\u202eo',
  'ｏ.ａ',
  'o\u200b.a',
];

const HOSTILE = [...STARTS.flatMap((start) => HOST_PATHS.map((path) => `${start}${path}`)), ...ATTACKS];

const scope = testScope({ o: { a: 1, list: [1, 2], text: 'x' } }, { sum: 3 });

/** The value, or the TemplateError; any other error fails the test. */
const outcomeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
};

describe('TP-01 no expression reaches the host', () => {
  test('the corpus is large', () => {
    expect(new Set(HOSTILE).size).toBeGreaterThan(300);
  });

  test.each(HOSTILE)('%s is rejected', (attack) => {
    expect(outcomeOf(() => evaluate(attack, scope))).toBeInstanceOf(TemplateError);
    expect(outcomeOf(() => render(`{{ ${attack} }}`, scope))).toBeInstanceOf(TemplateError);
  });

  test.each(STARTS.filter((start) => !['lower', 'match', 'this'].includes(start)))(
    'a host name of %s is only a missing name',
    (start) => {
      const outcomes = HOST_PATHS.map((path) => outcomeOf(() => evaluate(`${start}${path} | default("none")`, scope)));
      for (const outcome of outcomes) expect(outcome instanceof TemplateError || outcome === 'none').toBe(true);
    },
  );

  test('names of the host are neither functions nor filters', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(outcomeOf(() => evaluate(`${name}()`, scope))).toBeInstanceOf(TemplateError);
      expect(outcomeOf(() => evaluate(`1 | ${name}`, scope))).toBeInstanceOf(TemplateError);
    }
  });

  test('a host name has the code TEMPLATE_FORBIDDEN', () => {
    expect(outcomeOf(() => evaluate('o.constructor', scope))).toMatchObject({ code: 'TEMPLATE_FORBIDDEN' });
    expect(outcomeOf(() => evaluate('o["__proto__"]', scope))).toMatchObject({ code: 'TEMPLATE_FORBIDDEN' });
    expect(outcomeOf(() => evaluate('o.list.push(1)', scope))).toMatchObject({ code: 'TEMPLATE_FORBIDDEN' });
  });

  test.each(['""', '"a"', '1', '1.5', 'true', 'null', '[]', '[1]', 'o', 'o.a', 'o.list', 'o.text', 'length(o)'])(
    'a host name of %s has the code TEMPLATE_FORBIDDEN',
    (start) => {
      const names = ['__proto__', 'constructor', 'prototype', '__defineSetter__', '__lookupSetter__'];
      const outcomes = names.flatMap((name) => [
        outcomeOf(() => evaluate(`${start}.${name}`, scope)),
        outcomeOf(() => evaluate(`${start}["${name}"].constructor`, scope)),
      ]);

      expect(outcomes.map((outcome) => (outcome as TemplateError).code)).toEqual(
        outcomes.map(() => 'TEMPLATE_FORBIDDEN'),
      );
    },
  );

  test('evaluation does not change its input', () => {
    const list = [3, 1, 2];
    const given = { o: { b: 1, a: [list] }, list };
    const before = JSON.stringify(given);
    const expressions = ['sort(list)', 'reversed(list)', 'unique(list)', 'merge(o, o)', 'list + list', 'flat(o.a)'];
    for (const expression of expressions) render(`{{ ${expression} }}`, testScope(given));
    expect(JSON.stringify(given)).toBe(before);
  });

  test('functions and filters return JSON for any argument', () => {
    const samples = ['null', 'true', '-1.5', '0', '"a"', '""', '[]', '[1, "a"]', 'o', '[[1], [2]]', '"[1]"'];
    const calls = Object.entries(FUNCTIONS).flatMap(([name, { minArguments, maxArguments }]) =>
      samples.flatMap((first) =>
        samples.map(
          (other) =>
            `${name}(${[first, other, first].slice(0, other === '0' ? minArguments : maxArguments).join(', ')})`,
        ),
      ),
    );
    const filters = Object.keys(FILTERS).flatMap((name) => samples.map((sample) => `${sample} | ${name}`));
    for (const expression of [...calls, ...filters]) {
      const outcome = outcomeOf(() => evaluate(expression, scope));
      if (outcome instanceof TemplateError) continue;
      expect([expression, JSON.parse(JSON.stringify(outcome))]).toEqual([expression, outcome]);
    }
  });
});
