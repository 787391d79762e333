import { useState } from 'preact/hooks';
import { LongText } from '../../components/long-text';
import type { Sign } from '../../components/status';
import type { Environment } from '../../../contract/runtimes';
import { change, get } from '../api';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { mayDo } from '../session';
import { ActionButton, Announcement } from './action-button';
import { Instant } from './instant';
import { Loaded } from './loaded';
import { Signed } from './signed';
import { usePolling } from './use-polling';

/** A build has no notification: while one runs, it is read again, ms. */
const POLL_MS = 2_000;

const SIGNS: Readonly<Record<Environment['status'], Sign>> = {
  ready: { sign: '✓', tone: 'good' },
  failed: { sign: '✕', tone: 'bad' },
  installing: { sign: '▶', tone: 'warn' },
  pending: { sign: '○', tone: 'calm' },
  outdated: { sign: '○', tone: 'warn' },
};

/** What is installed for a pack, each runtime with the end of its installer's log. */
export function Environments({ packRef }: { readonly packRef: string }) {
  const path = `/api/v1/packs/${encodeURIComponent(packRef)}/environments`;
  const { user } = useCaller();
  const [said, announce] = useState('');
  const resource = useResource(`environments of ${packRef}`, { types: [] }, (signal) =>
    get<readonly Environment[]>(path, { signal }),
  );
  const isBuilding = resource.value?.some(({ status }) => status === 'pending' || status === 'installing') ?? false;
  usePolling(isBuilding, resource.reload, POLL_MS);
  const rebuild = async (): Promise<string> => {
    await change<readonly Environment[]>('POST', `${path}/rebuild`);
    resource.reload();
    return 'The environments are built again.';
  };
  return (
    <Loaded resource={resource}>
      {(environments) =>
        environments.length === 0 ? (
          <p class="none">Its programs need no installed packages.</p>
        ) : (
          <>
            {environments.map((environment) => (
              <OneEnvironment key={environment.runtime} environment={environment} />
            ))}
            {mayDo(user, 'packs', 'configure') && (
              <ActionButton label="Build again" run={rebuild} announce={announce} />
            )}
            <Announcement text={said} />
          </>
        )
      }
    </Loaded>
  );
}

function OneEnvironment({ environment }: { readonly environment: Environment }) {
  const { runtime, status, built_at: built, size_bytes: size, log, failing_requirement: failing } = environment;
  return (
    <details open={status === 'failed'}>
      <summary>
        {runtime} <Signed sign={SIGNS[status]} text={status} />
      </summary>
      <p class="facts">
        Built <Instant at={built} />
        {size !== null && ` · ${(size / 1_048_576).toFixed(1)} MiB`}
      </p>
      {failing !== null && (
        <p class="bad">
          Cannot be installed: <code>{failing}</code>
        </p>
      )}
      {log === '' ? <p class="none">The installer has printed nothing.</p> : <LongText text={log} />}
    </details>
  );
}
