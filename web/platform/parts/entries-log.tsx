import { useRef, useState } from 'preact/hooks';
import type { LogPage } from '../../../contract/executions';
import type { EntryModel } from '../../../helpers/run-report/run-model';
import { entryModel } from '../../../helpers/run-report/tree-model';
import { EntriesTable } from '../../components/entries-table';
import { get } from '../api';
import { useResource } from '../resource';
import { concerns } from './concerns';
import { Problem } from './problem';

/** Entries that are loaded at first, and by each further step. */
const STEP = 500;
const ON_PAGE = 250;

interface Props {
  readonly execution: number;
  /** Itself and its descendants, whose changes add entries. */
  readonly ids: ReadonlySet<number>;
  /** When it was created, epoch ms. */
  readonly start: number;
}

/** The log of an execution; that of a workflow has the entries of its tasks. Loaded when opened. */
export function EntriesLog(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Log</summary>
      {isOpen && <Entries {...props} />}
    </details>
  );
}

interface Read {
  readonly entries: readonly EntryModel[];
  readonly cursor: string | undefined;
  readonly isAtEnd: boolean;
}

function Entries({ execution, ids, start }: Props) {
  const read = useRef<Read>({ entries: [], cursor: undefined, isAtEnd: false });
  const [most, setMost] = useState(STEP);
  const { value, error } = useResource(
    `log ${execution} ${most}`,
    { types: ['execution', 'inquiry'], matter: (notification) => concerns(ids, notification) },
    async (signal) => {
      read.current = await readOn(execution, read.current, most, signal);
      return read.current;
    },
  );
  return (
    <>
      <Problem error={error} />
      {value?.entries.length === 0 && <p class="none">It has no entries.</p>}
      {value && value.entries.length > 0 && (
        <div class="entries" tabIndex={0} role="region" aria-label="Entries of the log">
          <EntriesTable entries={value.entries} start={start} />
        </div>
      )}
      {value && !value.isAtEnd && (
        <button type="button" onClick={() => setMost(value.entries.length + STEP)}>
          Show more entries
        </button>
      )}
    </>
  );
}

/** Adds the entries that follow those already read, until there are so many. */
async function readOn(execution: number, before: Read, most: number, signal: AbortSignal): Promise<Read> {
  let { entries, cursor } = before;
  while (entries.length < most) {
    const page = await get<LogPage>(`/api/v1/executions/${execution}/log`, {
      query: { cursor, limit: Math.min(ON_PAGE, most - entries.length) },
      signal,
    });
    if (page.entries.length === 0) return { entries, cursor, isAtEnd: true };
    entries = [...entries, ...page.entries.map(entryModel)];
    cursor = page.next;
  }
  return { entries, cursor, isAtEnd: false };
}
