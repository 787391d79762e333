import type { Api } from './context';

/**
 * Makes the registration of a route throw that is not public and declares no grant, or one that
 * nothing enforces.
 */
export function requireDeclaredGrants(api: Api): void {
  api.addHook('onRoute', ({ method, url, config = {} }) => {
    if (config.isPublic || config.grant === null || config.isGrantEnforced) return;
    const name = `${[method].flat().join(', ')} ${url}`;
    if (config.grant === undefined) throw new Error(`route ${name} is not public and declares no grant`);
    throw new Error(`route ${name} declares the grant ${config.grant}, which only route() enforces`);
  });
}
