import { isObject } from '../../../contract/json';
import { endOf, requireThat, startExecution, type Probe, type ProbeContext } from './probe-context';
import { createWorkflow } from '../../scenario/resources/workflow-task';
import { UndecidedError } from './unproven-error';

const CAPABILITY = 'limits.causation_depth';
/** Of a platform that declares no number. */
const DEFAULT_DEPTH = 64;
/** A longer chain would load the target. */
const MAX_DEPTH = 128;
/** A platform without a limit ends the chain here. */
const EXCESS = 8;
/** For each execution of the chain on an idle target, ms. */
const LINK_MS = 500;

/** A workflow that starts itself is stopped by the platform before it stops by itself. */
export const probeCausationDepth: Probe = async (context) => {
  const depth = await declaredDepth(context);
  if (depth > MAX_DEPTH) throw new UndecidedError(`a chain of ${depth} executions would load the target`);
  const length = depth + EXCESS;
  const { ref } = await createChain(context, length);
  const { id } = await startExecution(context, ref, { left: length });
  await endOf(context, id, context.deadline(length * LINK_MS));
  const links = await context.client.executions.list({ action_ref: ref });
  const last = Math.max(...links.map((link) => link.id));
  const codes = await Promise.all(
    (await context.client.executions.children(last)).map(async (child) => codeOf(context, child.id)),
  );
  requireThat(
    codes.includes('LOOP_LIMIT') && links.length <= depth,
    `${links.length} workflows started each other, and none of the last one's tasks ended with LOOP_LIMIT`,
  );
};

async function codeOf({ client }: ProbeContext, id: number): Promise<unknown> {
  const { result } = await client.executions.get(id);
  return isObject(result) ? result.code : undefined;
}

async function declaredDepth({ client }: ProbeContext): Promise<number> {
  const manifest = await client.capabilities.getOrNull();
  const details = manifest?.capabilities[CAPABILITY];
  return isObject(details) && typeof details.depth === 'number' ? details.depth : DEFAULT_DEPTH;
}

/** A workflow that runs an action, and then itself until nothing is left. */
const createChain = (context: ProbeContext, length: number) =>
  createWorkflow(
    context.client,
    context.pack,
    [
      { name: 'link', action: 'core.noop', next: [{ when: '{{ parameters.left > 0 }}', do: ['again'] }] },
      { name: 'again', action: `${context.pack}.chain`, input: { left: '{{ parameters.left - 1 }}' } },
    ],
    { name: 'chain', parameters: { left: { type: 'integer', default: length } } },
  );
