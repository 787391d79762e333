import { Type, type Static } from '@sinclair/typebox';
import { quote } from '../transport/quote';

const Duration = Type.String({ pattern: '^(?:\\d+(?:\\.\\d+)?(?:us|ms|s|m|h))+$', description: 'a duration: 1m30s' });

/** The key `healthcheck` of a service. */
export const HealthcheckKey = Type.Object({
  test: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })])),
  interval: Type.Optional(Duration),
  retries: Type.Optional(Type.Integer({ minimum: 0 })),
  start_period: Type.Optional(Duration),
});

/** A command that exits with 0 once its service is ready. */
export interface Healthcheck {
  /** A command line of the shell, without variables replaced. */
  readonly command: string;
  /** For the service to become ready. */
  readonly limitMs: number;
}

/** The defaults are those of compose. Null: none, or one that is switched off. */
export function healthcheckOf(key: Static<typeof HealthcheckKey> = {}): Healthcheck | null {
  const { test, interval = '30s', retries = 3, start_period: startPeriod = '0s' } = key;
  const command = test === undefined ? null : commandOf(test);
  return command === null ? null : { command, limitMs: durationMs(startPeriod) + retries * durationMs(interval) };
}

function commandOf(test: string | readonly string[]): string | null {
  if (typeof test === 'string') return test;
  const [kind, ...words] = test;
  if (kind === 'CMD-SHELL') return words.join(' ');
  return kind === 'CMD' ? words.map(quote).join(' ') : null;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const durationMs = (text: string): number =>
  [...text.matchAll(/([\d.]+)(us|ms|s|m|h)/g)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * UNIT_MS[unit!]!,
    0,
  );
