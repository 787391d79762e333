// Spec: a secret is assigned to parameters that are declared secret, and to nothing else.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { expectHidden, secretEncodings } from '../../../helpers/scenario/resources/secret-encodings';
import type { Parameters, Task } from '../../../helpers/scenario/resources/workflow-task';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const NEEDS = ['secrets.redaction', 'workflows.list_items', 'rbac'];

const SECRET = { type: 'string', secret: true };

/** Without an input it would receive the parameters of its workflow. */
const NOOP: Task = { name: 'T', action: 'core.noop', input: { message: 'm' } };

/** Tasks that give a secret to what shows it, or fail with it. */
const MISPLACED: Readonly<Record<string, Partial<Task> & Parameters>> = {
  input: { input: { message: 'is {{ parameters.token }}', exit_code: 0 } },
  deep: { input: { more: { list: [1, '{{ parameters.token }}'] } } },
  sets: { permission_set_refs: ['{{ parameters.token }}'] },
  selector: { worker_selector: { a: '{{ parameters.token }}' } },
  batch: { with_items: ['a', 'b', '{{ parameters.token }}'], batch_size: 2, worker_selector: { a: '{{ item[0] }}' } },
  tolerations: { worker_tolerations: [{ key: '{{ parameters.token }}' }] },
  affinity: { worker_affinity: { a: '{{ parameters.token }}' } },
  error: { input: { message: '{{ parameters.token - 1 }}' } },
  items: { with_items: '{{ parameters.token }}' },
  // the parameters of the workflow
  inherited: {},
  empty: { input: {} },
  each: { with_items: [1] },
};

const declared = (path: string) => ({
  code: 'SECRET_PARAMETER',
  error: `Secret value cannot be assigned to non-secret parameter path(s): ${path}`,
});
const misplaced = (key: string) => ({
  code: 'SECRET_MISPLACED',
  error: expect.stringContaining(key) as string,
});

/** The results of these tasks. */
const REFUSED = {
  input: declared('message'),
  deep: declared('more.list.1'),
  sets: misplaced('permission_set_refs'),
  selector: misplaced('worker_selector'),
  batch: misplaced('worker_selector'),
  tolerations: misplaced('worker_tolerations'),
  affinity: misplaced('worker_affinity'),
  error: {},
  items: { code: 'ITEMS_NO_LIST' },
  inherited: declared('token'),
  empty: declared('token'),
  each: declared('token'),
};

/** The tables of the database that contain this text, in any encoding. */
async function tablesWith({ facts }: Context, text: string): Promise<string[]> {
  await using database = await openTargetDatabase(facts.databaseUrl);
  return await database.tablesContaining(secretEncodings(text));
}

claim('T2.3n', NEEDS, 'a secret is given to secret parameters alone; conditions may use it', async (ctx) => {
  const token = ctx.name('token');
  const tasks = Object.entries(MISPLACED).map(([name, parts]) => ({ name, action: 'core.noop', ...parts }));
  const compares = { when: '{{ length(parameters.token) == parameters.size }}', do: ['equal'] };
  const { ref } = await ctx.workflow(
    [...tasks, { ...NOOP, name: 'first', next: [compares] }, { ...NOOP, name: 'equal' }],
    { parameters: { token: SECRET, size: { type: 'integer' } } },
  );

  const { id } = await runToEnd(ctx, ref, { token, size: token.length }, 'failed');

  const children = await readExecutions(ctx, await ctx.client.executions.children(id));
  const results = Object.fromEntries(children.map((child) => [taskName(child), child.result]));
  const ran = { exit_code: 0 };
  expect(results).toMatchObject({ ...REFUSED, first: ran, equal: ran });
  expect(
    children
      .filter(({ started_at: at }) => at !== undefined)
      .map(taskName)
      .sort(),
  ).toEqual(['equal', 'first']);
  if (ctx.canProve('sql')) expect(await tablesWith(ctx, token)).toEqual([]);
  expectHidden(
    token,
    'SECRET_PARAMETER',
    children.map(({ result }) => result),
  );
});
