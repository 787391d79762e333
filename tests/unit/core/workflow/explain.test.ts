import type { Json } from '../../../../contract/json';
import { explain, NOTHING_KNOWN } from '../../../../platform/core/workflow/compile/explain';
import { loadDefinition } from '../../../../platform/core/workflow/load/load-definition';

const load = (document: Json) => loadDefinition(document, { ref: 'p.w', version: '1' }).definition;

test('every place of a task that can hold a template is explained', () => {
  const definition = load({
    tasks: [
      {
        name: 'each',
        action: 'p.one',
        when: 'parameters.enabled',
        with_items: '{{ vars.names }}',
        input: { plain: 'text', name: 'Dear {{ item }} and {{ keystore.names.first }}', key: { $connection: 'db' } },
        retry: { count: 1, delay: 1, on_error: 'result().code == 3' },
        worker_selector: { zone: '{{ config.zone }}' },
        next: [{ when: '{{ succeeded() }}', publish: [{ total: '{{ result().total }}' }], do: ['last'] }],
      },
      { name: 'last', type: 'parallel', tasks: [{ name: 'sub', action: 'p.two', input: { n: '{{ 1 + 2 }}' } }] },
    ],
    vars: { names: [] },
    output_map: { 'a/b': ['{{ task.each.x }}'] },
  });

  const { tasks, output, complete } = explain(definition, NOTHING_KNOWN);

  expect(tasks.map(({ task, kind, stale }) => [task, kind, stale])).toEqual([
    ['each', 'action', false],
    ['last', 'parallel', false],
    ['sub', 'action', false],
  ]);
  expect(tasks[0]?.templates).toEqual([
    { place: '/when', reads: ['parameters.enabled'] },
    { place: '/with_items', reads: ['vars.names'] },
    { place: '/input/name', reads: ['item', 'keystore.names.first'] },
    { place: '/input/key', reads: ['connection db'] },
    { place: '/worker_selector/zone', reads: ['config.zone'] },
    { place: '/retry/on_error', reads: ['result().code'] },
    { place: '/next/0/when', reads: ['succeeded()'] },
    { place: '/next/0/publish/total', reads: ['result().total'] },
  ]);
  expect(tasks[2]?.templates).toEqual([{ place: '/input/n', reads: [] }]);
  expect(output).toEqual([{ place: '/a~1b/0', reads: ['task.each.x'] }]);
  expect(complete).toBe(true);
});

test('without a platform, a task that runs a workflow is shown as an action', () => {
  const definition = load({ tasks: [{ name: 'nested', type: 'workflow', action: 'p.flow' }] });

  const [nested] = explain(definition, NOTHING_KNOWN).tasks;

  expect(nested).toMatchObject({ kind: 'action', action: 'p.flow', pinned_digest: null, current_digest: null });
});

test('an explanation states that not every expression was read', () => {
  const text = `{{ vars.x${' '.repeat(15_000)} }}`;
  const definition = load({ tasks: [{ name: 'a', action: 'p.one', input: { list: [text, text, text, text] } }] });

  const { tasks, complete } = explain(definition, NOTHING_KNOWN);

  expect(tasks[0]?.templates).toHaveLength(3);
  expect(complete).toBe(false);
});
