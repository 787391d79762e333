import { soleVariable } from './interpolate';

/** An entry of `ports`, before and after its variables were replaced: `${API_PORT}`, `8080`. */
export interface PortEntry {
  /** Of the host; null: the engine chooses it. */
  readonly host: { readonly raw: string; readonly text: string } | null;
  /** Of the container. */
  readonly container: string;
}

/** A port of the host that a stack publishes. */
export type PublishedPort =
  /** Its number is chosen for each run, and every service and the test command know it by name. */
  { readonly variable: string } | { readonly fixed: number; readonly service: string };

/**
 * The ports of the host in a list of services: `${API_PORT}:80`, `127.0.0.1:8080:80`. Where
 * services are processes, a variable in the place of a container's port is that of the process.
 */
export function publishedPorts(
  services: readonly { readonly name: string; readonly ports: readonly PortEntry[] }[],
  areProcesses: boolean,
): PublishedPort[] {
  const found = new Map<string, PublishedPort>();
  for (const { name: service, ports } of services) {
    for (const { host, container } of ports) {
      const variable = host ? soleVariable(host.raw) : areProcesses ? soleVariable(container) : null;
      if (variable !== null) found.set(variable, { variable });
      else
        for (const fixed of host ? fixedPorts(host.text, container) : [])
          found.set(`${service} ${fixed}`, { fixed, service });
    }
  }
  return [...found.values()];
}

/** Of a range for one port of the container, the engine chooses a free one. */
function fixedPorts(host: string, container: string): number[] {
  const [first, last = first] = numbersOf(host);
  if (first === undefined || last === undefined) return [];
  if (first !== last && numbersOf(container).length < 2) return [];
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, n) => first + n);
}

/** `8000`, `8000-8010`. */
const numbersOf = (text: string): number[] => (/^\d+(?:-\d+)?$/.test(text) ? text.split('-').map(Number) : []);

/**
 * The parts of `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`. What stands in brackets may have colons.
 */
export function splitPort(text: string): { readonly host: string | null; readonly container: string } {
  const parts = [''];
  let depth = 0;
  for (const letter of text.replace(/\/\w+$/, '')) {
    if (letter === '{' || letter === '[') depth++;
    if (letter === '}' || letter === ']') depth--;
    if (letter === ':' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()}${letter}`);
  }
  return { host: parts.at(-2) || null, container: parts.at(-1)! };
}
