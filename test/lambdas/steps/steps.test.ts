/** Each step by its name, with its output and its line for the node log. */
import type { Operation, StatefulNode } from '../../../domain/node/stateful-node';
import type { StepEvent } from '../../../lambdas/steps/step-event';
import type { LogLine, Outcome } from '../../../lambdas/steps/log-lines';
import { runStep, withWindUp } from '../../../lambdas/steps/steps';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const operation = { nodeId: NODE_ID, generation: 4 };
const info = (message: string): LogLine => ({ severity: 'INFO', message });
const replaced: Partial<Operation> = { launch: aLaunch() };
const token = { taskToken: 'the-token' };

interface Row {
  readonly event: StepEvent;
  readonly node?: Partial<StatefulNode>;
  readonly owner?: Partial<Operation>;
  /** Has the node's interface. Free if undefined. */
  readonly carrier?: string;
  readonly output: object;
  readonly line?: LogLine;
}

/** Ports of a node whose old instance has ended and whose replacement runs. */
function portsOf({ node, owner, carrier }: Row): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode(node, owner));
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp());
  ports.seenInterfaces.set(
    INTERFACE_ID,
    carrier === undefined ? anInterface() : anAttachedInterface({ instanceId: carrier }),
  );
  return ports;
}

it.each<Row>([
  {
    event: { step: 'take-node', operation: 'pause', executionId: 'second', trigger: undefined },
    output: { taken: false, why: 'the input is neither a known event nor a request', drain: { seconds: 0 } },
  },
  { event: { step: 'adopt-instance', ...operation }, output: { instanceId: null } },
  {
    event: { step: 'ensure-eni', ...operation },
    output: { interfaceId: INTERFACE_ID },
    line: info(`interface ${INTERFACE_ID} is in place`),
  },
  {
    event: { step: 'detach-eni', ...operation },
    output: { interfaceIds: [INTERFACE_ID] },
    line: info('the interface is free'),
  },
  {
    event: { step: 'attach-eni', ...operation },
    owner: replaced,
    carrier: REPLACEMENT_ID,
    output: { interfaceId: INTERFACE_ID, instanceId: REPLACEMENT_ID, attachedAt: expect.any(String) as string },
    line: info(`interface ${INTERFACE_ID} is attached to ${REPLACEMENT_ID}`),
  },
  {
    event: { step: 'associate-eip', ...operation },
    node: { config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) },
    output: { publicIp: '198.51.100.7' },
    line: info('Elastic IP 198.51.100.7 is on the interface'),
  },
  {
    event: { step: 'launch-instance', ...operation },
    owner: replaced,
    output: { outcome: 'launched', waitSeconds: 0 },
    line: info('an instance is launched'),
  },
  {
    event: { step: 'drain-instance', ...operation, ...token, seconds: 60 },
    output: {},
    line: info('the instance serves for up to 60 s until it is terminated'),
  },
  {
    event: { step: 'terminate-instance', ...operation },
    output: { instanceId: OLD_INSTANCE_ID, state: 'terminated' },
    line: {
      ...info(`terminating ${OLD_INSTANCE_ID}`),
      seen: [{ instanceId: OLD_INSTANCE_ID, role: 'old', state: 'terminated' }],
    },
  },
  {
    event: { step: 'await-termination', ...operation, ...token, retries: 0 },
    output: { instanceId: OLD_INSTANCE_ID, state: 'terminated' },
    line: {
      ...info(`terminating ${OLD_INSTANCE_ID}`),
      seen: [{ instanceId: OLD_INSTANCE_ID, role: 'old', state: 'terminated' }],
    },
  },
  {
    event: { step: 'await-instance', ...operation, ...token, which: 'old', awaited: 'terminated' },
    output: {},
  },
  {
    event: { step: 'confirm-node', ...operation },
    owner: replaced,
    carrier: REPLACEMENT_ID,
    output: { instanceId: REPLACEMENT_ID },
    line: info(`ACTIVE on ${REPLACEMENT_ID}`),
  },
  {
    event: { step: 'settle-pause', ...operation },
    owner: { kind: 'pause' },
    output: { interfaceId: INTERFACE_ID, keepsElasticIp: true },
    line: info('PAUSED: the interface and its addresses are kept'),
  },
  {
    event: { step: 'apply-settings', ...operation },
    owner: { kind: 'adjust' },
    output: { revision: 1, status: 'ACTIVE' },
    node: { status: 'ACTIVE' },
    line: info('settings of revision 1 are applied; the node is ACTIVE'),
  },
  {
    event: { step: 'release-identity', ...operation },
    node: { deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } },
    owner: { kind: 'delete' },
    output: { left: [] },
    line: info('gone; nothing is left'),
  },
  { event: { step: 'wind-up', ...operation }, output: { started: null } },
])('$event.step', async (row) => {
  const outcome: Outcome = { output: row.output, line: row.line };

  await expect(runStep(portsOf(row), row.event)).resolves.toEqual(outcome);
});

it('fail-operation', async () => {
  const event: StepEvent = { step: 'fail-operation', ...operation, error: { Error: 'NoCapacity', Cause: 'none' } };
  const { output, line } = await runStep(portsOf({ event, output: {} }), event);

  expect(output).toMatchObject({ errorReason: expect.stringMatching(/^replace failed: NoCapacity: none/) as string });
  expect(line).toMatchObject({ severity: 'ERROR' });
});

it('fails with the error of the step', async () => {
  const ports = new InMemoryPorts(aNode());

  await expect(runStep(ports, { step: 'confirm-node', ...operation })).rejects.toMatchObject({ name: 'OwnershipLost' });
});

describe('The wind-up', () => {
  const ran: string[] = [];
  const run = (event: StepEvent): Promise<object> => {
    ran.push(event.step);
    return Promise.resolve({ of: event.step });
  };
  beforeEach(() => void ran.splice(0));

  it.each(['confirm-node', 'settle-pause', 'apply-settings'] as const)(
    'follows %s, whose output counts',
    async (step) => {
      await expect(withWindUp({ step, ...operation }, run)).resolves.toEqual({ of: step });
      expect(ran).toEqual([step, 'wind-up']);
    },
  );

  it.each(['attach-eni', 'release-identity', 'wind-up'] as const)('does not follow %s', async (step) => {
    await withWindUp({ step, ...operation }, run);
    expect(ran).toEqual([step]);
  });

  it('does not follow a step that fails', async () => {
    const fail = (event: StepEvent): Promise<object> => {
      ran.push(event.step);
      return Promise.reject(new Error('not yet'));
    };
    await expect(withWindUp({ step: 'confirm-node', ...operation }, fail)).rejects.toThrow('not yet');
    expect(ran).toEqual(['confirm-node']);
  });
});
