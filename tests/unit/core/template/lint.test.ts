import { lint, lintCondition } from '../../../../platform/core/template/lint';

const known = { names: new Set(['parameters', 'task', 'host']) };
const unknown = (name: string) =>
  `unknown variable '${name}'. Use 'parameters.${name}' for input parameters, or define it in workflow vars`;

describe('TP-05 lint', () => {
  test('reports the position of each fault', () => {
    const input = {
      fine: '{{ parameters.x }} {{ task.a.b[0] }} {{ host }}',
      list: ['x', { deep: 'a {{ prameters.x }} b {{ 1 && 2 }}' }],
      guarded: '{{ maybe.x | default(other) }}',
    };
    expect(lint(input, known)).toEqual([
      { path: '.list[1].deep', column: 6, message: unknown('prameters') },
      { path: '.list[1].deep', column: 28, message: 'syntax error: `&&` does not exist: use `and`' },
      { path: '.guarded', column: 22, message: unknown('other') },
    ]);
  });

  test.each([
    ['{{ host | uper }}', 11, "syntax error: Unknown filter: uper. Did you mean 'upper'?"],
    ['{{ lowr(host) }}', 4, "syntax error: Unknown function: lowr. Did you mean 'lower'?"],
    ['{{ range() }}', 4, 'syntax error: Wrong number of arguments for range: expected 1 or 2, got 0'],
    ['{{ [1, -(not a)] }}', 14, unknown('a')],
    ['{{ host[b] }}', 9, unknown('b')],
    ['{{ host or c }}', 12, unknown('c')],
    ['{{ (d + 1) | default(0) }}', 5, unknown('d')],
    ['😀 {{ e }}', 6, unknown('e')],
    ['{{ }}', 4, 'syntax error: an expression is missing: write a value, like `parameters.x`'],
    ['x {% include "y" %}', 3, 'syntax error: blocks do not exist: only `{{ expression }}`'],
    [
      '{{ host.upper() }}',
      14,
      'syntax error: methods cannot be called: write `upper(…)` if there is such a function, or `… | upper`',
    ],
  ])('%s', (text, column, message) => {
    expect(lint(text, known)).toEqual([{ path: '', column, message }]);
  });

  test.each(['plain', '{{ open', 'printf "{%s}"', 7, null, [], '{{ merge(host, parameters) }}'])(
    '%j has no findings',
    (text) => {
      expect(lint(text, known)).toEqual([]);
    },
  );

  test.each([
    ['succeeded() and host == 1', []],
    ['succeeded() and x', [{ path: '', column: 17, message: unknown('x') }]],
    ['{{ x }}', [{ path: '', column: 4, message: unknown('x') }]],
    ['{{ x }} text', [{ path: '', column: 4, message: unknown('x') }]],
    ['a =', [{ path: '', column: 3, message: 'syntax error: there is no assignment: to compare use `==`' }]],
  ])('condition %s', (text, expected) => {
    expect(lintCondition(text, known)).toEqual(expected);
  });
});
