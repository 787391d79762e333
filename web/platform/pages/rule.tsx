import { useState } from 'preact/hooks';
import type { Rule } from '../../../contract/rules';
import { change, get } from '../api';
import { useCaller } from '../caller';
import { ActionButton, Announcement } from '../parts/action-button';
import { Criteria } from '../parts/criteria';
import { Facts } from '../parts/facts';
import { Instant } from '../parts/instant';
import { JsonTree } from '../../components/json-tree';
import { Problem } from '../parts/problem';
import { RelativeInstant } from '../parts/relative-instant';
import { RuleDecisions } from '../parts/rule-decisions';
import { RuleEnforcements } from '../parts/rule-enforcements';
import { ChangeRuleForm } from '../parts/rule-form';
import { RulesTabs } from '../parts/rules-tabs';
import { RuleSwitch, SwitchStatus, useSwitchResult, type SwitchResult } from '../parts/rule-switch';
import { useResource } from '../resource';
import { address, go, Link, type PageProps } from '../router';
import { mayDo } from '../session';

interface Props extends PageProps {
  readonly ruleRef: string;
}

/** One rule: its definition, and what became of the newest events of its trigger. */
export function OneRule({ ruleRef, place }: Props) {
  const { capabilities } = useCaller();
  const path = `/api/v1/rules/${encodeURIComponent(ruleRef)}`;
  const {
    value: rule,
    error,
    reload,
  } = useResource(path, { types: ['rule'] }, (signal) => get<Rule>(path, { signal }));
  const { result, finish } = useSwitchResult(reload);
  return (
    <>
      <h1>{ruleRef}</h1>
      <RulesTabs current="" />
      <Problem error={error} />
      <SwitchStatus result={result} />
      {!rule && error === null && <p class="none">Loading…</p>}
      {rule && (
        <>
          <Definition rule={rule} finish={finish} />
          <Changes rule={rule} finish={finish} />
          <h2>Recent events</h2>
          {capabilities !== null && 'rules.decisions' in capabilities && <RuleDecisions rule={rule} place={place} />}
          {capabilities !== null && !('rules.decisions' in capabilities) && (
            <RuleEnforcements rule={rule} place={place} />
          )}
        </>
      )}
    </>
  );
}

interface DefinitionProps {
  readonly rule: Rule;
  finish(result: SwitchResult): void;
}

function Definition({ rule, finish }: DefinitionProps) {
  const { ref, label, description, trigger_ref: trigger, action_ref: action, timer_state: timer } = rule;
  return (
    <>
      <Facts
        facts={[
          ['State', <RuleSwitch key="state" rule={rule} onResult={finish} />],
          ['Label', label],
          ['Description', description],
          [
            'Trigger',
            rule.trigger === null ? (
              `${trigger}, which is gone`
            ) : (
              <Link key="trigger" to={address('triggers', trigger)}>
                {trigger}
              </Link>
            ),
          ],
          ['Timer', timer === undefined ? null : <TimerFact key="timer" rule={rule} />],
          ['Criteria', <Criteria key="criteria" conditions={rule.conditions} />],
          [
            'Action',
            rule.action === null ? (
              `${action}, which is gone`
            ) : (
              <Link key="action" to={address('run', action)}>
                {action}
              </Link>
            ),
          ],
          ['Changed', <Instant key="changed" at={rule.updated} />],
        ]}
      />
      <Parameters title="Parameters of the action" value={rule.action_params} />
      <Parameters title="Parameters of the trigger" value={rule.trigger_params} />
      <p>
        <Link to={`/executions?rule_ref=${encodeURIComponent(ref)}`}>Executions of this rule</Link>
      </p>
    </>
  );
}

/** Buttons that change and delete the rule, for who may. */
function Changes({ rule, finish }: DefinitionProps) {
  const { user } = useCaller();
  const [isOpen, setOpen] = useState(false);
  const [said, announce] = useState('');
  const { ref, trigger, action } = rule;
  const save = (): void => {
    setOpen(false);
    finish({ text: `${ref} is changed.`, isRejected: false });
  };
  const remove = async (): Promise<string> => {
    await change<undefined>('DELETE', `/api/v1/rules/${encodeURIComponent(ref)}`);
    go('/rules');
    return `${ref} is deleted.`;
  };
  return (
    <>
      <div class="actions">
        {mayDo(user, 'rules', 'update') && trigger !== null && action !== null && (
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Change
          </button>
        )}
        {mayDo(user, 'rules', 'delete') && (
          <details class="more">
            <summary>Delete</summary>
            <p>Its executions and its events stay.</p>
            <ActionButton label="Delete the rule" run={remove} announce={announce} />
          </details>
        )}
      </div>
      <Announcement text={said} />
      {isOpen && <ChangeRuleForm rule={rule} onSaved={save} />}
    </>
  );
}

const TimerFact = ({ rule: { ref, timer_state: state, next_fire_at: next } }: { readonly rule: Rule }) => (
  <>
    <Link to={address('timers', ref)}>{state}</Link>
    {typeof next === 'string' && (
      <>
        , next <RelativeInstant at={next} />
      </>
    )}
  </>
);

const Parameters = ({ title, value }: { readonly title: string; readonly value: Rule['action_params'] }) =>
  Object.keys(value).length === 0 ? null : (
    <>
      <h2>{title}</h2>
      <JsonTree value={value} label={title} />
    </>
  );
