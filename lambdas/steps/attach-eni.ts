/**
 * Attaches the ENI to the instance that carries the node from now on.
 *
 * It becomes a secondary interface, which keeps its Elastic IP. A new Elastic IP is associated here.
 */
import { InterfaceMissing, NotReady, ReplacementLost } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import { carrierOf, decideAttach, isGone, type Carrier } from '../../domain/operation/network-interface';
import { deviceIndexOf } from '../../domain/config/node-config';
import type { NetworkIdentity, Operation, OwnedNode } from '../../domain/node/stateful-node';
import { associateIfElsewhere, isOurs } from '../operation/associating';
import { attachSecondary } from '../operation/attaching';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import { askOnceAndPoll, DONE, waiting, type Look, type Polls } from '../operation/ask-once-and-poll';
import { areManyMoving, moveCall } from '../operation/moving';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type AttachPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'pacer' | 'time'>;

export interface AttachInput extends OperationInput {
  /** How often the state was tried before. Absent in executions that began before an upgrade. */
  readonly retries?: number | undefined;
}

export interface Attached {
  readonly interfaceId: string;
  /** Null if the node has no instance that could carry it: an adjustment launches none. */
  readonly instanceId: string | null;
  /** When EC2 showed it attached; ISO 8601, UTC. Absent if nothing carries it. */
  readonly attachedAt?: string;
}

/** @throws ReplacementLost if the replacement has ended @throws InterfaceMissing @throws NotReady */
export const attachEni =
  (ports: AttachPorts) =>
  async ({ retries = 0, ...input }: AttachInput): Promise<Attached> => {
    const owned = await ownedNode(ports.nodes, input);
    const { interfaceId } = owned.node.identity;
    const carrier = carrierOf(owned);
    const isAdjustment = owned.operation.kind === 'adjust';
    if (interfaceId === undefined) throw new ReplacementLost(`${input.nodeId} has no interface to attach`);
    if (carrier === undefined) {
      if (isAdjustment) return { interfaceId, instanceId: null };
      throw new ReplacementLost(`${input.nodeId} has no replacement to carry ${interfaceId}`);
    }
    // An adjustment takes the instance as it is. If it does not run, only a replacement can help.
    if (isAdjustment && (await ports.instances.observe(carrier.instanceId))?.state !== 'running')
      return { interfaceId, instanceId: null };
    const polls = pollsFor(owned.operation, retries);
    await attach(ports, owned.node.identity, interfaceId, carrier, { polls, isLate: retries > 0 });
    const attachedAt = ports.time.now().toISOString();
    if (!isAdjustment) await associateNew(ports, owned, interfaceId);
    return { interfaceId, instanceId: carrier.instanceId, attachedAt };
  };

/** The confirmation checks that the address has stayed. Settings that an adjustment applies include it. */
async function associateNew(ports: AttachPorts, { node, operation }: OwnedNode, interfaceId: string): Promise<void> {
  const { elasticIp } = operation.config.compute;
  if (elasticIp === undefined || isOurs(node, elasticIp)) return;
  await associateIfElsewhere(ports, node, elasticIp, interfaceId);
}

/** When the first attachments are done, in milliseconds after the request: third-party measurements. */
const ATTACHED_MS = 900;

/** When 98 of 100 are done: the same. */
const SURELY_ATTACHED_MS = 5_000;

/** The step before has requested the attachment, unless it is an adjustment. Among many others, each attempt looks once. */
function pollsFor(operation: Operation, retries: number): Polls {
  const once = areManyMoving(operation);
  if (operation.kind === 'adjust' || retries > 0) return { once };
  return { once, firstMs: once ? SURELY_ATTACHED_MS : ATTACHED_MS };
}

async function attach(
  { instances, interfaces, pacer, time }: AttachPorts,
  identity: NetworkIdentity,
  interfaceId: string,
  { instanceId, attachment }: Carrier,
  { polls, isLate }: { readonly polls: Polls; readonly isLate: boolean },
): Promise<void> {
  let isKnownToLive = false;
  let hasAsked = false;
  const refuseEnded = async (): Promise<void> => {
    if (!isKnownToLive && hasEnded(await instances.observe(instanceId)))
      throw new ReplacementLost(`${instanceId} has ended`);
    isKnownToLive = true;
  };
  const look = async (): Promise<Look> => {
    const seen = await interfaces.observe(interfaceId);
    const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
    // The confirmation finds out whether an instance that has the interface still runs.
    if (decision.kind !== 'nothing') await refuseEnded();
    if (isGone(identity, seen, time.now().toISOString())) throw new InterfaceMissing(`${interfaceId} is gone`);
    switch (decision.kind) {
      case 'nothing':
        return DONE;
      case 'attach':
        return waiting(`${interfaceId} is being attached to ${instanceId}`, () => {
          hasAsked = true;
          return moveCall({ pacer, time }, () =>
            attachSecondary({ interfaces }, interfaceId, instanceId, decision.deviceIndex),
          );
        });
      case 'protect':
        await interfaces.keepOnTermination(interfaceId, decision.attachmentId);
        return waiting(`${interfaceId} would still be deleted with ${instanceId}`);
      case 'wait':
        // It is one of the few that take minutes, and no look brings the address back.
        return { kind: 'waiting', because: decision.because, isSlow: isLate && !hasAsked };
    }
  };
  const missing = await askOnceAndPoll(time, look, polls);
  if (missing !== undefined) throw new NotReady(missing);
}

export function describeAttached({ interfaceId, instanceId }: Attached): LogLine | undefined {
  return instanceId === null ? undefined : info(`interface ${interfaceId} is attached to ${instanceId}`);
}
