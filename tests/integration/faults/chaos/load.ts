import { seededRandom } from '../history/seeded-random';
import { untilRow } from '../read-rows';
import type { HistoryContext } from '../crash/crash-pack';
import { execute, HISTORIES } from '../crash/histories';

/** Longer than any stop of a process: its attempt is there when its worker resumes. */
const LONG_SECONDS = 4;

/** What clients do: each causes one execution without a parent, with the name of the context. */
const LOAD = {
  sequence: HISTORIES.sequence,
  revision: HISTORIES.revision,
  webhook: HISTORIES.webhook,
  inquiry: HISTORIES.inquiry,
  'inquiry of a program': HISTORIES['inquiry of a program'],
  'expired inquiry': HISTORIES['expired inquiry'],
  cancel: HISTORIES.cancel,
  pause: HISTORIES.pause,
  chain: (context: HistoryContext) => execute(context, context.pack.chain),
  long: (context: HistoryContext) => execute(context, context.pack.record, { seconds: LONG_SECONDS }),
};
export type LoadName = keyof typeof LOAD;

export const LOAD_NAMES = Object.keys(LOAD) as LoadName[];

/** A request that was accepted. `name`: of the execution that it caused. */
export interface Accepted {
  readonly name: string;
  readonly history: LoadName;
}

/** Runs a history until its execution has ended. */
export async function runToEnd(context: HistoryContext, history: LoadName): Promise<Accepted> {
  await LOAD[history](context);
  await untilRow(
    context.platform,
    `${context.name} (${history}) to end`,
    `select exists (select from execution where parent is null and config ->> 'name' = $1
       and finished_at is not null) as holds`,
    [context.name],
  );
  return { name: context.name, history };
}

/** Runs random ones of these histories, one after the other, until it is stopped. */
export async function runClient(
  context: HistoryContext,
  { histories, seed, stop }: { histories: readonly LoadName[]; seed: number; stop: AbortSignal },
): Promise<Accepted[]> {
  const random = seededRandom(seed);
  const accepted: Accepted[] = [];
  while (!stop.aborted) {
    const history = histories[random(histories.length)]!;
    accepted.push(await runToEnd({ ...context, name: `${context.name}-${accepted.length}` }, history));
  }
  return accepted;
}
