import { Type, type Static } from '@sinclair/typebox';

const exact = { additionalProperties: false };
const Ms = Type.Integer({ minimum: 0 });
const Instant = Type.String({ description: 'RFC 3339' });
const Lines = Type.Array(Type.String());
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const PHASES = ['provision', 'copy', 'up', 'health', 'test', 'teardown'] as const;
export type Phase = (typeof PHASES)[number];

/** What a phase did: `skipped` where an earlier one had ended the run. */
const PhaseReport = Type.Object(
  {
    phase: Type.Union(PHASES.map((phase) => Type.Literal(phase))),
    outcome: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
    started_at: nullable(Instant),
    ms: nullable(Ms),
  },
  exact,
);
export type PhaseReport = Static<typeof PhaseReport>;

/** How a service became ready, or did not. */
const CheckReport = Type.Object(
  {
    name: Type.String(),
    url: Type.String(),
    ready: Type.Boolean(),
    tries: Type.Integer({ minimum: 0 }),
    last_status: nullable(Type.Integer({ description: 'of the last answer; null without one' })),
    ms: Ms,
  },
  exact,
);
export type CheckReport = Static<typeof CheckReport>;

/** Test cases of the JUnit file that the test command has written. */
const Count = Type.Integer({ minimum: 0 });
const TestCases = Type.Object({ passed: Count, failed: Count, skipped: Count }, exact);
export type TestCases = Static<typeof TestCases>;

/** A test case that failed, with the first line of its message. */
const FailedCase = Type.Object({ name: Type.String(), message: Type.String() }, exact);
export type FailedCase = Static<typeof FailedCase>;

/** How the test command ended. */
const TestReport = Type.Object(
  {
    command: Type.String(),
    exit_code: Type.Integer(),
    timed_out: Type.Boolean(),
    killed: Type.Integer({ minimum: 0, description: 'processes that had to be killed' }),
    ms: Ms,
    cases: nullable(TestCases),
    failed_cases: Type.Optional(Type.Array(FailedCase, { description: 'the first 100; absent: none' })),
    /** The last lines of each stream. The files of the runner have all of it. */
    stdout_tail: Lines,
    stderr_tail: Lines,
    files: Type.Object({ stdout: Type.String(), stderr: Type.String() }, exact),
  },
  exact,
);
export type TestReport = Static<typeof TestReport>;

/** A resource that remains on the host, and a command that removes it. */
const Remaining = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('directory'),
      Type.Literal('port'),
      Type.Literal('processes'),
      Type.Literal('project'),
    ]),
    name: Type.String(),
    remove: Type.String(),
  },
  exact,
);
export type Remaining = Static<typeof Remaining>;

/** Why a run did not end with a green test command. */
const RunFailure = Type.Object({ code: Type.String(), message: Type.String() }, exact);
export type RunFailure = Static<typeof RunFailure>;

/** How the services ran: as processes, or as containers of an engine. */
const StackKind = Type.Union([Type.Literal('process'), Type.Literal('compose')]);
export type StackKind = Static<typeof StackKind>;

/** `sandbox-report/1`: one run of one repository. Durations are ms. */
export const SandboxReport = Type.Object(
  {
    schema: Type.Literal('sandbox-report/1'),
    run: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{8}$' }), name: Type.String() }, exact),
    repository: Type.Object(
      {
        name: Type.String(),
        branch: nullable(Type.String()),
        commit: nullable(Type.String()),
        dirty: nullable(Type.Boolean()),
      },
      exact,
    ),
    host: Type.String({ description: 'local, or a destination of the ssh client' }),
    sync: nullable(Type.Literal('tar')),
    stack: nullable(StackKind),
    ports: Type.Record(Type.String(), Type.Integer()),
    started_at: Instant,
    finished_at: Instant,
    phases: Type.Array(PhaseReport),
    checks: Type.Array(CheckReport),
    test: nullable(TestReport),
    failure: nullable(RunFailure),
    notices: Type.Optional(
      Type.Array(Type.String(), { description: 'what the run left out, or does not use; absent: nothing' }),
    ),
    interrupted: Type.Boolean(),
    leaks: Type.Array(Remaining),
    kept: Type.Array(Remaining),
    labels: Type.Object({ closes: Lines }, exact),
    exit_code: Type.Integer(),
  },
  exact,
);
export type SandboxReport = Static<typeof SandboxReport>;
