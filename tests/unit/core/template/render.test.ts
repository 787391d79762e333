import type { Json } from '../../../../contract/json';
import { render } from './render';
import { TemplateError } from '../../../../platform/core/template/types';
import { templateErrorText, testScope } from './test-scope';

const scope = testScope({
  n: 3,
  f: 1.5,
  t: true,
  nil: null,
  s: 'text',
  list: [1, 'a', null],
  o: { a: { b: [] } },
  evil: '{{ s }}',
  hostile: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
});

describe('render', () => {
  test.each([
    ['{{ n }}', 3],
    ['  {{ n }}\n', 3],
    ['{{n}}', 3],
    ['{{ list }}', [1, 'a', null]],
    ['{{ nil }}', null],
    ['{{ t }}', true],
    ['n={{ n }}', 'n=3'],
    ['{{ n }}{{ n }}', '33'],
    ['{{ n }}}', '3}'],
    ['<{{ nil }}|{{ t }}|{{ f }}|{{ s }}|{{ list }}|{{ o }}>', '<|true|1.5|text|[1,"a",null]|{"a":{"b":[]}}>'],
    ['no delimiter', 'no delimiter'],
    ['  kept  ', '  kept  '],
    ['{{ unterminated', '{{ unterminated'],
    ['{{ n }} and {{ open', '3 and {{ open'],
    ['}} {{', '}} {{'],
    ['{% include "x" %}', '{% include "x" %}'],
    ['{{ evil }}', '{{ s }}'],
    ['<{{ evil }}>', '<{{ s }}>'],
    ['{{ "{" + "{ s }" + "}" }}', '{{ s }}'],
    [7, 7],
    [null, null],
    [
      ['{{ n }}', { a: '{{ s }}', '{{ s }}': 1 }],
      [3, { a: 'text', '{{ s }}': 1 }],
    ],
    ['{{ 7*7 }}', 49],
  ])('%j', (value, expected) => {
    expect(render(value, scope)).toEqual(expected);
  });

  test('an own key __proto__ stays a key', () => {
    const text = '{"__proto__":"{{ n }}","a":"{{ hostile }}"}';
    expect(JSON.stringify(render(JSON.parse(text) as Json, scope))).toBe(
      '{"__proto__":3,"a":{"__proto__":{"polluted":true},"constructor":1}}',
    );
    expect(render('{{ hostile.__proto__.polluted }}', scope)).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  test.each([
    ['{{ }}', 'TEMPLATE_SYNTAX@1 an expression is missing: write a value, like `parameters.x`'],
    ['a {{}} b', 'TEMPLATE_SYNTAX@1 an expression is missing: write a value, like `parameters.x`'],
    ['{{ "}}" }}', 'TEMPLATE_SYNTAX@1 the string has no closing "'],
    ['{{ {{ n }} }}', 'TEMPLATE_SYNTAX@1 `{{` is not allowed inside an expression: one pair of delimiters is enough'],
    ['a {{ s + nope }}', 'TEMPLATE_NAME@5 Variable not found: nope'],
  ])('%s is rejected', (value, expected) => {
    expect(templateErrorText(() => render(value, scope))).toBe(expected);
  });

  test('the error names the expression at fault', () => {
    const fault = (() => {
      try {
        return render({ list: ['fine', 'a {{ s }} b {{  nope  }}'] }, scope);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(TemplateError);
    expect(fault).toMatchObject({ expression: 'nope', column: 1, code: 'TEMPLATE_NAME' });
  });

  test('a value nested deeper than 64 levels is rejected', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as Json;
    expect(render(nested(64), scope)).toEqual(nested(64));
    expect(templateErrorText(() => render(nested(65), scope))).toMatch(/^TEMPLATE_LIMIT/);
  });

  test('the templates of one value produce 1 MiB at most', () => {
    const half = testScope({ half: 'x'.repeat(500_000) });
    expect(render(['{{ half }}', '{{ half }}'], half)).toHaveLength(2);
    expect(templateErrorText(() => render(['{{ half }}', '{{ half }}', '{{ half }}'], half))).toMatch(
      /^TEMPLATE_LIMIT/,
    );
    expect(templateErrorText(() => render('{{ half }} {{ half }} {{ half }}', half))).toMatch(/^TEMPLATE_LIMIT/);
  });
});
