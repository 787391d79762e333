import { promote, quarantine } from '../../tools/gate/change-state';
import { replaceCheck } from '../../tools/gate/edit-policy';
import { findCheck, parsePolicy, type Check } from '../../tools/gate/policy';
import { readHistory, readPolicy, today, writePolicy, type GateFlags, type HistoryFlags } from './gate-files';

/** Makes a check required, after its window and with an approver, and rewrites the policy. */
export function gatePromote(id: string, flags: HistoryFlags & { readonly approver?: string }): void {
  const { policy, text } = readPolicy(flags.policy);
  const request = { check: id, approver: flags.approver, today: today() };
  store(flags, text, findCheck(policy, id), promote(policy, readHistory(flags.history), request));
}

/** Parsed options. */
export interface GateQuarantineFlags extends GateFlags {
  readonly owner?: string;
  readonly reason?: string;
  readonly until?: string;
}

/** Lets a check not gate until a day, and rewrites the policy. */
export function gateQuarantine(id: string, flags: GateQuarantineFlags): void {
  const { owner, reason, until } = flags;
  const { policy, text } = readPolicy(flags.policy);
  const changed = quarantine(policy, { check: id, owner, reason, until, today: today() });
  store(flags, text, findCheck(policy, id), changed);
}

function store({ policy: path, json }: GateFlags, text: string, before: Check, after: Check): void {
  const changed = before !== after;
  if (changed) {
    const edited = replaceCheck(text, after);
    parsePolicy(edited); // never a file that the next command rejects
    writePolicy(path, edited);
  }
  const sentence = changed ? `${after.id}: ${before.state} → ${after.state}` : `${after.id} is ${after.state} already`;
  process.stdout.write(json ? `${JSON.stringify({ changed, check: after })}\n` : `${sentence}\n`);
}
