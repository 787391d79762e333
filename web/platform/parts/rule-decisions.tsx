import type { RuleDecision } from '../../../contract/rule-decisions';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Rule } from '../../../contract/rules';
import type { Sign } from '../../components/status';
import { list } from '../api';
import { useResource } from '../resource';
import { address, Link, type Place, pageNumber } from '../router';
import { EnforcementExecution } from './enforcement-execution';
import { Instant } from './instant';
import { isRedacted } from '../../components/redacted';
import { Signed } from './signed';
import { usePolling } from './use-polling';
import { PagedList } from './paged-list';
import type { Column } from './table';

const ON_PAGE = 25;
/** A rule whose criteria are false has no notification: what is pending is read again, ms. */
const POLL_MS = 2_000;

interface Props {
  readonly rule: Rule;
  readonly place: Place;
}

/** Whether the rule fired for each of the newest events of its trigger, and why it did not. */
export function RuleDecisions({ rule: { ref, trigger_ref: trigger }, place }: Props) {
  const page = pageNumber(place.query);
  const resource = useResource(
    `decisions of ${ref} ${page}`,
    { types: ['event', 'enforcement'], matter: ({ payload }) => payload.trigger_ref === trigger },
    (signal) =>
      list<RuleDecision>(`/api/v1/rules/${encodeURIComponent(ref)}/decisions`, { per_page: ON_PAGE, page }, signal),
  );
  usePolling(resource.value?.items.some(({ decision }) => decision === 'pending') ?? false, resource.reload, POLL_MS);
  return (
    <PagedList
      caption={`Events of ${trigger} and this rule, the newest first`}
      resource={resource}
      columns={COLUMNS}
      keyOf={({ event }) => event}
      none="Its trigger has no event."
      page={page}
    />
  );
}

const SIGNS: Readonly<Record<string, Sign>> = {
  fired: { sign: '✓', tone: 'good' },
  criteria_false: { sign: '–', tone: 'calm' },
  criteria_error: { sign: '✕', tone: 'bad' },
  not_started: { sign: '✕', tone: 'bad' },
  pending: { sign: '○', tone: 'warn' },
};
const OTHER: Sign = { sign: '⊘', tone: 'calm' };

const COLUMNS: readonly Column<RuleDecision>[] = [
  { title: 'Event', cell: ({ event }) => <Link to={address('events', event)}>{event}</Link> },
  { title: 'Created', cell: ({ event_created: at }) => <Instant at={at} />, isMinor: true },
  {
    title: 'Decision',
    cell: ({ decision }) => <Signed sign={SIGNS[decision] ?? OTHER} text={decision.replaceAll('_', ' ')} />,
  },
  { title: 'Why', cell: (decision) => <Reason decision={decision} /> },
  { title: 'Execution', cell: (decision) => <StartedExecution decision={decision} /> },
];

function Reason({ decision: { part, text } }: { readonly decision: RuleDecision }) {
  if (part === null) return <>{text}</>;
  return (
    <>
      <code>
        {part.path} {part.operator}
        {part.operator !== 'is true' && ` ${writeJson(part.expected)}`}
      </code>
      {part.problem === null ? (
        <>, but it was {isRedacted(part.actual) ? 'a secret' : <code>{writeJson(part.actual)}</code>}</>
      ) : (
        `: ${part.problem}`
      )}
    </>
  );
}

function StartedExecution({ decision: { execution, enforcement } }: { readonly decision: RuleDecision }) {
  if (execution !== null) return <Link to={address('executions', execution)}>{execution}</Link>;
  if (enforcement !== null) return <EnforcementExecution enforcement={enforcement} />;
  return <span class="faint">–</span>;
}
