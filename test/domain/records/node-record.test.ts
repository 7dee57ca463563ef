import fc from 'fast-check';
import { UnreadableRecord } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { nodeRecord } from '../../../domain/records/node-record';
import { readRecord, stored, tryToRead } from '../../../domain/records/stored-record';
import { someNode } from '../arbitraries';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  aNode,
  anExhaustedLaunch,
  aNextLaunch,
  aRequestedLaunch,
  NODE_ID,
  NOW,
  someRemains,
} from '../builders';
import { anAdoption } from '../import-builders';
import { fixturesOf } from './fixtures';

const fixtures = fixturesOf('node-');

const read = (item: object) => readRecord(nodeRecord, NODE_ID, { ...item });

describe('A node record without a version', () => {
  it.each(fixtures)('$file is read as it is', ({ item }) => {
    const { pk: _pk, sk, ...attributes } = item;

    expect(readRecord(nodeRecord, sk, item)).toEqual(attributes);
  });

  it.each(fixtures)('$file is the same once it is written now', ({ item }) => {
    const node = readRecord(nodeRecord, item.sk, item);

    expect(readRecord(nodeRecord, item.sk, { ...stored(nodeRecord, node) })).toStrictEqual(node);
  });

  it('loses its Elastic IP if it has no interface', () => {
    const identity = { settled: false, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' };

    expect(read({ ...aNode(), identity }).identity).toEqual({ settled: false });
    expect(tryToRead(nodeRecord, NODE_ID, { ...aNode(), schemaVersion: 1, identity })).toMatchObject({
      field: 'identity.allocationId',
    });
  });

  it('keeps the Elastic IP that is on an interface', () => {
    const identity = { ...aNode().identity, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' };

    expect(read({ ...aNode(), identity }).identity).toEqual(identity);
  });
});

describe('A node record that is written now', () => {
  it.each([{ shouldDeleteVolumes: true }, { shouldDeleteVolumes: false, interfacesTtlHours: 96, volumesTtlHours: 1 }])(
    'keeps what the deletion says of volumes and of times to live: %j',
    (more) => {
      const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false, ...more };

      expect(read({ ...stored(nodeRecord, aNode({ deletion })) }).deletion).toStrictEqual(deletion);
    },
  );

  it('is read back the same, for any node', () => {
    fc.assert(fc.property(someNode, (node) => expect(read(stored(nodeRecord, node))).toStrictEqual(node)));
  });

  it.each<{ name: string; node: StatefulNode }>([
    { name: 'a launch that is next', node: aBusyNode({}, { launch: aNextLaunch() }) },
    { name: 'a launch that is requested', node: aBusyNode({}, { launch: aRequestedLaunch() }) },
    { name: 'a launch that was successful', node: aBusyNode({}, { launch: aLaunch() }) },
    { name: 'a launch that every pool has refused', node: aBusyNode({}, { launch: anExhaustedLaunch() }) },
    { name: 'an import that is accepted', node: aNode({ adoption: anAdoption() }) },
    { name: 'an import that is adopted', node: aNode({ adoption: anAdoption({ adoptedAt: NOW }) }) },
    {
      name: 'an import that is committed',
      node: aNode({ adoption: anAdoption({ adoptedAt: NOW, committedAt: NOW }) }),
    },
    { name: 'an import that is cancelled', node: aNode({ adoption: anAdoption({ cancelledAt: NOW }) }) },
    { name: 'nodes that it waits for', node: aNode({ awaitedNodeIds: ['smi-another'] }) },
    { name: 'tags on parts', node: aNode({ volumeTagKeys: [], interfaceTagKeys: ['team'] }) },
    { name: 'remains', node: aNode({ failure: { operation: 'replace', count: 1, remains: someRemains() } }) },
  ])('is read back the same: $name', ({ node }) => {
    expect(read(stored(nodeRecord, node))).toStrictEqual(node);
  });

  it('keeps unknown attributes at every level', () => {
    const later = { ofLater: { kept: true } };
    const busy = aBusyNode({}, { launch: aLaunch() });
    const { operation, identity, config } = busy;
    const item = {
      ...{ ...busy, ...later },
      identity: { ...identity, ...later },
      config: { ...config, ...later, compute: { ...config.compute, ...later } },
      operation: { ...operation, ...later, launch: { ...operation.launch, ...later } },
      intents: [{ kind: 'pause', reason: 'requested', requestedAt: NOW, ...later }],
    };

    expect(read(item)).toEqual(item);
    expect(stored(nodeRecord, read(item))).toEqual({ ...item, schemaVersion: 1 });
  });

  it('may have a configuration that the present rules refuse', () => {
    const config = aConfig({ compute: { subnetIds: [] }, launchSpecification: { imageId: 'not an image' } });
    const tooLong = { ...config, name: 'n'.repeat(300) };

    expect(read({ ...aNode(), config: tooLong }).config).toEqual(tooLong);
  });
});

describe('A node record that cannot be read', () => {
  const busy = aBusyNode({}, { launch: aLaunch() });
  const { launch, ...operation } = busy.operation;

  it.each<{ field: string; change: object }>([
    { field: 'id', change: { id: 7 } },
    { field: 'version', change: { version: '7' } },
    { field: 'status', change: { status: 'BROKEN' } },
    { field: 'config', change: { config: undefined } },
    {
      field: 'config.compute.launchSpecification',
      change: { config: { ...aConfig(), compute: { ...aConfig().compute, launchSpecification: 'm7g' } } },
    },
    { field: 'config.strategy.lifeCycle', change: { config: { ...aConfig(), strategy: { lifeCycle: 'rented' } } } },
    { field: 'identity.privateIp', change: { identity: { ...aNode().identity, privateIp: undefined } } },
    { field: 'identity.settled', change: { identity: { settled: true } } },
    { field: 'instance.attachment', change: { instance: { ...aNode().instance, attachment: 'warm' } } },
    { field: 'operation.kind', change: { operation: { ...operation, kind: 'rename' } } },
    { field: 'operation.launch.state', change: { operation: { ...operation, launch: { ...launch, state: 'lost' } } } },
    {
      field: 'operation.launch.clientToken',
      change: { operation: { ...operation, launch: { ...launch, clientToken: undefined } } },
    },
    {
      field: 'operation.launch.instanceId',
      change: { operation: { ...operation, launch: { ...launch, state: 'next', clientToken: undefined } } },
    },
    { field: 'intents', change: { intents: 'none' } },
    { field: 'givenUp.0.id', change: { givenUp: [{ kind: 'instance', since: NOW }] } },
    {
      field: 'adoption.cancelledAt',
      change: { adoption: { ...anAdoption(), adoptedAt: NOW, committedAt: NOW, cancelledAt: NOW } },
    },
    {
      field: 'failure.remains.retiredInterfaceIds.0',
      change: { failure: { operation: 'replace', count: 1, remains: { ...someRemains(), retiredInterfaceIds: [1] } } },
    },
  ])('names the field: $field', ({ field, change }) => {
    const error = tryToRead(nodeRecord, NODE_ID, { ...busy, ...change });

    expect(error).toBeInstanceOf(UnreadableRecord);
    expect(error).toMatchObject({ record: { kind: 'NODE', id: NODE_ID }, field });
  });

  it('does not reveal its values, which may be secrets', () => {
    const config = { ...aConfig(), strategy: 'a-secret' };

    expect(() => read({ ...busy, config })).toThrow(/cannot be read: config.strategy: (?!.*a-secret)/);
  });
});
