import { lint } from '../../../../platform/core/template/lint';
import { render } from './render';
import { segments } from '../../../../platform/core/template/segments';
import { testScope } from './test-scope';

const scope = testScope({ parameters: { a: 1 } });

test.each([
  ["docker --format '{% raw %}{{.Names}}{% endraw %}'", "docker --format '{{.Names}}'"],
  ['{% raw %}{{ a }}{% endraw %}{{ parameters.a }}', '{{ a }}1'],
  ['{{ parameters.a }}{% raw %}{{ b }}{% endraw %}{% raw %}}}{% endraw %}', '1{{ b }}}}'],
  ['{%raw%}x{%endraw%}', 'x'],
  ['{% raw %}{{ parameters.a }}', '{% raw %}1'],
  ['{% endraw %} %d {%', '{% endraw %} %d {%'],
  ['{{ "{{" }}.Names}}', '{{.Names}}'],
])('%s gives %s', (text, expected) => {
  expect(render(text, scope)).toBe(expected);
});

test('a raw part is no mistake, and an unclosed one is', () => {
  const messages = (text: string) => lint(text, { names: new Set(['parameters']) }).map(({ message }) => message);

  expect(messages('{% raw %}{{.Names}} {% if %}{% endraw %} {{ parameters.a }}')).toEqual([]);
  expect(messages('{% raw %}{{ parameters.a }}')).toEqual([expect.stringContaining('blocks do not exist') as string]);
});

test('unclosed raw parts take linear time', () => {
  const text = '{% raw %}'.repeat(100_000);

  expect(Array.from(segments(text))).toEqual([{ kind: 'text', text }]);
});
