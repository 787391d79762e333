import { evaluateCondition } from '../../../../platform/core/template/condition';
import { isTruthy } from '../../../../platform/core/template/truthy';
import { templateErrorText, testScope } from './test-scope';

const scope = testScope({ n: 3, yes: 'yes', no: 'No', empty: '', list: [], o: {}, text: 'false' }, null, 'succeeded');

describe('condition', () => {
  test.each([
    ['n == 3', true],
    ['  n > 3  ', false],
    ['{{ n == 3 }}', true],
    [' {{ succeeded() }} ', true],
    ['{{ [] }}', false],
    ['{{ o }}', false],
    ['{{ 0.0 }}', false],
    ['{{ text }}', true],
    ['text', true],
    ['{{ empty }}{{ empty }}', false],
    ['{{ no }}{{ empty }}', false],
    ['{{ yes }} ', true],
    ['{{ n }}{{ empty }}', true],
    ['{{ n == 4 }}{{ empty }}', false],
    ['0{{ empty }}', false],
    ['{{ n }} == {{ n }}', true],
    ['"{{ x }}" == "a"', false],
  ])('%s', (text, expected) => {
    expect(evaluateCondition(text, scope)).toBe(expected);
  });

  test.each([
    ['nope', 'TEMPLATE_NAME@1 Variable not found: nope'],
    ['{{ n > nope }}', 'TEMPLATE_NAME@5 Variable not found: nope'],
    ['a {{ nope }}', 'TEMPLATE_NAME@1 Variable not found: nope'],
    ['', 'TEMPLATE_SYNTAX@1 an expression is missing: write a value, like `parameters.x`'],
    ['n == {{ n', 'TEMPLATE_SYNTAX@6 `{{` is not allowed inside an expression: one pair of delimiters is enough'],
  ])('%s is rejected', (text, expected) => {
    expect(templateErrorText(() => evaluateCondition(text, scope))).toBe(expected);
  });

  test.each([
    [null, false],
    [false, false],
    [0, false],
    ['', false],
    [[], false],
    [{}, false],
    [true, true],
    [-1, true],
    ['false', true],
    [[0], true],
    [{ a: null }, true],
  ])('%j is %s', (value, expected) => {
    expect(isTruthy(value)).toBe(expected);
  });
});
