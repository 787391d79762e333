import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { InstallResult, Pack } from '../../../contract/packs';
import { send } from '../api';
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
      announce(await (archive === null ? register(path, isReplacing) : upload(archive, isReplacing)));
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

/** What is registered now, with what is probably wrong in it. */
async function register(path: string, isReplacing: boolean): Promise<string> {
  const body = { path, force: isReplacing, skip_tests: true };
  const response = await send('/api/v1/packs/register', { method: 'POST', body });
  const { data, message } = (await response.json()) as { readonly data: Pack; readonly message: string };
  return `${data.ref} ${data.version}: ${message}`;
}

async function upload(archive: File, isReplacing: boolean): Promise<string> {
  const form = new FormData();
  form.append('force', String(isReplacing));
  form.append('skip_tests', 'true');
  form.append('pack', archive);
  const response = await send('/api/v1/packs/upload', { method: 'POST', body: form });
  const { pack, warnings = [] } = ((await response.json()) as { readonly data: InstallResult }).data;
  return [`${pack.ref} ${pack.version} is registered.`, ...warnings].join(' ');
}
