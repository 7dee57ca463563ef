/** Every invariant of a storm can fail. */
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { StormInvariants } from '../../../fault-simulation/checks/storm-invariants';
import type { View } from '../../../fault-simulation/checks/invariants';
import type { CallRecord } from '../../../simulator/ec2/ec2';
import type { Instance } from '../../../simulator/ec2/world';
import { aNode, NODE_ID } from '../../domain/builders';
import { anInstance, aView, NOW_MS } from '../views';

const MINUTE_MS = 60_000;
const LAUNCHED = { command: 'RunInstances', outcome: 'ok' } as CallRecord;
const failed: StatefulNode = aNode({ status: 'ERROR', errorReason: 'launch failed: Throttled' });

function stormOf(view: View, agoMs = MINUTE_MS, nodeIds: readonly string[] = [NODE_ID]) {
  view.facts.storm = { atMs: NOW_MS - agoMs, nodeIds };
  const reported: string[] = [];
  const storm = new StormInvariants(
    () => view,
    (invariant, violations) => violations.length > 0 && reported.push(invariant),
  );
  return { storm, reported };
}

describe('a node that fails', () => {
  const write = (before: StatefulNode, after: StatefulNode) =>
    ({ nodeId: NODE_ID, before, after, by: {} }) as unknown as Parameters<StormInvariants['wrote']>[0];

  test('in a storm is a violation', () => {
    const { storm, reported } = stormOf(aView());
    storm.wrote(write(aNode(), failed));
    storm.wrote(write(failed, failed));
    expect(reported).toEqual(['no node of a storm passes through ERROR']);
  });

  test('is none if the storm did not hit it', () => {
    const { storm, reported } = stormOf(aView(), MINUTE_MS, []);
    storm.wrote(write(aNode(), failed));
    expect(reported).toEqual([]);
  });

  test('is none before the storm', () => {
    const view = aView();
    const { storm, reported } = stormOf(view);
    view.facts.storm = undefined;
    storm.wrote(write(aNode(), failed));
    expect(reported).toEqual([]);
  });
});

describe('a second instance of the node', () => {
  const TWICE = 'a storm launches one replacement for each node';
  const launched = (id: string, overrides: Partial<Instance> = {}): Instance =>
    anInstance({ id, launchedAt: NOW_MS - 1_000, ...overrides });
  const first = launched('i-00000000000000001');
  const second = 'i-00000000000000002';

  test.each<[string, readonly Instance[], number]>([
    ['launched since the storm', [first, launched(second)], 1],
    ['that Holdfast ended', [first, ended(second, 'Client.UserInitiatedShutdown')], 1],
    ['that EC2 ended', [first, ended(second, 'Server.SpotInstanceTermination')], 0],
    ['from before the storm', [first, launched(second, { launchedAt: NOW_MS - 2 * MINUTE_MS })], 0],
  ])('%s', (_name, instances, count) => {
    const { storm, reported } = stormOf(aView({ instances }));
    storm.call(LAUNCHED);
    expect(reported).toEqual(count === 0 ? [] : [TWICE]);
  });

  function ended(id: string, code: string): Instance {
    return launched(id, {
      state: 'terminated',
      stateReason: { code, message: '', at: NOW_MS },
    });
  }

  test('is not looked for after other calls', () => {
    const { storm, reported } = stormOf(aView({ instances: [first, launched(second)] }));
    storm.call({ ...LAUNCHED, command: 'TerminateInstances' });
    expect(reported).toEqual([]);
  });
});

test('a node that is not ACTIVE in time is reported once', () => {
  const inTime = stormOf(aView({ node: failed }), 10 * MINUTE_MS);
  inTime.storm.checkNodes();
  expect(inTime.reported).toEqual([]);
  const late = stormOf(aView({ node: failed }), 11 * MINUTE_MS);
  late.storm.checkNodes();
  late.storm.checkNodes();
  expect(late.reported).toEqual(['every node of a storm is ACTIVE in time']);
  const active = stormOf(aView({ node: aNode() }), 11 * MINUTE_MS);
  active.storm.checkNodes();
  expect(active.reported).toEqual([]);
});
