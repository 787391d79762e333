// Spec: what runs with a permission set was saved by those who hold it.
import { createClient } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim } from '../../../helpers/scenario/claim';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { RUNNABLES } from '../support/matrix/changed-texts';
import { createDelegationWorld } from '../support/matrix/delegation-ways';

const NEEDS = ['rbac', 'tenants'];

/** Where a change by somebody without the set is refused: with 403, or as it runs. */
const WHEN_SAVED = { renamed: [null, 'token'], changed: [403, 'token'] };
const WHEN_SAVED_AT_ALL = { renamed: [403, 'token'], changed: [403, 'token'] };
const WHEN_RUN = {
  renamed: [null, 'token'],
  changed: [null, 'Action execution failed: FORBIDDEN: who saved action …'],
};
/** By what the last one who changed the rule or the queue holds. */
const WHEN_LIMITED = {
  renamed: [null, 'token'],
  changed: [null, 'Action execution failed: FORBIDDEN: the token above it does not carry permission set …'],
};
const EXPECTED: Readonly<Record<keyof typeof RUNNABLES, object>> = {
  'an action with the set of a request': WHEN_RUN,
  'the schema of an action with the set of a request': WHEN_RUN,
  'an action with its own set': WHEN_SAVED_AT_ALL,
  'an action of a task with a set': WHEN_RUN,
  'an action of a file with the set of a request': WHEN_RUN,
  'a workflow with a set': WHEN_SAVED_AT_ALL,
  'the parameters of a rule with a set': WHEN_SAVED,
  'the conditions of a rule with a set': WHEN_SAVED,
  'the trigger of a rule with a set': WHEN_SAVED,
  'the parameters of a rule before its action has a set': WHEN_LIMITED,
  'the conditions of a rule before its action has a set': WHEN_LIMITED,
  'the trigger of a rule before its action has a set': WHEN_LIMITED,
  'the action of a rule with a set': WHEN_SAVED,
  'the action of a queue with a set': WHEN_SAVED,
  'the parameters of a queue before its action has a set': WHEN_LIMITED,
  'the action of a queue before it has a set': WHEN_LIMITED,
};

claim('T3.33g', NEEDS, 'what a caller changes never runs with a set that it lacks', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const scratch = `${ctx.facts.directory}/fixtures`;
  const { manager, pack, sets } = await createDelegationWorld(client, ctx.facts.url, scratch);
  const other = createClient({ baseUrl: ctx.facts.url, token: manager.token });
  const world = { client, deadline: ctx.deadline, scratch, pack, set: sets.right };

  const seen = await mapConcurrently(Object.entries(RUNNABLES), 4, async ([name, create]) => {
    const { run, change, rename } = await create(world);
    const first = await run();
    const renamed = [await rejectionStatus(rename(other)), await run()];
    const changed = [await rejectionStatus(change(other)), await run()];
    const changedByHolder = [await rejectionStatus(change(client)), await run()];
    return [name, { first, renamed, changed, changedByHolder }] as const;
  });

  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(
      Object.entries(EXPECTED).map(([name, by]) => [name, { first: 'token', ...by, changedByHolder: [null, 'token'] }]),
    ),
  );
});
