import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { CurrentUser } from '../../contract/auth';
import type { CapabilityManifest } from '../../contract/capabilities';
import { get } from './api';
import { useResource } from './resource';

/** Who is logged in, and to which platform; each is null until it is loaded. */
interface Caller {
  readonly user: CurrentUser | null;
  readonly capabilities: CapabilityManifest['capabilities'] | null;
}

const CallerContext = createContext<Caller>({ user: null, capabilities: null });

export const useCaller = (): Caller => useContext(CallerContext);

/** Loads both once for all parts of the page. */
export function WithCaller({ children }: { readonly children: ComponentChildren }) {
  const user = useResource('me', { types: [] }, (signal) => get<CurrentUser>('/auth/me', { signal }));
  const manifest = useResource('capabilities', { types: [] }, (signal) =>
    get<CapabilityManifest>('/api/v1/capabilities', { signal }),
  );
  const caller = { user: user.value ?? null, capabilities: manifest.value?.capabilities ?? null };
  return <CallerContext.Provider value={caller}>{children}</CallerContext.Provider>;
}
