import { useEffect, useRef } from 'preact/hooks';
import type { InquirySummary } from '../../../contract/inquiries';
import { list } from '../api';
import { useCaller } from '../caller';
import { IdentityName } from '../parts/identity';
import { InquiryStatusSign } from '../parts/inquiry-status';
import { Instant } from '../parts/instant';
import { PagedList } from '../parts/paged-list';
import type { Column } from '../parts/table';
import { RelativeInstant } from '../parts/relative-instant';
import { Tabs } from '../parts/tabs';
import { useResource } from '../resource';
import { address, Link, setQuery, type PageProps, pageNumber } from '../router';
import { InquiryPart } from './inquiry';

const ON_PAGE = 50;
const VIEWS = [
  { title: 'Pending', status: 'pending', none: 'Nothing waits for a response.' },
  { title: 'Responded', status: 'responded', none: 'No inquiry was responded to.' },
  { title: 'Timed out', status: 'timeout', none: 'No inquiry has timed out.' },
  { title: 'Cancelled', status: 'cancelled', none: 'No inquiry was cancelled.' },
  { title: 'All', status: 'all', none: 'There is no inquiry.' },
] as const;

/** The inquiries of one status, those that wait first; beside them the one of the address. */
export function Inquiries({ place }: PageProps) {
  const isMine = place.query.get('mine') === 'yes';
  const view = VIEWS.find(({ status }) => status === place.query.get('status')) ?? VIEWS[0];
  const opened = place.segments[1];
  const addressOf = (status: string): string => `/inquiries?status=${status}${isMine ? '&mine=yes' : ''}`;
  return (
    <>
      <h1>Inquiries</h1>
      <Tabs
        label="Inquiries by status"
        tabs={VIEWS.map(({ title, status }) => ({ title, to: addressOf(status) }))}
        current={addressOf(view.status)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isMine}
          onChange={() => setQuery({ mine: isMine ? undefined : 'yes', page: undefined })}
        />
        assigned to me
      </label>
      <div class={opened === undefined ? '' : 'beside'}>
        <InquiryList view={view} isMine={isMine} place={place} />
        {opened !== undefined && <Opened key={opened} id={opened} />}
      </div>
    </>
  );
}

/** The inquiry that was selected in the list; the keyboard goes on from here. */
function Opened({ id }: { readonly id: string }) {
  const part = useRef<HTMLElement>(null);
  useEffect(() => part.current?.focus(), []);
  return (
    <section aria-label={`Inquiry ${id}`} class="opened" tabIndex={-1} ref={part}>
      <InquiryPart id={id} />
    </section>
  );
}

interface ListProps extends PageProps {
  readonly view: (typeof VIEWS)[number];
  readonly isMine: boolean;
}

function InquiryList({ view, isMine, place }: ListProps) {
  const { user } = useCaller();
  const page = pageNumber(place.query);
  const filter = {
    status: view.status === 'all' ? undefined : view.status,
    assigned_to: isMine ? user?.id : undefined,
  };
  const resource = useResource(`inquiries ${JSON.stringify(filter)} ${page}`, { types: ['inquiry'] }, (signal) =>
    list<InquirySummary>('/api/v1/inquiries', { ...filter, limit: ON_PAGE, page }, signal),
  );
  return (
    <section aria-label="List">
      <PagedList
        caption={`${view.title} inquiries, the newest first`}
        resource={resource}
        columns={columnsOf(view.status, place.segments[1])}
        keyOf={({ id }) => id}
        none={view.none}
        page={page}
      />
    </section>
  );
}

/** Fewer beside an open inquiry; the status only where it differs. */
const columnsOf = (view: string, opened: string | undefined): readonly Column<InquirySummary>[] => [
  {
    title: 'Prompt',
    cell: ({ id, prompt }) => (
      <Link to={`${address('inquiries', id)}${location.search}`} current={String(id) === opened}>
        {prompt.split('\n')[0] || `Inquiry ${id}`}
      </Link>
    ),
  },
  ...(view === 'all' ? [STATUS] : []),
  ...(opened === undefined ? [EXECUTION, ASSIGNEE] : []),
  {
    title: 'Times out',
    cell: ({ timeout_at: at, status }) => (status === 'pending' ? <RelativeInstant at={at} /> : <Instant at={at} />),
  },
  ...(opened === undefined ? [CREATED] : []),
];

const STATUS: Column<InquirySummary> = { title: 'Status', cell: ({ status }) => <InquiryStatusSign status={status} /> };
const EXECUTION: Column<InquirySummary> = {
  title: 'Execution',
  cell: ({ execution }) => <Link to={address('executions', execution)}>{execution}</Link>,
  isMinor: true,
};
const ASSIGNEE: Column<InquirySummary> = {
  title: 'Assigned to',
  cell: ({ assigned_to: id }) => (id === null ? 'anybody' : <IdentityName id={id} />),
  isMinor: true,
};
const CREATED: Column<InquirySummary> = {
  title: 'Created',
  cell: ({ created }) => <Instant at={created} />,
  isMinor: true,
};
