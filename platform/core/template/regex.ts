import { RE2JS } from 're2js';
import type { Budget } from './budget';
import { Fault } from './fault';

/** Compiling costs about 1.5 µs for every instruction. */
const STEPS_PER_INSTRUCTION = 40;

/** What one character costs beside the instructions of the program it is held against. */
const STEPS_PER_CHARACTER = 4;

/**
 * True when the pattern is found anywhere in the text. RE2 syntax: linear time, no look-around, no back-references.
 * `Regex error: …` (TEMPLATE_ARGUMENTS) for a pattern that is none; TEMPLATE_TIMEOUT for too much text.
 */
export function found(pattern: string, text: string, budget: Budget): boolean {
  budget.spend(STEPS_PER_INSTRUCTION * pattern.length);
  budget.spend(STEPS_PER_INSTRUCTION * estimatedSize(pattern));
  const program = compile(pattern);
  budget.spend((program.programSize() + STEPS_PER_CHARACTER) * text.length);
  return program.matcher(text).find();
}

/** The engine's reason quotes the pattern. */
class RegexFault extends Fault {
  constructor(reason: string) {
    super('TEMPLATE_ARGUMENTS', `Regex error: ${reason}`);
  }

  override describeDiscreetly(): string {
    return 'Regex error: the pattern is not one of RE2';
  }
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new RegexFault(reason);
  }
}

/** Instructions at most: repeats are unrolled, and RE2 refuses more than 1000 copies in all. */
function estimatedSize(pattern: string): number {
  const repeats = Array.from(pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g), ([, from, to]) => Number(to || from));
  return (pattern.length + 1) * Math.max(1, ...repeats);
}
