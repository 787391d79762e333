import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import type { QueueItem } from '../../../contract/queues';
import { change, list } from '../api';
import { failureText } from '../api-failure';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { address, Link, pageNumber, type PageProps } from '../router';
import { mayDo } from '../session';
import { ActionButton, Announcement } from './action-button';
import { Instant } from './instant';
import { PagedList } from './paged-list';
import { QueryChoice } from './query-field';
import type { Column } from './table';

const ON_PAGE = 50;
const ITEM_STATUSES: readonly QueueItem['status'][] = [
  'queued',
  'leased',
  'retry',
  'completed',
  'failed',
  'skipped',
  'cancelled',
];
/** Those that no execution has taken: the API changes and removes no other. */
const PENDING: readonly QueueItem['status'][] = ['queued', 'retry'];

interface Props extends PageProps {
  readonly queueRef: string;
  /** Of the queue. */
  readonly path: string;
}

/** The items of a queue, and a form that adds one or changes one that waits. */
export function QueueItems({ queueRef, path, place }: Props) {
  const { user } = useCaller();
  const { query } = place;
  const [chosen, choose] = useState<QueueItem | null>(null);
  const [said, announce] = useState('');
  const page = pageNumber(query);
  const statuses = query.get('statuses') ?? undefined;
  const items = useResource(`items of ${queueRef} ${query.toString()}`, { types: ['work_queue_item'] }, (signal) =>
    list<QueueItem>(`${path}/items`, { statuses, page, per_page: ON_PAGE }, signal),
  );
  const finish = (done: string): string => {
    choose(null);
    items.reload();
    return done;
  };
  const remove = async ({ id }: QueueItem): Promise<string> => {
    await change<undefined>('DELETE', `${path}/items/${id}`);
    return finish(`Item ${id} is removed.`);
  };
  const isAnyPending = items.value?.items.some(({ status }) => PENDING.includes(status)) ?? false;
  return (
    <>
      <h2>Items</h2>
      <div class="filters" role="search">
        <QueryChoice place={place} name="statuses" label="Status" choices={ITEM_STATUSES} all="any" />
      </div>
      <PagedList
        caption="Items, in the order in which they are leased"
        resource={items}
        columns={isAnyPending ? [...COLUMNS, changesOf({ choose, remove, announce })] : COLUMNS}
        keyOf={({ id }) => id}
        none="No item matches."
        page={page}
      />
      <Announcement text={said} />
      {items.value && mayDo(user, 'queues', chosen === null ? 'create' : 'update') && (
        <ItemForm
          key={chosen?.id ?? 'new'}
          path={path}
          item={chosen}
          announce={announce}
          onDone={finish}
          close={() => choose(null)}
        />
      )}
    </>
  );
}

const COLUMNS: readonly Column<QueueItem>[] = [
  { title: 'Id', cell: ({ id }) => id },
  { title: 'Status', cell: ({ status }) => status },
  { title: 'Payload', cell: ({ payload }) => <code>{shortened(writeJson(payload))}</code> },
  {
    title: 'Execution',
    cell: ({ leased_execution: id }) => (id === null ? '–' : <Link to={address('executions', id)}>{id}</Link>),
  },
  { title: 'Priority', cell: ({ priority }) => priority, isMinor: true },
  { title: 'Attempts', cell: ({ attempt_count: count }) => count, isMinor: true },
  { title: 'Last error', cell: ({ last_error: error }) => error, isMinor: true },
  { title: 'Created', cell: ({ created }) => <Instant at={created} />, isMinor: true },
];

interface Changes {
  choose(item: QueueItem): void;
  remove(item: QueueItem): Promise<string>;
  readonly announce: (text: string) => void;
}

const changesOf = (changes: Changes): Column<QueueItem> => ({
  title: 'Changes',
  cell: (item) => PENDING.includes(item.status) && <ItemChanges item={item} {...changes} />,
});

function ItemChanges({ item, choose, remove, announce }: Changes & { readonly item: QueueItem }) {
  const { user } = useCaller();
  return (
    <span class="actions">
      {mayDo(user, 'queues', 'update') && (
        <button type="button" onClick={() => choose(item)}>
          Change<span class="hidden"> item {item.id}</span>
        </button>
      )}
      {mayDo(user, 'queues', 'delete') && (
        <ActionButton label="Remove" subject={`item ${item.id}`} run={() => remove(item)} announce={announce} />
      )}
    </span>
  );
}

const SHOWN_CHARACTERS = 200;

const shortened = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;

interface ItemFormProps {
  readonly path: string;
  /** The item to change; null: a new one. */
  readonly item: QueueItem | null;
  readonly announce: (text: string) => void;
  readonly onDone: (done: string) => string;
  readonly close: () => void;
}

function ItemForm({ path, item, announce, onDone, close }: ItemFormProps) {
  const [payload, setPayload] = useState(item === null ? '{}' : writeJson(item.payload, 2));
  const [priority, setPriority] = useState(item === null ? '' : String(item.priority));
  const send = async (): Promise<string> => {
    const body = { payload: parseJsonText(payload), ...(priority !== '' && { priority: Number(priority) }) };
    if (item === null) {
      const { id } = await change<QueueItem>('POST', `${path}/items`, body);
      return onDone(`Item ${id} is in the queue.`);
    }
    await change<QueueItem>('PUT', `${path}/items/${item.id}`, body);
    return onDone(`Item ${item.id} is changed.`);
  };
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    try {
      announce(await send());
    } catch (error) {
      announce(error instanceof SyntaxError ? `The payload is no JSON: ${error.message}` : failureText(error));
    }
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <h2>{item === null ? 'New item' : `Item ${item.id}`}</h2>
      <label>
        Payload (JSON)
        <textarea
          rows={Math.max(4, Math.min(16, payload.split('\n').length))}
          value={payload}
          onInput={({ currentTarget }) => setPayload(currentTarget.value)}
        />
      </label>
      <label>
        Priority, a whole number; empty: that of the queue
        <input
          type="number"
          step="1"
          required={item !== null}
          value={priority}
          onInput={({ currentTarget }) => setPriority(currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button class="main" type="submit">
          {item === null ? 'Add' : 'Save'}
        </button>
        {item !== null && (
          <button type="button" onClick={close}>
            Do not change it
          </button>
        )}
      </p>
    </form>
  );
}
