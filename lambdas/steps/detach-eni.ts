/**
 * Detaches the persisted ENI from whatever is not to carry it.
 *
 * Hot: from the running old instance. Cold: a primary interface comes free only by its instance's termination,
 * so the step makes sure that it has. A detachment that does not come to an end is forced, and where that does not
 * help either, the old instance is terminated a little earlier than it would have been.
 */
import { InterfaceNotFree } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import { carrierOf, decideRelease, withDetachment } from '../../domain/operation/network-interface';
import type { Detachment, OwnedNode } from '../../domain/node/stateful-node';
import { changeOperation, ownedNode, type OperationInput } from '../operation/owned-node';
import { askOnceAndPoll, DONE, waiting, type Look } from '../operation/ask-once-and-poll';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type DetachPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'log' | 'time'>;

export const detachEni =
  (ports: DetachPorts) =>
  async (input: OperationInput): Promise<{ readonly interfaceIds: readonly string[] }> => {
    const owned = await ownedNode(ports.nodes, input);
    const { node, operation } = owned;
    const { interfaceId } = node.identity;
    const carrierId = carrierOf(owned)?.instanceId;
    const lost = carrierId !== undefined && hasEnded(await ports.instances.observe(carrierId));
    // An interface on its carrier is where it should be; on one that has ended it is not.
    const releaseOf = (id: string): Release => new Release(ports, owned, id, lost ? undefined : carrierId);
    // A retired interface only has to be released in the end, to be deleted: nothing waits for it.
    for (const id of operation.retiredInterfaceIds) await releaseOf(id).begin();
    if (interfaceId !== undefined) await releaseOf(interfaceId).run();
    return { interfaceIds: [...(interfaceId === undefined ? [] : [interfaceId]), ...operation.retiredInterfaceIds] };
  };

class Release {
  /** The attachment that was seen last. */
  private heldBy: string | undefined;
  private detachments: readonly Detachment[];

  constructor(
    private readonly ports: DetachPorts,
    private readonly owned: OwnedNode,
    private readonly interfaceId: string,
    private readonly carrierId: string | undefined,
  ) {
    this.detachments = owned.operation.detachments ?? [];
  }

  /** @throws InterfaceNotFree */
  async run(): Promise<void> {
    const missing = await askOnceAndPoll(this.ports.time, () => this.look());
    if (missing === undefined) return;
    // Since when it has been kept: EC2 now and then forgets to free what an ended instance had.
    if (this.heldBy !== undefined) await this.note(this.heldBy);
    throw new InterfaceNotFree(missing);
  }

  /** Asks for what is next, and waits for nothing. */
  async begin(): Promise<void> {
    await askOnceAndPoll(this.ports.time, () => this.look(), 1);
  }

  /** Force and the end of an instance are written down, and decided on anew at every look. */
  private async look(): Promise<Look> {
    const { interfaces, instances } = this.ports;
    const { kind, oldInstanceId, launch } = this.owned.operation;
    const seen = await interfaces.observe(this.interfaceId);
    this.heldBy = seen?.attachment?.id;
    const decision = decideRelease(seen, {
      carrierId: this.carrierId,
      isLaunching: launch?.state === 'requested',
      endingInstanceId: kind === 'adjust' ? undefined : oldInstanceId,
      detachments: this.detachments,
      now: this.now(),
    });
    switch (decision.kind) {
      case 'free':
        return DONE;
      case 'wait':
        return waiting(decision.because);
      case 'note':
        await this.note(decision.attachmentId);
        return waiting(`${this.interfaceId}: ${decision.because}`);
      case 'stuck':
        return this.freeFromEnded(decision.attachmentId, decision.instanceId);
      case 'detach':
        return waiting(`${this.interfaceId} is being detached`, async () => {
          await this.write(decision.attachmentId, 'asked');
          await interfaces.detach(decision.attachmentId);
        });
      case 'force':
        await this.tell(`${this.interfaceId} is not released: its detachment is forced`);
        return this.force(decision.attachmentId);
      case 'terminate':
        if (!hasEnded(await instances.observe(decision.instanceId))) {
          await this.tell(`${this.interfaceId} is not released by force: ${decision.instanceId} is terminated`);
          await instances.terminate(decision.instanceId);
        }
        return waiting(`${decision.instanceId} is being terminated to free ${this.interfaceId}`);
    }
  }

  /** A primary interface can be taken off only where its instance is no more. */
  private async freeFromEnded(attachmentId: string, instanceId: string): Promise<Look> {
    const holder = await this.ports.instances.observe(instanceId);
    const because = `${this.interfaceId} is still attached to ${instanceId}, which is ${holder?.state ?? 'gone'}`;
    if (holder !== undefined && holder.state !== 'terminated') return waiting(because);
    await this.tell(`${because}: it is taken off by force`);
    return this.force(attachmentId);
  }

  private async force(attachmentId: string): Promise<Look> {
    await this.write(attachmentId, 'forced');
    await this.ports.interfaces.detach(attachmentId, { force: true });
    return waiting(`${this.interfaceId} is being detached by force`);
  }

  private async note(attachmentId: string): Promise<void> {
    const isNoted = this.detachments.some((each) => each.attachmentId === attachmentId);
    if (!isNoted) await this.write(attachmentId, 'asked');
  }

  /** Before the call, so that a crash forgets nothing: what was asked for and not written would never be forced. */
  private async write(attachmentId: string, how: 'asked' | 'forced'): Promise<void> {
    const { node, operation } = this.owned;
    const now = this.now();
    const input = { nodeId: node.id, generation: operation.generation };
    this.detachments = withDetachment(this.detachments, attachmentId, how, now);
    const { detachments } = this;
    await changeOperation(this.ports.nodes, input, (current) => ({ ...current, detachments }));
  }

  private tell(message: string): Promise<void> {
    return this.ports.log.append(this.owned.node.id, { createdAt: this.now(), severity: 'WARN', message });
  }

  private now(): string {
    return this.ports.time.now().toISOString();
  }
}

export function describeDetached(): LogLine {
  return info('the interface is free');
}
