import { fc } from '../../../seeded-properties';
import { sized } from '../../../../helpers/sized';
import type { Json } from '../../../../contract/json';
import { evaluateCondition } from '../../../../platform/core/template/condition';
import { evaluate } from '../../../../platform/core/template/evaluate';
import { lint, lintCondition } from '../../../../platform/core/template/lint';
import { parse } from '../../../../platform/core/template/parse';
import { render } from './render';
import { TemplateError } from '../../../../platform/core/template/types';
import { testScope } from './test-scope';

/** JSON of a few levels, with keys that other engines misread. */
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ unit: 'grapheme' }), decimal()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a')), tie('value')), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** Larger whole numbers are integers of 64 bits, which no double is. */
function isKept(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}

function decimal(): fc.Arbitrary<number> {
  const values = fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isKept);
  return values.map((value) => (value === 0 ? 0 : value));
}

/** Texts of tokens of the language, which are often almost valid. */
const PIECES = [
  ...['a', 'o', 'o.x', 'range', 'join', 'length', 'result', 'constructor', '__proto__', 'not', 'and', 'or', 'in'],
  ...['(', ')', '[', ']', ',', '.', '|', '+', '-', '*', '/', '%', '==', '!=', '<', '>=', '{{', '}}', '{%', '&&', '='],
  ...[
    '1',
    '0',
    '2.5',
    '99999999999',
    '"s"',
    "'",
    '"',
    '\\',
    'true',
    'null',
    ' ',
    '\n',
    '😀',
    'default(1)',
    'sort',
    '$',
  ],
];
const nearly = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(' '));
const tight = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''));
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), nearly, tight);

const orFault = <T>(work: () => T): T | TemplateError => {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
};

const scope = testScope({ a: [1, 'x', null], o: { x: 1, y: [true] } }, { z: 'r' }, 'succeeded');

/** Values that have a literal: no objects, and decimals without an exponent. */
const literal: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ unit: 'binary' })),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
})).value;

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t', '\r': '\\r' };

function print(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  return typeof value === 'string'
    ? `"${value.replace(/[\\"\n\t\r]/g, (sign) => ESCAPED[sign]!)}"`
    : JSON.stringify(value);
}

describe('for any text', () => {
  test('parsing gives an expression or a TemplateError with a column', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const outcome = orFault(() => parse(text));
        if (!(outcome instanceof TemplateError)) return;
        expect(outcome.column).toBeGreaterThanOrEqual(1);
        expect(outcome.column).toBeLessThanOrEqual(Array.from(text).length + 1);
        expect(outcome.message).not.toBe('');
      }),
      { numRuns: sized({ ci: 1_000, full: 3_000 }) },
    );
  });

  test('evaluating gives JSON or a TemplateError', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const outcome = orFault(() => evaluate(text, scope));
        if (!(outcome instanceof TemplateError)) expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
      }),
      { numRuns: sized({ ci: 1_000, full: 3_000 }) },
    );
  });

  test('conditions, rendering and linting throw no other error', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        orFault(() => evaluateCondition(text, scope));
        orFault(() => render({ [text]: [`x {{ ${text} }}`, text] }, scope));
        lint([text, `{{ ${text} }}`], { names: new Set(['a']) });
        lintCondition(text, { names: new Set(['a']) });
      }),
      { numRuns: sized({ ci: 600, full: 2_000 }) },
    );
  });
});

describe('for any value', () => {
  test('a value without delimiters is rendered unchanged', () => {
    const plain = json.filter((value) => !JSON.stringify(value).includes('{{'));
    fc.assert(fc.property(plain, (value) => expect(JSON.stringify(render(value, scope))).toBe(JSON.stringify(value))));
  });

  test('a whole-text template keeps the value, other text becomes text', () => {
    fc.assert(
      fc.property(json, (v) => {
        expect(JSON.stringify(render('{{ v }}', testScope({ v })))).toBe(JSON.stringify(v));
        expect(typeof render('<{{ v }}>', testScope({ v }))).toBe('string');
      }),
    );
  });

  test('the output of a template is not rendered again', () => {
    fc.assert(
      fc.property(anyText, (v) => {
        expect(render('<{{ v }}>', testScope({ v: `{{ ${v} }}` }))).toBe(`<{{ ${v} }}>`);
      }),
    );
  });

  test('equality is reflexive, symmetric and that of the JSON text', () => {
    const equal = (a: Json, b: Json) => evaluate('a == b', testScope({ a, b }));
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(equal(a, JSON.parse(JSON.stringify(a)) as Json)).toBe(true);
        expect(equal(a, b)).toBe(equal(b, a));
        expect(evaluate('a != b', testScope({ a, b }))).toBe(!equal(a, b));
        expect(evaluate('length(unique([a, b]))', testScope({ a, b }))).toBe(equal(a, b) ? 1 : 2);
      }),
    );
  });

  test('fromjson is the inverse of tojson', () => {
    fc.assert(fc.property(json, (v) => expect(evaluate('v | tojson | fromjson', testScope({ v }))).toEqual(v)));
  });

  test('searching finds what the host finds', () => {
    const few = fc.array(fc.constantFrom('a', 'b', '😀'), { maxLength: 40 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(few, few, few, (before, part, after) => {
        fc.pre(part !== '');
        const text = before + part + after + part;
        const answers = evaluate(
          '[part in text, split(text, part), replace(text, part, "-")]',
          testScope({ text, part }),
        );
        expect(answers).toEqual([true, text.split(part), text.split(part).join('-')]);
        expect(evaluate('part in text', testScope({ text: before, part }))).toBe(before.includes(part));
      }),
      { numRuns: sized({ ci: 300, full: 1_000 }) },
    );
  });

  test('texts are sorted by code points', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (v) => {
        const points = (text: string) => Array.from(text, (character) => character.codePointAt(0)!);
        const sorted = evaluate('sort(v)', testScope({ v })) as string[];
        sorted.slice(1).forEach((text, at) => {
          expect(evaluate('a <= b', testScope({ a: points(sorted[at]!), b: points(text) }))).toBe(true);
        });
      }),
    );
  });
});

test('a printed literal evaluates to itself', () => {
  fc.assert(
    fc.property(literal, (value) => expect(evaluate(print(value), scope)).toEqual(value)),
    { numRuns: 500 },
  );
});
