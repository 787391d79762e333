import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { InstallResult, Pack } from '../../../contract/packs';
import { send } from '../api';
import { failureText } from '../api-failure';
import { address, Link } from '../router';
import { Announcement } from './action-button';

interface Props {
  onAdded(): void;
}

/** Registers a pack from a directory of the platform's host, or from an archive of this computer. */
export function AddPack({ onAdded }: Props) {
  const [source, setSource] = useState<Source>({ path: '', archive: null, isReplacing: false });
  const [isSending, setSending] = useState(false);
  const [said, announce] = useState('');
  const [added, setAdded] = useState<string | null>(null);
  const add = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setAdded(null);
    announce('The pack is being registered…');
    try {
      const { ref, text } = await (source.archive === null ? register(source) : upload(source.archive, source));
      announce(text);
      setAdded(ref);
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
        <SourceFields source={source} change={(changes) => setSource({ ...source, ...changes })} />
        <p>
          <button class="main" type="submit" disabled={isSending}>
            Add
          </button>
        </p>
        <Announcement text={said} />
        {added !== null && (
          <p>
            <Link to={address('packs', added)}>Show {added}</Link>
          </p>
        )}
      </form>
    </details>
  );
}

interface Source {
  readonly path: string;
  /** Instead of the path. */
  readonly archive: File | null;
  /** Also where a pack of this ref is registered. */
  readonly isReplacing: boolean;
}

interface SourceProps {
  readonly source: Source;
  change(changes: Partial<Source>): void;
}

const SourceFields = ({ source: { path, archive, isReplacing }, change }: SourceProps) => (
  <>
    <label>
      Directory on the platform's host, an absolute path
      <input
        value={path}
        required={archive === null}
        disabled={archive !== null}
        onInput={({ currentTarget }) => change({ path: currentTarget.value })}
      />
    </label>
    <label>
      Or an archive of this computer (.tar.gz)
      <input
        type="file"
        accept=".tgz,.gz,application/gzip"
        onChange={({ currentTarget }) => change({ archive: currentTarget.files?.[0] ?? null })}
      />
    </label>
    <label class="check">
      <input type="checkbox" checked={isReplacing} onChange={() => change({ isReplacing: !isReplacing })} />
      replace a pack that is registered
    </label>
  </>
);

interface Added {
  readonly ref: string;
  readonly text: string;
}

/** What is registered now, with what is probably wrong in it. */
async function register({ path, isReplacing }: Source): Promise<Added> {
  const body = { path, force: isReplacing, skip_tests: true };
  const response = await send('/api/v1/packs/register', { method: 'POST', body });
  const { data, message } = (await response.json()) as { readonly data: Pack; readonly message: string };
  return { ref: data.ref, text: `${data.ref} ${data.version}: ${message}` };
}

async function upload(archive: File, { isReplacing }: Source): Promise<Added> {
  const form = new FormData();
  form.append('force', String(isReplacing));
  form.append('skip_tests', 'true');
  form.append('pack', archive);
  const response = await send('/api/v1/packs/upload', { method: 'POST', body: form });
  const { pack, warnings = [] } = ((await response.json()) as { readonly data: InstallResult }).data;
  return { ref: pack.ref, text: [`${pack.ref} ${pack.version} is registered.`, ...warnings].join(' ') };
}
