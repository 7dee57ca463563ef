/** Everything that a record has given up is removed, and nothing else. */
import { InterfaceNotFree, RequestRejected, Throttled } from '../../../domain/errors';
import type { GivenUp, StatefulNode } from '../../../domain/node/stateful-node';
import { removeGivenUp } from '../../../lambdas/operation/remove-given-up';
import {
  anAttachedInterface,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const LONG_AGO = '2026-11-03T09:00:00.000Z';
const instance: GivenUp = { kind: 'instance', since: NOW, id: 'i-stray' };
const eni: GivenUp = { kind: 'interface', since: NOW, id: 'eni-stray' };

const portsOf = (givenUp: readonly GivenUp[], node: Partial<StatefulNode> = {}) =>
  new InMemoryPorts(aNode({ ...node, givenUp }));
const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));
const messagesOf = (ports: InMemoryPorts) => (ports.logEntries.get(NODE_ID) ?? []).map(({ message }) => message);

describe('removeGivenUp', () => {
  it.each([
    { name: 'there is no such node', ports: new InMemoryPorts() },
    { name: 'nothing is given up', ports: new InMemoryPorts(aNode()) },
  ])('looks at nothing if $name', async ({ ports }) => {
    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([]);
    expect(ports.journal).toEqual([]);
  });

  it('terminates an instance, logs it before, and forgets it once it is ending', async () => {
    const ports = portsOf([instance]);
    ports.seenInstances.set('i-stray', anInstance({ id: 'i-stray' }));
    ports.onCall = (entry) => {
      if (entry.startsWith('terminate')) expect(messagesOf(ports)).toEqual(['i-stray was given up and is terminated']);
    };

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([instance]);
    expect(changes(ports)).toEqual(['terminate i-stray']);
    ports.seenInstances.set('i-stray', anInstance({ id: 'i-stray', state: 'shutting-down' }));
    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([]);
    expect(changes(ports)).toEqual(['terminate i-stray', 'save ACTIVE']);
    expect(ports.node(NODE_ID)).not.toHaveProperty('givenUp');
  });

  it('deletes a free interface, logs it before, and forgets it', async () => {
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([]);
    expect(changes(ports)).toEqual(['delete eni-stray', 'save ACTIVE']);
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      { createdAt: NOW, severity: 'INFO', message: 'eni-stray was given up and is deleted' },
    ]);
    expect(ports.node(NODE_ID)).not.toHaveProperty('givenUp');
  });

  it('deletes the launch template of an earlier configuration, and the next run tries again what EC2 refuses', async () => {
    const template: GivenUp = { kind: 'launch-template', since: NOW, id: 'earlier' };
    const ports = portsOf([template, eni]);
    ports.madeTemplates.add('earlier').add('present');
    const { templates } = ports;
    const remove = jest.spyOn(templates, 'delete').mockRejectedValueOnce(new RequestRejected('UnauthorizedOperation'));

    await expect(removeGivenUp(ports, NODE_ID)).rejects.toThrow('UnauthorizedOperation');
    expect(ports.node(NODE_ID).givenUp).toEqual([template, eni]);
    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([eni]);
    expect(remove).toHaveBeenCalledTimes(2);
    expect([...ports.madeTemplates]).toEqual(['present']);
    expect(messagesOf(ports).at(-1)).toBe('earlier, the launch template of an earlier configuration, is deleted');
  });

  it('forgets a launch template that EC2 does not show only after it must be visible', async () => {
    const template: GivenUp = { kind: 'launch-template', since: NOW, id: 'earlier' };
    await expect(removeGivenUp(portsOf([template]), NODE_ID)).resolves.toEqual([template]);
    const since = new Date(Date.parse(NOW) - 60_000).toISOString();
    await expect(removeGivenUp(portsOf([{ ...template, since }]), NODE_ID)).resolves.toEqual([]);
  });

  it.each([
    { name: 'is attached', seen: anAttachedInterface({}, { id: 'eni-stray' }), changed: [] },
    { name: 'was attached just now', seen: anInterface({ id: 'eni-stray' }), changed: ['delete eni-stray'] },
  ])('leaves an interface that $name to the next run', async ({ seen, changed }) => {
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', seen);
    ports.onCall = (entry) => {
      if (entry.startsWith('delete')) throw new InterfaceNotFree('eni-stray is in use');
    };

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([eni]);
    expect(changes(ports)).toEqual(changed);
  });

  it('forces a detachment that does not end, and leaves the deletion to the next run', async () => {
    const ports = portsOf([{ ...eni, since: '2026-11-03T09:50:00.000Z' }]);
    ports.seenInterfaces.set(
      'eni-stray',
      anAttachedInterface({ deviceIndex: 1, status: 'detaching' }, { id: 'eni-stray' }),
    );

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toHaveLength(1);
    expect(changes(ports)).toEqual(['force eni-attach-00000000000000001']);
  });

  it.each([
    { state: 'terminated' as const, isForced: true },
    { state: 'running' as const, isForced: false },
    { state: undefined, isForced: false },
  ])('frees a primary interface by force if its instance is $state: $isForced', async ({ state, isForced }) => {
    const ports = portsOf([{ ...eni, since: LONG_AGO }]);
    ports.seenInterfaces.set('eni-stray', anAttachedInterface({ instanceId: 'i-holder' }, { id: 'eni-stray' }));
    if (state !== undefined) ports.seenInstances.set('i-holder', anInstance({ id: 'i-holder', state }));

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toHaveLength(1);
    expect(changes(ports)).toEqual(isForced ? ['force eni-attach-00000000000000001'] : []);
  });

  it('looks at no instance for an interface that is free', async () => {
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));
    await removeGivenUp(ports, NODE_ID);

    expect(ports.journal.filter((entry) => entry.startsWith('observe'))).toEqual([
      `observe ${INTERFACE_ID}`,
      'observe eni-stray',
    ]);
  });

  it('looks for no interface of a node that has none', async () => {
    const ports = portsOf([instance], { identity: { settled: false } });
    await removeGivenUp(ports, NODE_ID);

    expect(ports.journal).toEqual(['observe i-stray']);
  });

  it("detaches a deleted node's interface from an instance before it terminates that", async () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    const ports = portsOf([instance], { deletion });
    ports.seenInstances.set('i-stray', anInstance({ id: 'i-stray' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 1 }));

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([instance]);
    expect(changes(ports)).toEqual(['detach eni-attach-00000000000000001']);
    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([instance]);
    expect(changes(ports).at(-1)).toBe('terminate i-stray');
    expect(ports.node(NODE_ID).givenUp).toEqual([instance]);
  });

  it('keeps an interface whose deletion EC2 did not answer', async () => {
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));
    ports.interfaces.delete = () => Promise.reject(new Throttled('slow down'));

    await expect(removeGivenUp(ports, NODE_ID)).rejects.toThrow(Throttled);
    expect(ports.node(NODE_ID).givenUp).toEqual([eni]);
  });

  it('has nothing left if the node is deleted meanwhile', async () => {
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));
    ports.onCall = (entry) => {
      if (entry.startsWith('delete')) ports.nodeRecords.delete(NODE_ID);
    };

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([]);
    expect(ports.nodeRecords.size).toBe(0);
  });

  it('finds the result of a request without an answer, by its token', async () => {
    const ports = portsOf([
      { kind: 'instance', since: NOW, clientToken: 'launch-token' },
      { kind: 'interface', since: NOW, clientToken: 'interface-token' },
    ]);
    ports.launchedUnder.set('launch-token', anInstance({ id: 'i-late' }));
    ports.madeUnder.set('interface-token', anInterface({ id: 'eni-late' }));
    await removeGivenUp(ports, NODE_ID);

    expect(changes(ports).sort()).toEqual(['delete eni-late', 'save ACTIVE', 'terminate i-late']);
  });

  it.each([
    { since: NOW, left: 1 },
    { since: LONG_AGO, left: 0 },
  ])('waits ten minutes for what EC2 does not show: given up at $since, $left left', async ({ since, left }) => {
    const ports = portsOf([{ kind: 'instance', since, clientToken: 'launch-token' }]);

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toHaveLength(left);
  });

  it('terminates neither an instance of the node nor one that has its interface as a secondary one', async () => {
    const ports = portsOf([{ ...instance, id: OLD_INSTANCE_ID }, instance]);
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInstances.set('i-stray', anInstance({ id: 'i-stray' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 1 }));

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toHaveLength(2);
    expect(changes(ports)).toEqual([]);
  });

  it('tries all of them, forgets what is gone, and throws the first error', async () => {
    const ports = portsOf([instance, eni]);
    ports.seenInstances.set('i-stray', anInstance({ id: 'i-stray' }));
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));
    ports.instances.terminate = () => Promise.reject(new Throttled('slow down'));

    await expect(removeGivenUp(ports, NODE_ID)).rejects.toThrow(Throttled);
    expect(ports.node(NODE_ID).givenUp).toEqual([instance]);
  });

  it('keeps what is given up meanwhile', async () => {
    const more: GivenUp = { kind: 'instance', since: NOW, id: 'i-more' };
    const ports = portsOf([eni]);
    ports.seenInterfaces.set('eni-stray', anInterface({ id: 'eni-stray' }));
    ports.onCall = (entry) => {
      if (entry.startsWith('delete')) ports.writeMeanwhile(NODE_ID, { givenUp: [eni, more] });
    };

    await expect(removeGivenUp(ports, NODE_ID)).resolves.toEqual([more]);
  });
});
