import { writeJson } from '../../../contract/json-text/write-json';
import { useState } from 'preact/hooks';
import type { Queue, QueueSummary } from '../../../contract/queues';
import { change, get, list } from '../api';
import { ActionButton, Announcement } from '../parts/action-button';
import { Facts } from '../parts/facts';
import { Loaded } from '../parts/loaded';
import { PagedList } from '../parts/paged-list';
import { QueryField } from '../parts/query-field';
import { QueueItems } from '../parts/queue-items';
import type { Column } from '../parts/table';
import { useCaller } from '../caller';
import { useResource, type Resource } from '../resource';
import { mayDo } from '../session';
import { address, Link, type PageProps, pageNumber } from '../router';

const ON_PAGE = 50;

/** The work queues, or the one that the address names. */
export function Queues({ place }: PageProps) {
  const ref = place.segments[1];
  return ref === undefined ? <AllQueues place={place} /> : <OneQueue key={ref} queueRef={ref} place={place} />;
}

function AllQueues({ place }: PageProps) {
  const { query } = place;
  const page = pageNumber(query);
  const search = query.get('search') ?? undefined;
  const resource = useResource(`queues ${query.toString()}`, { types: ['work_queue'] }, (signal) =>
    list<QueueSummary>('/api/v1/queues', { search, page, per_page: ON_PAGE }, signal),
  );
  return (
    <>
      <h1>Work queues</h1>
      <div class="filters" role="search">
        <QueryField place={place} name="search" label="Ref, name or description" />
      </div>
      <PagedList
        caption="Work queues"
        resource={resource}
        columns={QUEUE_COLUMNS}
        keyOf={({ id }) => id}
        none={query.size === 0 ? 'There is no queue yet: a pack brings them.' : 'No queue matches.'}
        page={page}
      />
    </>
  );
}

const QUEUE_COLUMNS: readonly Column<QueueSummary>[] = [
  { title: 'Queue', cell: ({ ref }) => <Link to={address('queues', ref)}>{ref}</Link>, isRef: true },
  { title: 'Action', cell: ({ dispatch_action_ref: action }) => action, isRef: true },
  { title: 'Dispatches', cell: ({ enabled }) => (enabled ? 'yes' : 'no') },
  { title: 'New items', cell: ({ accepting_new_items: isOpen }) => (isOpen ? 'accepted' : 'rejected'), isMinor: true },
  { title: 'Name', cell: ({ label }) => label, isMinor: true },
];

interface OneQueueProps extends PageProps {
  readonly queueRef: string;
}

function OneQueue({ queueRef, place }: OneQueueProps) {
  const path = `/api/v1/queues/${encodeURIComponent(queueRef)}`;
  const queue = useResource(`queue ${queueRef}`, { types: ['work_queue'] }, (signal) => get<Queue>(path, { signal }));
  return (
    <>
      <p class="path">
        <Link to="/queues">Work queues</Link>
      </p>
      <h1>{queueRef}</h1>
      <Loaded resource={queue}>{(value) => <QueueFacts queue={value} path={path} resource={queue} />}</Loaded>
      <QueueItems queueRef={queueRef} path={path} place={place} />
    </>
  );
}

interface QueueFactsProps {
  readonly queue: Queue;
  readonly path: string;
  readonly resource: Resource<Queue>;
}

function QueueFacts({ queue, path, resource }: QueueFactsProps) {
  const { user } = useCaller();
  const [said, announce] = useState('');
  const { label, description, dispatch_action_ref: action, enabled, accepting_new_items: isOpen } = queue;
  const set = async (flags: Partial<Queue>, done: string): Promise<string> => {
    await change<Queue>('PUT', path, flags);
    resource.reload();
    return done;
  };
  const tuning = queue.resolved_dispatch_tuning;
  return (
    <>
      <Facts
        facts={[
          ['Name', label],
          ['Description', description],
          [
            'Action',
            <Link key="action" to={address('run', action)}>
              {action}
            </Link>,
          ],
          ['Dispatches', enabled ? 'yes' : 'no'],
          ['New items', isOpen ? 'accepted' : 'rejected'],
          ['At once', tuning && `${writeJson(tuning.concurrency)} executions of ${writeJson(tuning.batch_size)} items`],
          ['Default priority', queue.default_priority],
        ]}
      />
      {mayDo(user, 'queues', 'update') && (
        <p class="actions">
          <ActionButton
            label={enabled ? 'Stop the dispatch' : 'Dispatch'}
            run={() => set({ enabled: !enabled }, enabled ? 'No further item is dispatched.' : 'Items are dispatched.')}
            announce={announce}
          />
          <ActionButton
            label={isOpen ? 'Reject new items' : 'Accept new items'}
            run={() =>
              set({ accepting_new_items: !isOpen }, isOpen ? 'New items are rejected.' : 'New items are accepted.')
            }
            announce={announce}
          />
        </p>
      )}
      <Announcement text={said} />
    </>
  );
}
