import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { InstallResult } from '../../../contract/packs';
import { change, send } from '../api';
import { failureText } from '../api-failure';
import { Announcement, useAnnouncement } from './action-button';

interface Props {
  onAdded(): void;
}

/** Registers a pack from a directory of the platform's host, or from an archive of this computer. */
export function AddPack({ onAdded }: Props) {
  const [path, setPath] = useState('');
  const [archive, setArchive] = useState<File | null>(null);
  const [isReplacing, setReplacing] = useState(false);
  const [isSending, setSending] = useState(false);
  const [said, announce] = useAnnouncement();
  const add = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setSending(true);
    announce('The pack is being registered…');
    try {
      const { pack, warnings = [] } = await (archive === null
        ? change<InstallResult>('POST', '/api/v1/packs/register', { path, force: isReplacing, skip_tests: true })
        : upload(archive, isReplacing));
      announce([`${pack.ref} ${pack.version} is registered.`, ...warnings].join(' '));
      onAdded();
    } catch (error) {
      announce(failureText(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <details>
      <summary>Add a pack</summary>
      <form class="form" onSubmit={(event) => void add(event)}>
        <label>
          Directory on the platform's host, an absolute path
          <input
            value={path}
            required={archive === null}
            disabled={archive !== null}
            onInput={({ currentTarget }) => setPath(currentTarget.value)}
          />
        </label>
        <label>
          Or an archive of this computer (.tar.gz)
          <input
            type="file"
            accept=".tgz,.gz,application/gzip"
            onChange={({ currentTarget }) => setArchive(currentTarget.files?.[0] ?? null)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={isReplacing} onChange={() => setReplacing(!isReplacing)} />
          replace a pack that is registered
        </label>
        <p>
          <button class="main" type="submit" disabled={isSending}>
            Add
          </button>
        </p>
        <Announcement text={said} />
      </form>
    </details>
  );
}

async function upload(archive: File, isReplacing: boolean): Promise<InstallResult> {
  const form = new FormData();
  form.append('force', String(isReplacing));
  form.append('skip_tests', 'true');
  form.append('pack', archive);
  const response = await send('/api/v1/packs/upload', { method: 'POST', body: form });
  return ((await response.json()) as { readonly data: InstallResult }).data;
}
