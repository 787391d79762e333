import { isObject } from '../contract/json';
import type { Capabilities } from './capabilities';

type Env = Readonly<Record<string, string | undefined>>;

const CONTRACT_PORT = '8081';

/** Where the notifier answers: PLATFORM_WS_URL (alias ATTUNE_WS_URL), else on the API's port, else the contract's. `…/ws`. */
export function liveUrl(api: string, capabilities: Capabilities, env: Env): string {
  const given = env.PLATFORM_WS_URL ?? env.ATTUNE_WS_URL;
  if (given) return `${given.replace(/\/+$/, '').replace(/\/ws$/, '')}/ws`;
  const url = new URL('/ws', api.replace(/^http/, 'ws'));
  if (!Object.hasOwn(capabilities, 'notify.api_port')) url.port = CONTRACT_PORT;
  return url.href;
}

/** The same socket on the notifier's own port; null where the target does not say which that is. */
export function ownPortUrl(api: string, capabilities: Capabilities): string | null {
  const details = capabilities['notify.executions'];
  const port = details !== undefined && details !== true && isObject(details) ? details.port : undefined;
  if (typeof port !== 'number') return null;
  return Object.assign(new URL('/ws', api.replace(/^http/, 'ws')), { port }).href;
}
