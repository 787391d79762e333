import type { Hub } from '../../tools/sandbox/hub/hub';
import { SandboxError } from '../../tools/sandbox/sandbox-error';

/** The option, else HUB_URL, else null: none. Throws SandboxError for what is no URL. */
export function selectHub(option: string | undefined): Hub | null {
  const url = option ?? (process.env.HUB_URL || null);
  if (url === null) return null;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new SandboxError('HUB_URL_INVALID', `${url} is no URL of a hub; right would be http://127.0.0.1:8090`);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new SandboxError('HUB_URL_INVALID', 'the URL of the hub has credentials; right would be HUB_TOKEN');
  return { url, token: process.env.HUB_TOKEN || null };
}

/** The same where one is needed. Throws SandboxError without one. */
export function requireHub(option: string | undefined): Hub {
  const hub = selectHub(option);
  if (hub === null) throw new SandboxError('HUB_URL_INVALID', 'no hub is named; right would be --hub or HUB_URL');
  return hub;
}
