import { useState } from 'preact/hooks';
import type { Sign } from '../../components/status';
import type { Worker } from '../../../contract/workers';
import { list, send } from '../api';
import { ActionButton, Announcement } from '../parts/action-button';
import { Instant } from '../parts/instant';
import { Loaded } from '../parts/loaded';
import { Signed } from '../parts/signed';
import { Table, type Column } from '../parts/table';
import { isCurrent } from '../parts/current-worker';
import { usePolling } from '../parts/use-polling';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { mayDo } from '../session';

/** Heartbeats have no notification, ms. */
const POLL_MS = 5_000;
/** The API's largest page of a list. */
const ON_PAGE = 100;

const SIGNS: Readonly<Record<Worker['health_state'], Sign>> = {
  active: { sign: '✓', tone: 'good' },
  busy: { sign: '▶', tone: 'warn' },
  cordoned: { sign: '‖', tone: 'warn' },
  inactive: { sign: '○', tone: 'calm' },
  offline: { sign: '✕', tone: 'bad' },
  error: { sign: '✕', tone: 'bad' },
};

/** The workers with their load; who may, keeps one from getting new executions. */
export function Workers() {
  const { user } = useCaller();
  const [said, announce] = useState('');
  const resource = useResource('workers', { types: ['execution'] }, listWorkers);
  usePolling(true, resource.reload, POLL_MS);
  const cordon = async ({ id, name, cordoned }: Worker): Promise<string> => {
    await send(`/api/v1/workers/${id}/${cordoned ? 'uncordon' : 'cordon'}`, { method: 'POST', body: {} });
    resource.reload();
    return cordoned ? `${name} gets executions again.` : `${name} gets no new executions.`;
  };
  const cordonColumn: Column<Worker> = {
    title: 'Action',
    cell: (worker) => (
      <ActionButton
        label={worker.cordoned ? 'Uncordon' : 'Cordon'}
        subject={worker.name}
        run={() => cordon(worker)}
        announce={announce}
      />
    ),
  };
  const columns = mayDo(user, 'workers', 'manage') ? [...COLUMNS, cordonColumn] : COLUMNS;
  return (
    <>
      <h1>Workers</h1>
      <Announcement text={said} />
      <Loaded resource={resource}>
        {(workers) => (
          <>
            <Table
              caption="Workers"
              items={workers.filter(isCurrent)}
              columns={columns}
              keyOf={({ id }) => id}
              none="No worker runs."
            />
            <Gone workers={workers.filter((worker) => !isCurrent(worker))} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** Of all pages: the names of those that run can be the last. */
async function listWorkers(signal: AbortSignal): Promise<readonly Worker[]> {
  const workers: Worker[] = [];
  for (let page = 1; ; page++) {
    const { items, pagination } = await list<Worker>('/api/v1/workers', { page, page_size: ON_PAGE }, signal);
    workers.push(...items);
    if (!pagination.has_next) return workers;
  }
}

/** Workers whose processes have ended: the platform keeps their rows for its records. */
const Gone = ({ workers }: { readonly workers: readonly Worker[] }) =>
  workers.length === 0 ? null : (
    <details>
      <summary>Workers that are gone: {workers.length}</summary>
      <Table caption="Workers that are gone" items={workers} columns={COLUMNS} keyOf={({ id }) => id} none="None." />
    </details>
  );

const COLUMNS: readonly Column<Worker>[] = [
  { title: 'Worker', cell: ({ name }) => name },
  { title: 'State', cell: State },
  { title: 'Load', cell: Load },
  {
    title: 'Runtimes',
    cell: ({ supported_runtimes: runtimes }) => runtimes.map(({ name }) => name).join(', '),
    isMinor: true,
  },
  { title: 'Host', cell: ({ host, pid }) => [host, pid && `process ${pid}`].filter(Boolean).join(', '), isMinor: true },
  { title: 'Heartbeat', cell: ({ last_heartbeat: at }) => <Instant at={at} />, isMinor: true },
];

function State({
  health_state: health,
  cordon_reason: reason,
  state_detail: detail,
  heartbeat_stale: isStale,
}: Worker) {
  const more = [reason, detail, isStale ? 'its heartbeat is late' : null].filter((text) => text !== null);
  return (
    <>
      <Signed sign={SIGNS[health]} text={health} />
      {more.length > 0 && <div class="faint">{more.join(', ')}</div>}
    </>
  );
}

/** Its executions and places, and those that wait for it. */
function Load({
  load: { total_active: active, max_concurrent_executions: places, scheduled, sensor_processes_running: sensors },
}: Worker) {
  return (
    <>
      {places === null ? `${active} executions` : `${active} of ${places} places`}
      {scheduled > 0 && <div class="faint">{scheduled} not started</div>}
      {sensors !== null && sensors > 0 && <div class="faint">{sensors} sensors</div>}
    </>
  );
}
