/**
 * An update that arrives after an operation has begun and before its launch is requested takes part in that launch.
 * Clients send the two in either order: without this, settings that only a launch can apply, like the image, would wait for
 * the next replacement.
 */
import { attachmentOf, type NodeConfig } from '../config/node-config';
import type { Operation, OwnedNode } from '../node/stateful-node';

/** The operation with the node's present settings; undefined if it has them, or can no longer take them. */
export function withLateUpdate({ node, operation }: OwnedNode): Operation | undefined {
  const { config, configRevision, eligibleSubnetIds } = node;
  const launches = operation.kind === 'launch' || operation.kind === 'replace';
  const isOpen = launches && operation.launch === undefined && operation.interfaceRequest === undefined;
  const isLater = configRevision > operation.configRevision;
  if (!isOpen || !isLater || isMoved(operation.config, config)) return undefined;
  return { ...operation, config, configRevision, eligibleSubnetIds };
}

/**
 * Whether the interface would be another, or be carried in another way. The operation has prepared the interface while the
 * old instance was running, and must not find out after its end that another one cannot be made.
 */
function isMoved(before: NodeConfig, after: NodeConfig): boolean {
  const placeOf = (config: NodeConfig): unknown => {
    const { subnetIds, vpcId, privateIp } = config.compute;
    const { persistPrivateIp } = config.persistence;
    return [attachmentOf(config), vpcId, subnetIds, privateIp, persistPrivateIp, withIpv6(config)];
  };
  return JSON.stringify(placeOf(before)) !== JSON.stringify(placeOf(after));
}

function withIpv6({ compute }: NodeConfig): boolean {
  return compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true;
}
