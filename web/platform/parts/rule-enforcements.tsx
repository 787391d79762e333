import type { EnforcementSummary } from '../../../contract/events';
import type { Rule } from '../../../contract/rules';
import { list } from '../api';
import { useResource } from '../resource';
import { address, Link, type Place, pageNumber } from '../router';
import { EnforcementExecution } from './enforcement-execution';
import { Instant } from './instant';
import { PagedList } from './paged-list';
import type { Column } from './table';

const ON_PAGE = 25;

interface Props {
  readonly rule: Rule;
  readonly place: Place;
}

/** The events that the rule fired for, where the platform does not list those that it did not. */
export function RuleEnforcements({ rule: { ref }, place }: Props) {
  const page = pageNumber(place.query);
  const resource = useResource(
    `enforcements of ${ref} ${page}`,
    { types: ['enforcement'], matter: ({ payload }) => payload.rule_ref === ref },
    (signal) => list<EnforcementSummary>('/api/v1/enforcements', { rule_ref: ref, per_page: ON_PAGE, page }, signal),
  );
  return (
    <PagedList
      caption="Events that this rule fired for, the newest first"
      resource={resource}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      none="It has not fired."
      page={page}
    />
  );
}

const COLUMNS: readonly Column<EnforcementSummary>[] = [
  {
    title: 'Event',
    cell: ({ event }) => (event === null ? 'removed' : <Link to={address('events', event)}>{event}</Link>),
  },
  { title: 'Fired', cell: ({ created }) => <Instant at={created} /> },
  { title: 'Enforcement', cell: ({ id, status }) => `${id} ${status}`, isMinor: true },
  { title: 'Execution', cell: ({ id }) => <EnforcementExecution enforcement={id} /> },
];
