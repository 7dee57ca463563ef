/** The drawings of the state machines that are deployed are readable: nothing lies on anything else. */
import { keyOf, machineOf, type Definition } from '../../console/src/pages/node/replacements/machine/definition';
import { layoutOf, type Box } from '../../console/src/pages/node/replacements/machine/layout';
import { layersOf } from '../../console/src/pages/node/replacements/machine/layers';
import { spread } from '../../console/src/pages/node/replacements/machine/spread';
import { OPERATION_KINDS } from '../../domain/node/stateful-node';
import { readDefinition } from '../../infra/workflows/definitions';

const machines = OPERATION_KINDS.map(
  (kind) => [kind, machineOf(JSON.parse(readDefinition(kind)) as Definition)] as const,
);

const edgesOf = ({ x, y, width, height }: Box) => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y,
  bottom: y + height,
});

describe.each(machines)('the drawing of %s', (_, machine) => {
  const { boxes, lines, columns, width, height } = layoutOf(machine);

  it('has every state and every transition once', () => {
    expect(boxes.map(({ name }) => name).sort()).toEqual(machine.states.map(({ name }) => name).sort());
    expect(lines.map(keyOf).sort()).toEqual(machine.transitions.map(keyOf).sort());
  });

  it('has no two states on each other', () => {
    for (const one of boxes) {
      for (const other of boxes) {
        if (one === other) continue;
        const [a, b] = [edgesOf(one), edgesOf(other)];
        const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect([one.name, other.name, isApart]).toEqual([one.name, other.name, true]);
      }
    }
  });

  it('has each state in its own lane, and all within the drawing', () => {
    for (const box of boxes) {
      const { left, right, bottom } = edgesOf(box);
      const column = columns.find(({ lane }) => lane === box.lane)!;
      expect([box.name, left >= column.x, right <= column.x + column.width]).toEqual([box.name, true, true]);
      expect(bottom).toBeLessThanOrEqual(height);
    }
    expect(Math.max(...columns.map((column) => column.x + column.width))).toBe(width);
  });

  it('leads downward, except where a loop closes', () => {
    const { isUpward } = layersOf(machine);
    const top = new Map(boxes.map(({ name, y }) => [name, y]));
    for (const transition of machine.transitions) {
      const isDown = top.get(transition.to)! > top.get(transition.from)!;
      expect([keyOf(transition), isDown]).toEqual([keyOf(transition), !isUpward(transition)]);
    }
  });

  it('is no wider than a screen', () => {
    expect(width).toBeLessThanOrEqual(1_200);
  });
});

it('puts the cold way on the left, the hot one on the right, and what follows an error beside both', () => {
  const { boxes, columns } = layoutOf(machines.find(([kind]) => kind === 'replace')![1]);
  expect(columns.map(({ lane }) => lane)).toEqual(['Cold', 'Common', 'Hot', 'Ends']);
  const laneOf = new Map(boxes.map(({ name, lane }) => [name, lane]));
  expect(laneOf.get('Cold: ensure the ENI')).toBe('Cold');
  expect(laneOf.get('Hot: ensure the ENI')).toBe('Hot');
  expect(laneOf.get('Confirm the node')).toBe('Common');
  expect(laneOf.get('The operation failed')).toBe('Ends');
});

it.each([
  ['leaves apart what is apart', [10, 60], [10, 60]],
  ['moves as little as it can', [30, 30], [25, 35]],
  ['keeps the order', [60, 10], [30, 40]],
  ['stays within its room', [-50, 200], [5, 95]],
])('%s', (_, wanted, placed) => {
  const row = wanted.map((each) => ({ wanted: each, weight: 1, half: 5 }));
  expect(spread(row, 0, 100)).toEqual(placed);
});
