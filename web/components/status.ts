import type { NodeModel, ResultClass } from '../../helpers/run-report/run-model';

/** How a state is shown: by a sign and a color, so that it is read without the color. */
export interface Sign {
  readonly sign: string;
  /** The name of a color of the style sheet. */
  readonly tone: 'good' | 'bad' | 'warn' | 'calm';
}

type Status = NodeModel['status'];

const OF_STATUS: Partial<Record<Status, Sign>> = {
  completed: { sign: '✓', tone: 'good' },
  failed: { sign: '✕', tone: 'bad' },
  timeout: { sign: '◷', tone: 'bad' },
  abandoned: { sign: '✕', tone: 'bad' },
  cancelled: { sign: '⊘', tone: 'warn' },
  canceling: { sign: '⊘', tone: 'warn' },
  running: { sign: '▶', tone: 'warn' },
  paused: { sign: '‖', tone: 'warn' },
};
const WAITING: Sign = { sign: '○', tone: 'calm' };

export const signOfStatus = (status: Status): Sign => OF_STATUS[status] ?? WAITING;

/** The sign of several executions: that of the worst one. */
export function signOfAll(nodes: readonly NodeModel[]): Sign {
  const signs = nodes.map(({ status }) => signOfStatus(status));
  const tones = ['bad', 'warn', 'calm', 'good'] as const;
  return tones.flatMap((tone) => signs.filter((sign) => sign.tone === tone))[0] ?? WAITING;
}

const OF_RESULT: Record<ResultClass, Sign> = {
  passed: { sign: '✓', tone: 'good' },
  failed: { sign: '✕', tone: 'bad' },
  environment: { sign: '?', tone: 'warn' },
  'known red': { sign: '!', tone: 'warn' },
  'not proven': { sign: '–', tone: 'calm' },
  'not selected': { sign: '·', tone: 'calm' },
};

export const signOfResult = (result: ResultClass): Sign => OF_RESULT[result];
