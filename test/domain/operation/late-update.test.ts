import { withLateUpdate } from '../../../domain/operation/late-update';
import type { InterfaceRequest, Operation, OwnedNode } from '../../../domain/node/stateful-node';
import { aBusyNode, aConfig, aLaunch, aNextLaunch, type ConfigOverrides } from '../builders';

const IMAGE = { launchSpecification: { imageId: 'ami-00000000000000002' } };

const REQUEST: InterfaceRequest = {
  clientToken: 'smi-0a1b2c3d-4-eni-0',
  subnetId: 'subnet-0000000000000000a',
  withIpv6Address: false,
  securityGroupIds: [],
  tags: [],
};

/** A replacement that began with revision 1 of the configuration, and has revision 2 before it. */
function updated(change: ConfigOverrides, operation: Partial<Operation> = {}): OwnedNode {
  const node = aBusyNode(
    { config: aConfig(change), configRevision: 2, eligibleSubnetIds: ['subnet-of-the-update'] },
    { config: aConfig(), configRevision: 1, ...operation },
  );
  return { node, operation: node.operation };
}

describe('An update that comes after a replacement has begun', () => {
  it('takes part in its launch', () => {
    const { node, operation } = updated(IMAGE);

    expect(withLateUpdate({ node, operation })).toEqual({
      ...operation,
      config: aConfig(IMAGE),
      configRevision: 2,
      eligibleSubnetIds: ['subnet-of-the-update'],
    });
  });

  it.each<{ name: string; operation: Partial<Operation> }>([
    { name: 'the launch has begun', operation: { launch: aNextLaunch() } },
    { name: 'the instance is launched', operation: { launch: aLaunch() } },
    { name: 'an interface has been asked for', operation: { interfaceRequest: REQUEST } },
    { name: 'the operation has these settings already', operation: { configRevision: 2 } },
    { name: 'the operation is a pause', operation: { kind: 'pause' } },
    { name: 'the operation is an adjustment', operation: { kind: 'adjust' } },
    { name: 'the operation is a deletion', operation: { kind: 'delete' } },
  ])('is too late or none of its business if $name', ({ operation }) => {
    expect(withLateUpdate(updated(IMAGE, operation))).toBeUndefined();
  });

  it.each<{ name: string; change: ConfigOverrides }>([
    { name: 'the attachment', change: { persistence: { eniAttachment: 'hot' } } },
    { name: 'the private IP', change: { compute: { privateIp: '10.0.0.99' } } },
    { name: 'whether it is kept', change: { persistence: { persistPrivateIp: false } } },
    { name: 'the subnets', change: { compute: { subnetIds: ['subnet-0000000000000000b'] } } },
    {
      name: 'IPv6',
      change: { launchSpecification: { networkInterfaces: [{ deviceIndex: 0, associateIpv6Address: true }] } },
    },
  ])('waits for the next one if it changes $name: the interface is prepared', ({ change }) => {
    expect(withLateUpdate(updated(change))).toBeUndefined();
  });
});
