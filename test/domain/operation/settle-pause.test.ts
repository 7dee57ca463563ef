import { decidePaused, paused } from '../../../domain/operation/settle-pause';
import type { SeenNode } from '../../../domain/operation/seen-node';
import type { NodeConfig } from '../../../domain/config/node-config';
import type { Failure, Intent } from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../builders';

const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });

describe('decidePaused', () => {
  const seen: SeenNode = {
    replacement: undefined,
    old: undefined,
    interface: undefined,
    elasticIp: undefined,
    retired: [],
  };

  const leaving = aConfig({
    compute: { elasticIp: ALLOCATION_ID },
    persistence: { shouldKeepElasticIpOnPause: false },
  });

  it.each<{ name: string; seen: Partial<SeenNode>; config?: NodeConfig; decision: object }>([
    {
      name: 'the Elastic IP is on the interface',
      seen: { interface: anInterface(), elasticIp: anElasticIp() },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP is not to be seen on the interface',
      seen: { interface: anInterface(), elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: withElasticIp,
      decision: { kind: 'associate', allocationId: ALLOCATION_ID, interfaceId: INTERFACE_ID },
    },
    {
      name: 'the Elastic IP has been released',
      seen: { interface: anInterface() },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP is there, and the interface has been deleted',
      seen: { elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP must be given up',
      seen: { interface: anInterface(), elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: leaving,
      decision: { kind: 'paused' },
    },
    { name: 'there was no instance, and there is no interface', seen: {}, decision: { kind: 'paused' } },
    { name: 'the interface is free', seen: { interface: anInterface() }, decision: { kind: 'paused' } },
    {
      name: 'the instance has ended, and the interface is free',
      seen: { old: anInstance({ state: 'terminated' }), interface: anInterface() },
      decision: { kind: 'paused' },
    },
    {
      name: 'the instance is about to end',
      seen: { old: anInstance({ state: 'shutting-down' }), interface: anInterface() },
      decision: { kind: 'not-yet', because: `${REPLACEMENT_ID} is shutting-down` },
    },
    {
      name: 'the interface is still attached',
      seen: { old: anInstance({ state: 'terminated' }), interface: anAttachedInterface({ status: 'detaching' }) },
      decision: { kind: 'not-yet', because: `the interface is detaching on ${REPLACEMENT_ID}` },
    },
  ])('$name', ({ seen: shown, config = aConfig(), decision }) => {
    const { operation } = aBusyNode();
    expect(decidePaused(aNode(), { ...operation, config }, { ...seen, ...shown })).toEqual(decision);
  });
});

describe('The record of a paused node', () => {
  const pause: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
  const resume: Intent = { kind: 'launch', reason: 'resume requested', requestedAt: NOW };
  const aboutOld: Intent = { kind: 'replace', reason: 'warning', requestedAt: NOW, instanceId: OLD_INSTANCE_ID };
  const failure: Failure = { operation: 'pause', count: 2, nextTryAt: NOW };

  it('keeps the identity and has no instance and no failure', () => {
    const before = aBusyNode({ intents: [pause, resume, aboutOld], failure, errorReason: 'pause failed' });
    const { instance: _instance, failure: _failure, errorReason: _reason, operation: _ended, ...kept } = before;

    expect(paused(before, NOW)).toStrictEqual({ ...kept, status: 'PAUSED', intents: [resume], updatedAt: NOW });
  });
});
