import { useState } from 'preact/hooks';
import type { Rule, RuleSummary } from '../../../contract/rules';
import { change } from '../api';
import { failureText } from '../api-failure';
import { useCaller } from '../caller';
import { mayDo } from '../session';

/** What became of the last change of a switch. */
export interface SwitchResult {
  readonly text: string;
  readonly isRejected: boolean;
}

/** The last result, and what shows a new one and reloads the rule. */
export function useSwitchResult(reload: () => void) {
  const [result, setResult] = useState<SwitchResult | null>(null);
  const finish = (changed: SwitchResult): void => {
    setResult(changed);
    reload();
  };
  return { result, finish };
}

interface Props {
  readonly rule: Pick<RuleSummary, 'ref' | 'enabled'>;
  onResult(result: SwitchResult): void;
}

/** Enables and disables a rule at once. Without the right to it, its state as text. */
export function RuleSwitch({ rule: { ref, enabled }, onResult }: Props) {
  const { user } = useCaller();
  const [isSending, setSending] = useState(false);
  if (!mayDo(user, 'rules', 'update')) return <>{enabled ? 'on' : 'off'}</>;
  const toggle = async (): Promise<void> => {
    setSending(true);
    try {
      const path = `/api/v1/rules/${encodeURIComponent(ref)}/${enabled ? 'disable' : 'enable'}`;
      const rule = await change<Rule>('POST', path);
      onResult({ text: `${ref} is ${rule.enabled ? 'enabled' : 'disabled'}.`, isRejected: false });
    } catch (error) {
      onResult({ text: failureText(error), isRejected: true });
    }
    setSending(false);
  };
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={enabled}
      aria-label={`${ref} enabled`}
      disabled={isSending}
      onClick={() => void toggle()}
    >
      {enabled ? 'on' : 'off'}
    </button>
  );
}

/** The result of the last change, for readers of the screen too. */
export const SwitchStatus = ({ result }: { readonly result: SwitchResult | null }) => (
  <>
    <p class="good result" role="status">
      {result?.isRejected === false && result.text}
    </p>
    {result?.isRejected && (
      <p class="problem" role="alert">
        {result.text}
      </p>
    )}
  </>
);
