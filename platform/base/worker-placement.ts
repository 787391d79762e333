/** What an operator says of workers: by which actions select them, and which others tolerate. */
export interface WorkerPlacement {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly WorkerTaint[];
}

interface WorkerTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

const KEY = String.raw`[A-Za-z0-9][\w./-]{0,62}`;
const LABEL = new RegExp(`^(${KEY})=(.{0,255})$`);
const TAINT = new RegExp(`^(${KEY})(?:=([^:]{0,255}))?:(no_schedule|prefer_no_schedule)$`);
/** The label with the name of a worker. */
export const NAME_LABEL = 'worker';

/** `key=value`; null for another text, and for the label of the name. */
export function parseLabel(text: string): readonly [key: string, value: string] | null {
  const [, key, value] = LABEL.exec(text) ?? [];
  return key === undefined || value === undefined || key === NAME_LABEL ? null : [key, value];
}

/** `key=value:effect` or `key:effect`; null for another text. */
export function parseTaint(text: string): WorkerTaint | null {
  const [, key, value, effect] = TAINT.exec(text) ?? [];
  return key === undefined || effect === undefined ? null : { key, ...(value !== undefined && { value }), effect };
}
