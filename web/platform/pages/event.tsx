import type { Decision, Event } from '../../../contract/events';
import type { Sign } from '../../components/status';
import { get } from '../api';
import { useCaller } from '../caller';
import { EnforcementExecution } from '../parts/enforcement-execution';
import { Facts } from '../parts/facts';
import { Instant } from '../parts/instant';
import { JsonTree } from '../../components/json-tree';
import { Loaded } from '../parts/loaded';
import { Problem } from '../parts/problem';
import { RulesTabs } from '../parts/rules-tabs';
import { Signed } from '../parts/signed';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { address, Link } from '../router';

/** One event: its payload, and what each rule of its trigger made of it. */
export function OneEvent({ id }: { readonly id: string }) {
  const { capabilities } = useCaller();
  const path = `/api/v1/events/${encodeURIComponent(id)}`;
  const { value: event, error } = useResource(path, { types: [] }, (signal) => get<Event>(path, { signal }));
  return (
    <>
      <h1>Event {id}</h1>
      <RulesTabs current="" />
      <Problem error={error} />
      {!event && error === null && <p class="none">Loading…</p>}
      {event && (
        <>
          <EventFacts event={event} />
          <h2>Payload</h2>
          <JsonTree value={event.payload} label="Payload" />
          {event.config !== null && (
            <details>
              <summary>Configuration</summary>
              <JsonTree value={event.config} label="Configuration" />
            </details>
          )}
          {capabilities !== null && 'events.causation' in capabilities && <Decisions event={event} />}
        </>
      )}
    </>
  );
}

function EventFacts({ event }: { readonly event: Event }) {
  const { trigger_ref: trigger, rule_ref: rule, source_ref: source, correlation_id: chain } = event;
  return (
    <Facts
      facts={[
        [
          'Trigger',
          <Link key="trigger" to={`/events?trigger_ref=${encodeURIComponent(trigger)}`}>
            {trigger}
          </Link>,
        ],
        [
          'For the rule',
          rule === null ? null : (
            <Link key="rule" to={address('rules', rule)}>
              {rule}
            </Link>
          ),
        ],
        ['Source', source],
        ['Created', <Instant key="created" at={event.created} />],
        [
          'Correlation',
          chain === undefined ? null : (
            <Link key="chain" to={`/executions?correlation_id=${encodeURIComponent(chain)}`}>
              {chain}
            </Link>
          ),
        ],
      ]}
    />
  );
}

function Decisions({ event: { id } }: { readonly event: Event }) {
  const resource = useResource(
    `decisions about event ${id}`,
    { types: ['enforcement'], matter: ({ payload }) => payload.event === id },
    (signal) => get<Decision[]>(`/api/v1/events/${id}/decisions`, { signal }),
  );
  return (
    <>
      <h2>Decisions</h2>
      <Loaded resource={resource}>
        {(decisions) => (
          <Table
            caption="Decisions of rules about this event"
            items={decisions}
            columns={COLUMNS}
            keyOf={({ rule_ref: rule }) => rule}
            none="No rule was evaluated for it."
          />
        )}
      </Loaded>
    </>
  );
}

const COLUMNS: readonly Column<Decision>[] = [
  { title: 'Rule', cell: ({ rule_ref: rule }) => <Link to={address('rules', rule)}>{rule}</Link>, isRef: true },
  { title: 'Decision', cell: (decision) => <Signed {...resultOf(decision)} /> },
  { title: 'Decided by', cell: DecidedBy },
  {
    title: 'Execution',
    cell: ({ enforcement }) =>
      enforcement === null ? <span class="faint">–</span> : <EnforcementExecution enforcement={enforcement} />,
  },
];

function DecidedBy({ decided_by: part, message }: Decision) {
  return (
    <>
      {part === null ? <span class="faint">no criteria</span> : <code>{part}</code>}
      {message !== null && <div>{message}</div>}
    </>
  );
}

function resultOf({ matched, code }: Decision): { readonly sign: Sign; readonly text: string } {
  if (code !== null) return { sign: { sign: matched ? '⊘' : '✕', tone: matched ? 'warn' : 'bad' }, text: code };
  return matched
    ? { sign: { sign: '✓', tone: 'good' }, text: 'fired' }
    : { sign: { sign: '–', tone: 'calm' }, text: 'criteria false' };
}
