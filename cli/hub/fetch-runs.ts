import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { authorizationOf, reasonOf, type Hub } from '../../tools/sandbox/hub/hub';

/** What a hub says of one run, as far as it is read here. */
export interface HubRun {
  readonly id: number;
  readonly name: string;
  readonly repository: string;
  readonly outcome: 'passed' | 'failed' | 'cancelled';
  readonly failure_code: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly host: string;
  readonly started: string;
  readonly finished: string;
}

const LIMIT_MS = 10_000;
const PAGE = 200;

/** Every run of a hub, newest first. Throws SandboxError. */
export async function fetchRuns(hub: Hub): Promise<HubRun[]> {
  const runs: HubRun[] = [];
  for (;;) {
    const page = await fetchPage(hub, { limit: PAGE, before: runs.at(-1)?.id });
    runs.push(...page);
    if (page.length < PAGE) return runs;
  }
}

/** Some runs of a hub, newest first. Throws SandboxError. */
export async function fetchPage(
  hub: Hub,
  query: { readonly limit: number; readonly repository?: string; readonly before?: number | undefined },
): Promise<HubRun[]> {
  const url = new URL('/api/v1/runs', hub.url);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const request = { headers: authorizationOf(hub), signal: AbortSignal.timeout(LIMIT_MS) };
  const answer = await fetch(url, request).catch((error: unknown) => {
    throw new SandboxError('HUB_UNREACHABLE', `${url.origin}: ${reasonOf(error)}`);
  });
  const text = await answer.text();
  if (answer.ok) return (JSON.parse(text) as { data: HubRun[] }).data;
  throw new SandboxError('HUB_REJECTED', `${url.origin}: ${answer.status} ${text.trim()}`);
}
