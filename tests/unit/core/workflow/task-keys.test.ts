import type { JsonObject } from '../../../../contract/json';
import { TASK_CONTROLS, TASK_TYPES } from '../../../../contract/workflows/task-kinds';
import { definitionFields } from '../../../../platform/core/workflow/load/definition-fields';
import { parseTask } from '../../../../platform/core/workflow/load/task';

/** What a task is, and what its child gets. */
const PARTS = ['name', 'type', 'action', 'tasks', 'input'];
const CHILD_KEYS = ['permission_set_ref', 'permission_set_refs'];
const PLACEMENT_KEYS = ['worker_selector', 'worker_tolerations', 'worker_affinity'];
/** They stand for `next`. */
const OLDER_KEYS = ['on_success', 'on_failure', 'on_complete', 'on_timeout', 'decision', 'publish'];

/** The keys that the loader reads from this task. */
function keysReadFrom(task: JsonObject): Set<string> {
  const keys = new Set<string>();
  const recording = new Proxy(task, {
    getOwnPropertyDescriptor: (target, key) => {
      keys.add(String(key));
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  parseTask(definitionFields(recording, '/tasks/0'));
  return keys;
}

test('the loader reads exactly the keys that the contract and this test name', () => {
  const tasks = { tasks: [{ name: 'b', action: 'p.one' }] };

  const read = new Set(TASK_TYPES.flatMap((type) => [...keysReadFrom({ name: 'a', type, action: 'p.one', ...tasks })]));

  const known = [...PARTS, ...TASK_CONTROLS, ...CHILD_KEYS, ...PLACEMENT_KEYS, ...OLDER_KEYS];
  expect([...read].sort()).toEqual(known.sort());
});
