import type { Json, JsonObject } from '../../../../contract/json';
import { loadDefinition } from '../../../../platform/core/workflow/load/load-definition';
import { task } from './workflow-simulator';

const load = (tasks: Json, more: JsonObject = {}) =>
  loadDefinition({ ref: 'p.w', version: '1', tasks, ...more }, { ref: 'p.w' });

it.each<[JsonObject, string]>([
  [{ concurrency: 2 }, "Semantic error: Task 'a' has concurrency without with_items"],
  [{ batch_size: 2 }, "Semantic error: Task 'a' has batch_size without with_items"],
  [{ with_items: 'abc' }, "Semantic error: Task 'a' has a text as with_items: write '{{ … }}', or a list"],
  [{ input: { x: '{{ task.c.y }}' } }, "/tasks/0/input.x: column 4: there is no task 'c'"],
  [{ input: { x: '{{ workflow.y + 1 }}' } }, "/tasks/0/input.x: column 4: there is no variable 'y'"],
  [
    { retry: { count: 1, on_error: 'suceeded()' } },
    "/tasks/0/retry/on_error: column 1: syntax error: Unknown function: suceeded. Did you mean 'succeeded'?",
  ],
  [
    { permission_set_refs: ['{{ 1 + }}'] },
    '/tasks/0/permission_set_refs[0]: column 8: syntax error: the expression ends too early: a value is missing',
  ],
])('a part of a task without effect is named: %j', (more, finding) => {
  expect(load([task('a', more), task('b')]).warnings).toEqual([finding]);
});

it.each<[JsonObject, string]>([
  [
    { parameters: { p: { type: 'string', secrt: true } } },
    "/parameters/p/secrt: 'secrt' has no meaning here. Did you mean 'secret'?",
  ],
  [{ output_map: { x: '{{ task.aa }}' } }, "/output_map.x: column 4: there is no task 'aa'"],
  [
    { output_map: { x: '{{ 1 | uper }}' } },
    "/output_map.x: column 8: syntax error: Unknown filter: uper. Did you mean 'upper'?",
  ],
])('a part of a definition without effect is named: %j', (more, finding) => {
  expect(load([task('a')], more).warnings).toEqual([finding]);
});
