import type { Decision, Event } from '../../../contract/events';
import type { Sign } from '../../components/status';
import { get } from '../api';
import { useCaller } from '../caller';
import { EnforcementExecution } from '../parts/enforcement-execution';
import { Facts } from '../parts/facts';
import { Instant } from '../parts/instant';
import { JsonTree } from '../parts/json-tree';
import { Problem } from '../parts/problem';
import { RulesTabs } from '../parts/rules-tabs';
import { useResource } from '../resource';
import { address, Link } from '../router';

/** One event: its payload, and what each rule of its trigger made of it. */
export function OneEvent({ id }: { readonly id: string }) {
  const { capabilities } = useCaller();
  const path = `/api/v1/events/${encodeURIComponent(id)}`;
  const { value: event, error } = useResource(path, (signal) => get<Event>(path, { signal }), { types: [] });
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
  const { value, error } = useResource(
    `decisions about event ${id}`,
    (signal) => get<Decision[]>(`/api/v1/events/${id}/decisions`, { signal }),
    { types: ['enforcement'], matter: ({ payload }) => payload.event === id },
  );
  return (
    <>
      <h2>Decisions</h2>
      <Problem error={error} />
      {!value && error === null && <p class="none">Loading…</p>}
      {value?.length === 0 && <p class="none">No rule was evaluated for it.</p>}
      {value && value.length > 0 && (
        <div class="scroll">
          <table class="list">
            <caption class="hidden">Decisions of rules about this event</caption>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Decision</th>
                <th scope="col">Decided by</th>
                <th scope="col">Execution</th>
              </tr>
            </thead>
            <tbody>
              {value.map((decision) => (
                <DecisionRow key={decision.rule_ref} decision={decision} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function DecisionRow({ decision }: { readonly decision: Decision }) {
  const { rule_ref: rule, decided_by: part, message, enforcement } = decision;
  const { sign, tone, text } = resultOf(decision);
  return (
    <tr>
      <td>
        <Link to={address('rules', rule)}>{rule}</Link>
      </td>
      <td>
        <span class={`status ${tone}`}>
          <span aria-hidden="true">{sign}</span> {text}
        </span>
      </td>
      <td>
        {part === null ? <span class="faint">no criteria</span> : <code>{part}</code>}
        {message !== null && <div>{message}</div>}
      </td>
      <td>
        {enforcement === null ? <span class="faint">–</span> : <EnforcementExecution enforcement={enforcement} />}
      </td>
    </tr>
  );
}

function resultOf({ matched, code }: Decision): Sign & { readonly text: string } {
  if (code !== null) return { sign: matched ? '⊘' : '✕', tone: matched ? 'warn' : 'bad', text: code };
  return matched ? { sign: '✓', tone: 'good', text: 'fired' } : { sign: '–', tone: 'calm', text: 'criteria false' };
}
