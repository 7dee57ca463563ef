import { reportOn } from '../../../lambdas/reconciler/report';
import { Findings } from '../../../lambdas/reconciler/findings';
import { reconcile } from '../../../lambdas/reconciler/reconcile';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const EARLIER = '2026-11-03T09:50:00.000Z';
const PAUSED_ID = 'smi-0a1b2c3e';
const paused = aNode({ id: PAUSED_ID, status: 'PAUSED', instance: undefined });

/** EC2 shows nothing of the nodes. */
function surveyOf(...nodes: readonly StatefulNode[]): Findings {
  const findings = new Findings(() => NOW);
  const seen = { instance: undefined, interface: undefined, elasticIp: undefined, hasExecutionEnded: false };
  for (const node of nodes) findings.inspect(node, seen, { ...seen, holder: undefined });
  return findings;
}

describe('The report', () => {
  it('counts the nodes by status, and names those without their address since the first run that saw it', async () => {
    const ports = new InMemoryPorts();
    ports.awaySince = { [NODE_ID]: EARLIER, 'smi-deleted0': EARLIER };
    const { report, failures } = await reportOn(ports, surveyOf(aNode(), paused), false);

    expect(report.byStatus).toMatchObject({ ACTIVE: 1, PAUSED: 1, ERROR: 0 });
    expect(report.missingAddresses).toMatchObject([{ nodeId: NODE_ID, since: EARLIER }]);
    expect(ports.awaySince).toEqual({ [NODE_ID]: EARLIER });
    expect(failures).toEqual([]);
  });

  it('is written only if it has changed', async () => {
    const ports = new InMemoryPorts();
    ports.awaySince = { [NODE_ID]: EARLIER };
    const replace = jest.spyOn(ports.missingAddresses, 'replace');
    await reportOn(ports, surveyOf(aNode()), false);
    expect(replace).not.toHaveBeenCalled();
    await reportOn(ports, surveyOf(), false);
    expect(replace).toHaveBeenCalledWith({});
  });

  it('changes nothing in a table that may be another deployment’s', async () => {
    const ports = new InMemoryPorts();
    await reportOn(ports, surveyOf(aNode()), true);
    expect(ports.awaySince).toEqual({});
  });

  it('names the nodes even if the times cannot be read, and says so', async () => {
    const ports = new InMemoryPorts();
    const busy = new Error('the table is busy');
    ports.missingAddresses.read = () => Promise.reject(busy);
    const { report, failures } = await reportOn(ports, surveyOf(aNode()), false);

    expect(report.missingAddresses).toMatchObject([{ nodeId: NODE_ID, since: NOW }]);
    expect(failures).toEqual([busy]);
  });

  it.each([
    { name: 'a failure that goes away', errorName: 'NoCapacity', needing: [] },
    { name: 'one that does not', errorName: 'RequestRejected', needing: [NODE_ID] },
    { name: 'one of an earlier version, which has no name', errorName: undefined, needing: [] },
  ])('names the nodes that need a person: $name', async ({ errorName, needing }) => {
    const failure = { operation: 'replace', count: 1, ...(errorName !== undefined && { errorName }) } as const;
    const { report } = await reportOn(new InMemoryPorts(), surveyOf(aNode({ status: 'ERROR', failure })), false);
    expect(report.needingAPerson).toEqual(needing);
  });

  it('comes after the repairs, which do not wait for it', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.missingAddresses.read = () => {
      ports.journal.push('read the times');
      return Promise.resolve({});
    };
    const { started } = await reconcile(ports);

    expect(started).toEqual([`${NODE_ID}: replace`]);
    const [start] = ports.journal.filter((entry) => entry.startsWith('start'));
    expect(ports.journal.indexOf(start!)).toBeLessThan(ports.journal.indexOf('read the times'));
  });
});
