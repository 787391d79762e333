import type { Execution } from '../../../contract/executions';
import type { Context } from '../context';
import { runAction } from './ended-executions';
import type { Parameters } from './workflow-task';

/**
 * Runs an action of `packs/e2e-api` to its end, with its default permission sets or with the given
 * ones.
 */
export const runWithRights = (
  ctx: Context,
  action: string,
  parameters: Parameters,
  sets?: string[],
): Promise<Execution> =>
  runAction(ctx, ctx.action(action), {
    parameters: { ...ctx.ledgerInput(action), ...parameters },
    ...(sets && { permission_set_refs: sets }),
  });

/**
 * Parameters of `write-key`. The reading action owns the key, so no other process receives its
 * value; each test uploads its own copy of the pack, since every process of that action does.
 */
export const writeParameters = (ctx: Context, ref: string, more: Parameters): Parameters => ({
  ref,
  owner_action_ref: ctx.action('read-key'),
  ...more,
});
