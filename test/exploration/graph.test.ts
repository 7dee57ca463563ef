/** Traps and cycles, on graphs that can be checked by eye. */
import { findTraps, type Graph } from '../../exploration/graph';
import type { ActionKind } from '../../exploration/action';

type Edge = readonly [from: number, to: number, kind: ActionKind];

function graphOf(size: number, edges: readonly Edge[], rests: readonly number[]): Graph {
  return {
    size,
    edges: edges.length,
    edge: (index) => {
      const [from, to, kind] = edges[index]!;
      return { from, to, kind };
    },
    isGoodRest: (number) => rests.includes(number),
  };
}

const STUCK = 'no good rest can be reached from here, whatever happens';
const BUSY = 'steps run in a cycle without a wait';

it.each<[string, number, readonly Edge[], readonly number[], readonly object[]]>([
  ['a way to a rest', 2, [[0, 1, 'step']], [1], []],
  [
    'a state that leads nowhere',
    3,
    [
      [0, 1, 'step'],
      [0, 2, 'step'],
    ],
    [1],
    [{ what: STUCK, number: 2 }],
  ],
  ['a rest that only more trouble leads to', 2, [[0, 1, 'world']], [1], [{ what: STUCK, number: 0 }]],
  [
    'a rest that a retry, time and relief lead to',
    4,
    [
      [0, 1, 'retry'],
      [1, 2, 'time'],
      [2, 3, 'relief'],
    ],
    [3],
    [],
  ],
  ['no rest at all', 2, [[0, 1, 'step']], [], [{ what: STUCK, number: 0 }]],
  [
    'a cycle of steps',
    3,
    [
      [0, 1, 'step'],
      [1, 0, 'step'],
      [1, 2, 'step'],
    ],
    [2],
    [{ what: BUSY, number: 0 }],
  ],
  [
    'a step that changes nothing',
    2,
    [
      [0, 0, 'step'],
      [0, 1, 'step'],
    ],
    [1],
    [{ what: BUSY, number: 0 }],
  ],
  [
    'a cycle with a wait',
    3,
    [
      [0, 1, 'step'],
      [1, 0, 'retry'],
      [1, 2, 'step'],
    ],
    [2],
    [],
  ],
  [
    'two ways to the same state',
    4,
    [
      [0, 1, 'step'],
      [0, 2, 'step'],
      [1, 3, 'step'],
      [2, 3, 'step'],
    ],
    [3],
    [],
  ],
])('%s', (_what, size, edges, rests, expected) => {
  expect(findTraps(graphOf(size, edges, rests))).toEqual(expected);
});
