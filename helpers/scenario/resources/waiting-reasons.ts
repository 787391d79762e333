import type { Execution, ExecutionNode } from '../../../contract/executions';
import type { WaitingKind, WaitingReason } from '../../../contract/waiting';
import type { Client } from '../../client/client';
import { predicateToHold } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { until } from '../polling';

/** A reason of this kind about an execution, with its sentence. */
export const reason = <K extends WaitingKind>(
  kind: K,
  execution: number,
  phrase: string,
  details: Omit<Extract<WaitingReason, { readonly kind: K }>, 'kind' | 'execution' | 'text'>,
) => ({ kind, execution, text: `execution ${execution} waits for ${phrase}`, ...details });

/** The row that proves a reason. */
export const rowOf = (resource: 'environments' | 'executions' | 'inquiries' | 'workers', id: number) => ({
  resource,
  id,
});

/** The reason of a workflow that waits for one execution of a task. */
export const childReason = (workflow: number, task: string, { id, created }: Pick<Execution, 'id' | 'created'>) =>
  reason('child', workflow, `execution ${id} of task ${task} to end`, {
    since: created,
    due_at: null,
    source: rowOf('executions', id),
    task,
    executions: [id],
    open: 1,
  });

/** Waits until an execution has reasons of exactly these kinds, in this order. Returns them. */
export async function waitForReasons(
  { client, deadline }: { readonly client: Client; readonly deadline: number },
  id: number,
  ...kinds: readonly WaitingKind[]
): Promise<readonly WaitingReason[]> {
  let reasons: readonly WaitingReason[] = [];
  const haveKinds = async () => {
    ({ reasons } = await client.executions.waiting(id));
    return reasons.map(({ kind }) => kind).join() === kinds.join();
  };
  await until(predicateToHold(`execution ${id} to have the reasons ${kinds.join(', ')}`, haveKinds), deadline);
  return reasons;
}

/** What the tree shows that each open execution waits for, by id. */
export async function phrasesOf({ client }: Pick<Context, 'client'>, id: number): Promise<Record<number, string>> {
  const entries = (node: ExecutionNode): [number, string][] => [
    ...(node.waiting_for === null ? [] : [[node.id, node.waiting_for] as [number, string]]),
    ...node.children.flatMap(entries),
  ];
  return Object.fromEntries(entries(await client.executions.tree(id)));
}

/** The reasons of an execution as the phrases of its tree. */
export const phraseOf = (reasons: readonly WaitingReason[], execution: number): string =>
  reasons
    .filter((each) => each.execution === execution)
    .map(({ text }) => text.replace(`execution ${execution} waits for `, ''))
    .join('; ');
