import type { Faults } from '../../fault';

/** Rounds of tasks, and where they begin. */
export const WORKFLOW_LOOP_FAULTS: Faults = {
  F1784: {
    promise: 'a transition that leads back starts another round of a task',
    file: 'core/workflow/rounds.ts',
    within: 'roundsAfter',
    find: 'leadsBack(from, target) ? before + 1 : before',
    replace: 'before',
    claims: ['T2.18a', 'T2.18b', 'T2.18c', 'T2.18d'],
  },
  F1788: {
    promise: 'a loop ends at the limit of rounds',
    file: 'core/workflow/start-round.ts',
    within: 'loopFault',
    find: 'round <= maxRounds',
    replace: 'round <= 2 * maxRounds',
    claims: ['T2.18d'],
  },
  F1797: {
    promise: 'a join counts arrivals of one round together, and of no other one',
    file: 'core/workflow/rounds.ts',
    within: 'isSameRound',
    find: 'graphOf(definition).isInLoop(name, loop)',
    replace: 'false',
    claims: ['T2.18e'],
  },
  F1798: {
    promise: 'a join that has run waits for arrivals of a later round',
    file: 'core/workflow/rounds.ts',
    within: 'laterTransitions',
    find: 'compareRounds(definition, rounds, started) > 0',
    replace: 'compareRounds(definition, rounds, started) >= 0',
    claims: ['T2.18e'],
  },
  F1845: {
    promise: 'a loop begins at each task at which it can be entered',
    file: 'core/workflow/loops.ts',
    within: 'loopOf',
    find: '[...component].filter(isHead)',
    replace: '[...component].filter(isHead).slice(0, 1)',
    claims: ['T2.18f'],
  },
  F1846: {
    promise: 'all tasks at which a loop begins are of the same round',
    file: 'core/workflow/rounds.ts',
    within: 'roundsAfter',
    find: 'const loop = loopAt(target);',
    replace: 'const loop = loopAt(target) && target;',
    claims: ['T2.18f'],
  },
  F1789: {
    promise: 'where every task has a predecessor, the first task of the file starts',
    file: 'core/workflow/graph.ts',
    within: 'buildGraph',
    find: 'topLevelTasks.slice(0, 1)',
    replace: '[]',
    claims: ['T2.18a', 'T2.18b', 'T2.18c'],
  },
  F2418: {
    promise: 'a retry in a later round names the first attempt of its own round',
    file: 'store/executions/new-execution.ts',
    within: 'insertRetry',
    find: '${retry}, task_retries, ${reason}, id,',
    replace:
      '${retry}, task_retries, ${reason}, ' +
      '(select min(first.id) from execution first where first.workflow_execution = ${run} and first.task_name = ${task}),',
    claims: ['T2.18c'],
  },
};
