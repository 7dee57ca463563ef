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
import { poll } from '../operation/poll-interface';
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
    // Nobody waits for a retired interface: it is only to come free, and to be deleted, in the end.
    for (const id of operation.retiredInterfaceIds) await releaseOf(id).poll();
    if (interfaceId !== undefined) await releaseOf(interfaceId).run();
    return { interfaceIds: [...(interfaceId === undefined ? [] : [interfaceId]), ...operation.retiredInterfaceIds] };
  };

class Release {
  private why = '';
  private asked = false;
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
    const isFree = await poll(this.ports.time, () => this.poll());
    if (isFree) return;
    // Since when it has been kept: EC2 now and then forgets to free what an ended instance had.
    if (this.heldBy !== undefined) await this.note(this.heldBy);
    throw new InterfaceNotFree(this.why);
  }

  /** Looks once, and asks for what is next. Answers whether it is free. */
  async poll(): Promise<true | undefined> {
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
        return true;
      case 'wait':
        this.why = decision.because;
        return undefined;
      case 'note':
        this.why = `${this.interfaceId}: ${decision.because}`;
        await this.note(decision.attachmentId);
        return undefined;
      case 'stuck':
        return this.freeFromEnded(decision.attachmentId, decision.instanceId);
      case 'detach':
        this.why = `${this.interfaceId} is being detached`;
        // Once a run: until EC2 shows the detachment, asking again would only spend its rate limit.
        if (this.asked) return undefined;
        this.asked = true;
        await this.write(decision.attachmentId, 'asked');
        await interfaces.detach(decision.attachmentId);
        return undefined;
      case 'force':
        await this.tell(`${this.interfaceId} is not released: its detachment is forced`);
        return this.force(decision.attachmentId);
      case 'terminate':
        this.why = `${decision.instanceId} is being terminated to free ${this.interfaceId}`;
        if (hasEnded(await instances.observe(decision.instanceId))) return undefined;
        await this.tell(`${this.interfaceId} is not released by force: ${decision.instanceId} is terminated`);
        await instances.terminate(decision.instanceId);
        return undefined;
    }
  }

  /** A primary interface can be taken off only where its instance is no more. */
  private async freeFromEnded(attachmentId: string, instanceId: string): Promise<undefined> {
    const holder = await this.ports.instances.observe(instanceId);
    this.why = `${this.interfaceId} is still attached to ${instanceId}, which is ${holder?.state ?? 'gone'}`;
    if (holder !== undefined && holder.state !== 'terminated') return undefined;
    await this.tell(`${this.why}: it is taken off by force`);
    return this.force(attachmentId);
  }

  private async force(attachmentId: string): Promise<undefined> {
    this.why = `${this.interfaceId} is being detached by force`;
    await this.write(attachmentId, 'forced');
    await this.ports.interfaces.detach(attachmentId, { force: true });
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
