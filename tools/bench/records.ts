import { openTargetDatabase, type TargetDatabase } from '../../helpers/target/target-database';
import type { Client } from '../../helpers/client/client';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { runToCompletion, withPack } from './bench-platform';
import { formatMs, median } from './percentiles';
import { createSequence, SHORT_TASKS } from './sequence';

/** Workflows after each switch, of which the first is not counted. */
const BLOCK = 11;
/** Switches of one repetition. */
const SWITCHES = 10;

const TRIGGERS = ['record_execution_history', 'record_execution_change'];
const AUDIT = 'append_audit_event(int, text, jsonb)';

/** Switches the histories of executions and the audit log on and off. */
async function openSwitch({ query }: TargetDatabase): Promise<(isOn: boolean) => Promise<void>> {
  const [audit] = await query<{ text: string }>(`select pg_get_functiondef('${AUDIT}'::regprocedure) as text`);
  const emptied = audit!.text.replace(/AS \$function\$[^]*\$function\$/, 'AS $function$ select $function$');
  return async (isOn) => {
    for (const trigger of TRIGGERS)
      await query(`alter table execution ${isOn ? 'enable' : 'disable'} trigger ${trigger}`);
    await query(isOn ? audit!.text : emptied);
  };
}

/** Ms from each request to the end of its workflow, in blocks with and without records in turn. */
async function measureBlocks(client: Client, database: TargetDatabase, { runs, reportProgress }: BenchmarkRun) {
  const ref = await createSequence(client, SHORT_TASKS);
  const setRecords = await openSwitch(database);
  const times: Record<'on' | 'off', number[]> = { on: [], off: [] };
  for (let block = 0; block < runs * SWITCHES; block++) {
    const isOn = block % 2 === 0;
    await setRecords(isOn);
    for (let n = 0; n < BLOCK; n++) {
      const startedAt = performance.now();
      await runToCompletion(client, ref);
      if (n > 0) times[isOn ? 'on' : 'off'].push(performance.now() - startedAt);
    }
    reportProgress(`records ${isOn ? 'on' : 'off'}: ${formatMs(median(times[isOn ? 'on' : 'off']))}`);
  }
  return times;
}

function measurementOf({ on, off }: Record<'on' | 'off', readonly number[]>): Measurement {
  const [onMs, offMs] = [median(on), median(off)];
  return {
    title: `${SHORT_TASKS} no-op tasks, request → completed, with histories and the audit log, p50`,
    result: `${formatMs(onMs)}; ratio ${(onMs / offMs).toFixed(2)}`,
    limit: 'ratio 1.25',
    goal: 'ratio 1.1',
    baseline: `without them ${formatMs(offMs)}`,
    figures: { p50_ms: onMs, without_p50_ms: offMs, ratio: onMs / offMs },
  };
}

export const recordsBenchmark: Benchmark = {
  name: 'records',
  about: `a workflow of ${SHORT_TASKS} no-op tasks, with and without histories and the audit log`,
  runs: 4,
  measure: (run) =>
    withPack(run.stop, async (client, { database_url }) => {
      await using database = await openTargetDatabase(database_url);
      return [measurementOf(await measureBlocks(client, database, run))];
    }),
};
