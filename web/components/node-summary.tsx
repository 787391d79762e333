import type { ComponentChildren } from 'preact';
import type { NodeModel } from '../../helpers/run-report/run-model';
import { LongText } from './long-text';
import { signOfStatus } from './status';
import { durationText, elapsedText } from './time-scale';

interface Props {
  readonly node: NodeModel;
  /** How it is named: `execution 41`. */
  readonly children: ComponentChildren;
  /** The time now, epoch ms: how long it waits or runs is shown; null: it is not. */
  readonly now?: number | null;
}

/** An execution as a line: its sign, its name, how long it waited and ran; then its error. */
export function NodeSummary({ node, children, now = null }: Props) {
  const { action, status, facts, error } = node;
  const { sign, tone } = signOfStatus(status);
  return (
    <>
      <p>
        <span class={tone} aria-hidden="true">
          {sign}
        </span>{' '}
        {children} · {action} · {[status, ...timesOf(node, now), ...facts].join(' · ')}
      </p>
      {error !== null && <LongText class="error" text={error} />}
    </>
  );
}

function timesOf({ created, started, finished, hasEnded }: NodeModel, now: number | null): string[] {
  if (started === null && !hasEnded && now !== null) return [`waits for ${elapsedText(now - created)}`];
  if (started === null) return ['never started'];
  const waited = `waited ${durationText(started - created)}`;
  if (finished !== null) return [waited, `ran ${durationText(finished - started)}`];
  return hasEnded || now === null ? [waited] : [waited, `runs for ${elapsedText(now - started)}`];
}
