import type { Service } from './compose-file';

/** A port of the host that a stack publishes. */
export type PublishedPort =
  /** Its number is chosen for each run, and every service and the test command know it by name. */
  { readonly variable: string } | { readonly fixed: number; readonly service: string };

const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-?][^}]*)?\}$/;

/** The ports of the host in a list of services: `${API_PORT}:80`, `127.0.0.1:8080:80`, `8080`. */
export function publishedPorts(services: readonly Service[]): PublishedPort[] {
  const found = new Map<string, PublishedPort>();
  for (const { name: service, ports } of services) {
    for (const text of ports) {
      const host = hostPart(text);
      const [, variable] = VARIABLE.exec(host) ?? [];
      if (variable !== undefined) found.set(variable, { variable });
      else if (/^\d+$/.test(host)) found.set(`${service} ${host}`, { fixed: Number(host), service });
    }
  }
  return [...found.values()];
}

/** Of `[ADDRESS:]HOST:CONTAINER[/PROTOCOL]`, or of `HOST`. A default may contain colons. */
function hostPart(text: string): string {
  const parts = text.replace(/\/\w+$/, '').match(/(?:\$\{[^}]*\}|[^:])+/g) ?? [];
  return parts.length === 1 ? parts[0] : (parts.at(-2) ?? '');
}
