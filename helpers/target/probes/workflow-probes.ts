import { onlyChildOfTask, taskName } from '../../scenario/resources/child-executions';
import { echoedParameters } from '../../scenario/resources/echoed-parameters';
import { onFailure, onSuccess } from '../../scenario/resources/workflow-task';
import { completedExecution, probeTask, requireThat, startProbeWorkflow, type Probe } from './probe-context';
import { dataOf, sha256OfJson } from './process-output';

/** How long the later predecessor of a join runs, ms. */
const PREDECESSOR_MS = 300;
const FALLBACK = 'instead';

/** A task with `join: 2` runs once, after both of its predecessors. */
export const probeJoin: Probe = async (context) => {
  const { ledger } = context;
  const next = { next: [onSuccess('joined')] };
  const id = await startProbeWorkflow(context, 'joins', [
    probeTask(context, 'early', 'append-ledger', {}, next),
    probeTask(context, 'late', 'sleep-for', { ms: PREDECESSOR_MS }, next),
    probeTask(context, 'joined', 'append-ledger', {}, { join: 2 }),
  ]);
  await completedExecution(context, id);
  const starts = ledger.entries('joined', 'start');
  requireThat(starts.length === 1, `the joined task of execution ${id} ran ${starts.length} times`);
  const ends = ['early', 'late'].flatMap((key) => ledger.entries(key, 'end'));
  requireThat(
    ends.length === 2 && ends.every(({ atMs }) => atMs <= starts[0]!.atMs),
    `the joined task of execution ${id} started before its predecessors had ended`,
  );
};

/** After a failed task, the task of its failure transition runs and the other one does not. */
export const probeFailureBranch: Probe = async (context) => {
  const { ledger } = context;
  const id = await startProbeWorkflow(context, 'branches', [
    probeTask(context, 'fails', 'exit-with', { code: 7 }, { next: [onFailure('handler'), onSuccess('successor')] }),
    probeTask(context, 'handler', 'append-ledger'),
    probeTask(context, 'successor', 'append-ledger'),
  ]);
  await completedExecution(context, id);
  const runs = ['handler', 'successor'].map((key) => ledger.count(key));
  requireThat(runs.join() === '1,0', `execution ${id} ran its handler ${runs[0]!} and its successor ${runs[1]!} times`);
};

/** A task with a list runs once per item. */
export const probeItems: Probe = async (context) => {
  const { client } = context;
  const list = probeTask(context, 'items', 'append-ledger', {}, { with_items: '{{ [1, 2] }}' });
  const id = await startProbeWorkflow(context, 'lists', [list]);
  await completedExecution(context, id);
  const children = (await client.executions.children(id)).filter((child) => taskName(child) === 'items');
  const indexes = children.map(({ workflow_task }) => workflow_task?.task_index).sort();
  requireThat(indexes.join() === '0,1', `execution ${id} ran items ${indexes.join() || 'none'} instead of 0,1`);
};

/** A task that fails once is retried. */
export const probeRetry: Probe = async (context) => {
  const task = probeTask(context, 'retried', 'fail-n-times', { n: 1 }, { retry: { count: 1, delay: 0 } });
  const id = await startProbeWorkflow(context, 'retries', [task]);
  await completedExecution(context, id);
  const attempts = context.ledger.count('retried');
  requireThat(attempts === 2, `execution ${id} ran its task ${attempts} times instead of 2`);
};

/** A task that leads back to itself after its first round runs twice. */
export const probeLoops: Probe = async (context) => {
  const again = { when: '{{ workflow.again }}', publish: [{ again: false }], do: ['again'] };
  const task = probeTask(context, 'again', 'append-ledger', {}, { next: [again] });
  const id = await startProbeWorkflow(context, 'loops', [task], { vars: { again: true } });
  await completedExecution(context, id);
  const rounds = context.ledger.count('again');
  requireThat(rounds === 2, `execution ${id} ran its task ${rounds} times instead of 2`);
};

/** A template reads a key of the workflow's pack. */
export const probeKeystore: Probe = async (context) => {
  const { client, pack, defer } = context;
  const ref = `${pack}.probe-key`;
  const owner = { owner_type: 'pack', owner_pack_ref: pack } as const;
  await client.keys.create({ ref, name: 'probe', ...owner, value: 'stored' });
  defer(() => client.keys.removeIfExists(ref));
  const task = probeTask(context, 'keystore', 'hash-secrets', { secret_a: '{{ keystore.probe }}' });
  const id = await startProbeWorkflow(context, 'keystore', [task]);
  await completedExecution(context, id);
  const child = onlyChildOfTask('keystore', await client.executions.children(id));
  const { a } = dataOf(await client.executions.get(child.id));
  requireThat(a === sha256OfJson('stored'), `the process of execution ${child.id} did not receive the key's value`);
};

/** A template replaces a missing value. */
export const probeFilters: Probe = async (context) => {
  const { client } = context;
  const rendered = `{{ parameters.nothing | default("${FALLBACK}") }}`;
  const id = await startProbeWorkflow(context, 'filters', [probeTask(context, 'filters', 'echo-params', { rendered })]);
  await completedExecution(context, id);
  const child = onlyChildOfTask('filters', await client.executions.children(id));
  const received = echoedParameters(await client.executions.get(child.id)).rendered;
  requireThat(received === FALLBACK, `a template rendered ${JSON.stringify(received)} instead of its default`);
};
