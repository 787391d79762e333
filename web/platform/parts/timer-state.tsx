import type { RuleFires, RuleSummary } from '../../../contract/rules';
import type { Sign } from '../../components/status';
import { Signed } from './signed';

type State = RuleFires['state'];

const SIGNS: Readonly<Record<State, Sign>> = {
  armed: { sign: '◷', tone: 'good' },
  expired: { sign: '✓', tone: 'calm' },
  invalid: { sign: '✕', tone: 'bad' },
  off: { sign: '○', tone: 'calm' },
};

interface Props {
  readonly rule: Pick<RuleSummary, 'timer_state' | 'timer_reason'>;
}

/** The state of a rule's timer: its sign, its color, its name, and why it does not fire. */
export function TimerState({ rule: { timer_state: state, timer_reason: reason } }: Props) {
  if (state === undefined) return <span class="faint">not known</span>;
  return (
    <>
      <Signed sign={SIGNS[state]} text={state} />
      {typeof reason === 'string' && <span class="faint"> {reason}</span>}
    </>
  );
}
