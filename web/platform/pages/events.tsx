import type { EventSummary } from '../../../contract/events';
import { list } from '../api';
import { Instant } from '../parts/instant';
import { PagedList } from '../parts/paged-list';
import type { Column } from '../parts/table';
import { QueryField } from '../parts/query-field';
import { RulesTabs } from '../parts/rules-tabs';
import { useResource } from '../resource';
import { address, Link, type PageProps, pageNumber } from '../router';
import { OneEvent } from './event';

const ON_PAGE = 50;
/** Parameters of the address that are filters of the API. */
const FILTERS = ['trigger_ref', 'rule_ref', 'correlation_id'] as const;

export function Events({ place }: PageProps) {
  const id = place.segments[1];
  return id === undefined ? <EventList place={place} /> : <OneEvent key={id} id={id} />;
}

function EventList({ place }: PageProps) {
  const { query } = place;
  const page = pageNumber(query);
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? undefined]));
  const resource = useResource(`events ${query.toString()}`, { types: ['event'] }, (signal) =>
    list<EventSummary>('/api/v1/events', { ...filters, per_page: ON_PAGE, page }, signal),
  );
  return (
    <>
      <h1>Events</h1>
      <RulesTabs current="/events" />
      <div class="filters" role="search">
        <QueryField place={place} name="trigger_ref" label="Trigger" />
        <QueryField place={place} name="rule_ref" label="Rule of a timer" />
        <QueryField place={place} name="correlation_id" label="Correlation" placeholder="event:4" />
      </div>
      <PagedList
        caption="Events, the newest first"
        resource={resource}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        none={query.size === 0 ? 'There is no event yet: triggers and timers make them.' : 'No event matches.'}
        page={page}
      />
    </>
  );
}

const COLUMNS: readonly Column<EventSummary>[] = [
  { title: 'Id', cell: ({ id }) => <Link to={address('events', id)}>{id}</Link> },
  { title: 'Trigger', cell: ({ id, trigger_ref: ref }) => <Link to={address('events', id)}>{ref}</Link>, isRef: true },
  {
    title: 'For the rule',
    isRef: true,
    cell: ({ rule_ref: ref }) =>
      ref === null ? <span class="faint">each of the trigger</span> : <Link to={address('rules', ref)}>{ref}</Link>,
    isMinor: true,
  },
  { title: 'Source', cell: ({ source_ref: source }) => source ?? <span class="faint">–</span>, isMinor: true },
  { title: 'Created', cell: ({ created }) => <Instant at={created} /> },
];
