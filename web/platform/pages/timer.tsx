import { writeJson } from '../../../contract/json-text/write-json';
import type { Rule, RuleFires } from '../../../contract/rules';
import { get } from '../api';
import { useCaller } from '../caller';
import { Facts } from '../parts/facts';
import { Instant } from '../parts/instant';
import { Problem } from '../parts/problem';
import { RelativeInstant } from '../parts/relative-instant';
import { RuleSwitch, SwitchStatus, useSwitchResult, type SwitchResult } from '../parts/rule-switch';
import { TimerState } from '../parts/timer-state';
import { useNow } from '../platform-clock';
import { relativeText } from '../relative-text';
import { useResource } from '../resource';
import { address, Link } from '../router';
import { scheduleText } from '../schedule-text';

const LISTED = 10;
const IN_ZONE = { dateStyle: 'short', timeStyle: 'long' } as const;

/** The timer of one rule: its schedule, and its next fires. */
export function OneTimer({ ruleRef }: { readonly ruleRef: string }) {
  const { capabilities } = useCaller();
  const path = `/api/v1/rules/${encodeURIComponent(ruleRef)}`;
  const {
    value: rule,
    error,
    reload,
  } = useResource(
    path,
    {
      types: ['rule', 'event'],
      matter: ({ entity_type, payload }) => entity_type === 'rule' || payload.rule_ref === ruleRef,
    },
    (signal) => get<Rule>(path, { signal }),
  );
  const { result, finish } = useSwitchResult(reload);
  return (
    <>
      <h1>Timer of {ruleRef}</h1>
      <p>
        <Link to="/timers">Timers</Link>
      </p>
      <Problem error={error} />
      <SwitchStatus result={result} />
      {!rule && error === null && <p class="none">Loading…</p>}
      {rule && <Schedule rule={rule} finish={finish} />}
      {rule && capabilities !== null && 'timers.fires' in capabilities && <NextFires rule={rule} />}
    </>
  );
}

interface ScheduleProps {
  readonly rule: Rule;
  finish(result: SwitchResult): void;
}

function Schedule({ rule, finish }: ScheduleProps) {
  const { ref, trigger_ref: trigger, trigger_params: params, next_fire_at: next } = rule;
  const schedule = scheduleText(trigger, params);
  return (
    <>
      <Facts
        facts={[
          [
            'Rule',
            <Link key="rule" to={address('rules', ref)}>
              {ref}
            </Link>,
          ],
          ['Enabled', <RuleSwitch key="enabled" rule={rule} onResult={finish} />],
          ['Schedule', schedule?.summary ?? <code key="schedule">{writeJson(params)}</code>],
          ['State', <TimerState key="state" rule={rule} />],
          ['Next fire', <RelativeInstant key="next" at={next} />],
          ['Action', rule.action_ref],
          [
            'Past fires',
            <Link key="fires" to={`/events?rule_ref=${encodeURIComponent(ref)}`}>
              events
            </Link>,
          ],
        ]}
      />
      {schedule && schedule.fields.length > 0 && (
        <>
          <h2>Fields of the schedule</h2>
          <Facts facts={schedule.fields} />
        </>
      )}
    </>
  );
}

/** Loaded again when the rule is: its next fire is the first of them. */
function NextFires({ rule }: { readonly rule: Rule }) {
  const { ref, next_fire_at: next, timer_state: state } = rule;
  const zone = typeof rule.trigger_params.timezone === 'string' ? rule.trigger_params.timezone : 'UTC';
  const now = useNow();
  const { value, error } = useResource(`fires of ${ref} ${next} ${state}`, { types: [] }, (signal) =>
    get<RuleFires>(`/api/v1/rules/${encodeURIComponent(ref)}/fires`, { query: { count: LISTED }, signal }),
  );
  return (
    <>
      <h2>Next fires</h2>
      <Problem error={error} />
      {!value && error === null && <p class="none">Loading…</p>}
      {value?.fires.length === 0 && <p class="none">None: the timer is {value.state}.</p>}
      {value && value.fires.length > 0 && (
        <div class="scroll">
          <table class="list">
            <caption class="hidden">The next fires, in order</caption>
            <thead>
              <tr>
                <th scope="col">Here</th>
                <th scope="col">From now</th>
                <th scope="col">{zone}</th>
                <th scope="col" class="minor">
                  Instant
                </th>
              </tr>
            </thead>
            <tbody>
              {value.fires.map((at) => (
                <tr key={at}>
                  <td>
                    <Instant at={at} />
                  </td>
                  <td>{relativeText(Date.parse(at), now)}</td>
                  <td>{new Date(at).toLocaleString(undefined, { ...IN_ZONE, timeZone: zone })}</td>
                  <td class="minor">
                    <code>{at}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
