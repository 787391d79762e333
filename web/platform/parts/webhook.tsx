import { useState } from 'preact/hooks';
import type { Trigger } from '../../../contract/triggers';
import { CopyButton } from '../../components/copy-button';
import { change } from '../api';
import { useCaller } from '../caller';
import { mayDo } from '../session';
import { ActionButton, Announcement } from './action-button';

interface Props {
  readonly trigger: Trigger;
  onChanged(): void;
}

/** The address that others post events to, and what opens and closes it. */
export function Webhook({ trigger: { ref, webhook_enabled: isOpen, webhook_key: key }, onChanged }: Props) {
  const { user } = useCaller();
  const [said, announce] = useState('');
  const run = async (verb: 'enable' | 'disable' | 'regenerate', done: string): Promise<string> => {
    await change<Trigger>('POST', `/api/v1/triggers/${encodeURIComponent(ref)}/webhooks/${verb}`);
    onChanged();
    return done;
  };
  const url = key === undefined ? null : `${location.origin}/api/v1/webhooks/${key}`;
  return (
    <section aria-label="Webhook">
      <h2>Webhook</h2>
      {!isOpen && <p class="none">It is off: no request from outside makes an event of this trigger.</p>}
      {isOpen && url !== null && (
        <p>
          Who knows this address can post events: <code>{url}</code>{' '}
          <CopyButton text={() => url} label="Copy the address of the webhook" />
        </p>
      )}
      {mayDo(user, 'triggers', 'update') && (
        <p class="actions">
          {!isOpen && (
            <ActionButton
              label="Enable the webhook"
              run={() => run('enable', 'The webhook is enabled.')}
              announce={announce}
            />
          )}
          {isOpen && (
            <>
              <ActionButton
                label="Disable the webhook"
                run={() => run('disable', 'The webhook is disabled.')}
                announce={announce}
              />
              <ActionButton
                label="New address"
                run={() => run('regenerate', 'The earlier address is closed.')}
                announce={announce}
              />
            </>
          )}
        </p>
      )}
      <Announcement text={said} />
    </section>
  );
}
