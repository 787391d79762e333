import { RE2JS } from 're2js';
import type { Budget } from './budget';
import { TemplateFault } from './fault';

/** Compiling takes about 1.5 µs per instruction. */
const STEPS_PER_INSTRUCTION = 40;

/** The cost of one character, beside one step per instruction. */
const STEPS_PER_CHARACTER = 4;

/**
 * True if the pattern matches anywhere in the text. RE2 syntax: linear time, no look-around, no
 * back-references. Throws `Regex error: …` (TEMPLATE_ARGUMENTS) for an invalid pattern,
 * TEMPLATE_TIMEOUT for too much text.
 */
export function matchesPattern(pattern: string, text: string, budget: Budget): boolean {
  budget.spend(STEPS_PER_INSTRUCTION * pattern.length);
  budget.spend(STEPS_PER_INSTRUCTION * estimatedSize(pattern));
  const program = compile(pattern);
  budget.spend((program.programSize() + STEPS_PER_CHARACTER) * text.length);
  return program.matcher(text).find();
}

/** The reason quotes the pattern. */
class RegexFault extends TemplateFault {
  constructor(reason: string) {
    super('TEMPLATE_ARGUMENTS', `Regex error: ${reason}`);
  }

  override describeRedacted(): string {
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

/** Upper bound: repetitions are unrolled, and RE2 rejects more than 1000 copies in all. */
function estimatedSize(pattern: string): number {
  const repeats = Array.from(pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g), ([, from, to]) => Number(to || from));
  return (pattern.length + 1) * Math.max(1, ...repeats);
}
