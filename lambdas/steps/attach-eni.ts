/**
 * Attaches the ENI to the instance that carries the node from now on.
 *
 * It becomes a secondary interface, which keeps its Elastic IP. A new Elastic IP is associated here.
 */
import { InterfaceMissing, NotReady, ReplacementLost } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import { carrierOf, decideAttach, isGone, type Carrier } from '../../domain/operation/network-interface';
import { deviceIndexOf } from '../../domain/config/node-config';
import type { NetworkIdentity, OwnedNode } from '../../domain/node/stateful-node';
import { associateIfElsewhere, isOurs } from '../operation/associating';
import { attachSecondary } from '../operation/attaching';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import { askOnceAndPoll, DONE, waiting, type Look, type Polls } from '../operation/ask-once-and-poll';
import { leastPauseMs } from '../operation/shared-looks';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type AttachPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'pacer' | 'time'>;

export interface Attached {
  readonly interfaceId: string;
  /** Null if the node has no instance that could carry it: an adjustment launches none. */
  readonly instanceId: string | null;
}

/** @throws ReplacementLost if the replacement has ended @throws InterfaceMissing @throws NotReady */
export const attachEni =
  (ports: AttachPorts) =>
  async (input: OperationInput): Promise<Attached> => {
    const owned = await ownedNode(ports.nodes, input);
    const { interfaceId } = owned.node.identity;
    const carrier = carrierOf(owned);
    const isAdjustment = owned.operation.kind === 'adjust';
    if (interfaceId === undefined) throw new ReplacementLost(`${input.nodeId} has no interface to attach`);
    if (carrier === undefined) {
      if (isAdjustment) return { interfaceId, instanceId: null };
      throw new ReplacementLost(`${input.nodeId} has no replacement to carry ${interfaceId}`);
    }
    const instance = await ports.instances.observe(carrier.instanceId);
    // An adjustment takes the instance as it is. If it does not run, only a replacement can help.
    if (isAdjustment && instance?.state !== 'running') return { interfaceId, instanceId: null };
    if (hasEnded(instance)) throw new ReplacementLost(`${carrier.instanceId} has ended`);
    await attach(ports, owned.node.identity, interfaceId, carrier, await pollsFor(ports, isAdjustment));
    if (!isAdjustment) await associateNew(ports, owned, interfaceId);
    return { interfaceId, instanceId: carrier.instanceId };
  };

/** The confirmation checks that the address has stayed. Settings that an adjustment applies include it. */
async function associateNew(ports: AttachPorts, { node, operation }: OwnedNode, interfaceId: string): Promise<void> {
  const { elasticIp } = operation.config.compute;
  if (elasticIp === undefined || isOurs(node, elasticIp)) return;
  await associateIfElsewhere(ports, node, elasticIp, interfaceId);
}

/** When the first attachments are done, in milliseconds after the request: third-party measurements. */
const ATTACHED_MS = 900;

/** The step before has requested the attachment, unless it is an adjustment. */
async function pollsFor({ pacer, time }: AttachPorts, isAdjustment: boolean): Promise<Polls> {
  const pauseMs = await leastPauseMs(pacer, time.now().toISOString());
  return { firstMs: isAdjustment ? 0 : ATTACHED_MS, leastPauseMs: pauseMs };
}

async function attach(
  { interfaces, time }: AttachPorts,
  identity: NetworkIdentity,
  interfaceId: string,
  { instanceId, attachment }: Carrier,
  polls: Polls,
): Promise<void> {
  const look = async (): Promise<Look> => {
    const seen = await interfaces.observe(interfaceId);
    if (isGone(identity, seen, time.now().toISOString())) throw new InterfaceMissing(`${interfaceId} is gone`);
    const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
    switch (decision.kind) {
      case 'nothing':
        return DONE;
      case 'attach':
        return waiting(`${interfaceId} is being attached to ${instanceId}`, () =>
          attachSecondary({ interfaces }, interfaceId, instanceId, decision.deviceIndex),
        );
      case 'protect':
        await interfaces.keepOnTermination(interfaceId, decision.attachmentId);
        return waiting(`${interfaceId} would still be deleted with ${instanceId}`);
      case 'wait':
        return waiting(decision.because);
    }
  };
  const missing = await askOnceAndPoll(time, look, polls);
  if (missing !== undefined) throw new NotReady(missing);
}

export function describeAttached({ interfaceId, instanceId }: Attached): LogLine | undefined {
  return instanceId === null ? undefined : info(`interface ${interfaceId} is attached to ${instanceId}`);
}
