/**
 * Moves interfaces between instances, with EC2's delays.
 *
 *   available -> attaching -> in-use -> detaching -> available      hot (running) or warm (stopped)
 *   in-use, while its instance ends -> in-use for some time after `terminated` -> available, or deleted
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
import type {
  AttachNetworkInterfaceCommandOutput,
  AttachNetworkInterfaceRequest,
  DetachNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2';
import { ec2Error } from '../requests/ec2-error';
import { noteReleased, noteInterface, seenInterface } from '../lateness';
import { find } from '../requests/lookup';
import type { NetworkInterfaces } from './network-interfaces';
import { allowOnly, badValue, combination, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import type { Attachment, AttachmentStatus, Instance, InterfaceStatus, NetworkInterface } from '../world';

export class Attachments {
  constructor(
    private readonly simulation: Simulation,
    private readonly interfaces: NetworkInterfaces,
  ) {}

  attach(input: AttachNetworkInterfaceRequest): Without$metadata<AttachNetworkInterfaceCommandOutput> {
    allowOnly('AttachNetworkInterface', input, ['DeviceIndex', 'DryRun', 'InstanceId', 'NetworkInterfaceId']);
    const deviceIndex = required(input.DeviceIndex, 'deviceIndex');
    const instance = find(this.simulation, 'instances', required(input.InstanceId, 'instanceId'));
    const interfaceId = required(input.NetworkInterfaceId, 'networkInterfaceId');
    const networkInterface = find(this.simulation, 'networkInterfaces', interfaceId);
    checkRunningOrStopped(instance);
    this.interfaces.checkAvailable(networkInterface);
    if (networkInterface.availabilityZone !== instance.availabilityZone) {
      throw combination('An interface and the instance it is attached to must be in the same availability zone');
    }
    this.checkDeviceIndex(instance, deviceIndex);
    this.checkLimit(instance.instanceType, this.of(instance.id).length + 1);
    const attachment = this.begin(networkInterface, instance.id, {
      deviceIndex,
      deleteOnTermination: false,
      takesMs: this.simulation.latencyMs('interfaceAttached'),
    });
    return { AttachmentId: attachment.id, NetworkCardIndex: 0 };
  }

  /** The interfaces of an instance by device index, including those that are attaching or detaching. */
  of(instanceId: string): Attached[] {
    const { networkInterfaces } = this.simulation.world;
    const found: Attached[] = [];
    for (const networkInterface of networkInterfaces.values()) {
      if (networkInterface.attachment?.instanceId !== instanceId) continue;
      // Got by id, because callers change them (see World).
      found.push(networkInterfaces.get(networkInterface.id) as Attached);
    }
    return found.sort(byDeviceIndex);
  }

  /** The same as describe calls show it now. */
  seenOf(instanceId: string): Attached[] {
    return this.seenByInstance().get(instanceId) ?? [];
  }

  /** The same for every instance that has any. For lists: each of a thousand instances would look through all interfaces. */
  seenByInstance(): ReadonlyMap<string, Attached[]> {
    const seen = new Map<string, Attached[]>();
    for (const networkInterface of this.simulation.world.networkInterfaces.values()) {
      const each = seenInterface(this.simulation, networkInterface);
      if (!isAttached(each) || each.attachment.status === 'detached') continue;
      const { instanceId } = each.attachment;
      const others = seen.get(instanceId);
      if (others === undefined) seen.set(instanceId, [each]);
      else others.push(each);
    }
    for (const attached of seen.values()) attached.sort(byDeviceIndex);
    return seen;
  }

  /** Starts an attachment. The caller has checked it. */
  begin(
    networkInterface: NetworkInterface,
    instanceId: string,
    how: { readonly deviceIndex: number; readonly deleteOnTermination: boolean; readonly takesMs: number },
  ): Attachment {
    noteInterface(this.simulation, networkInterface);
    const attachment: Attachment = {
      id: this.simulation.newId('eni-attach'),
      instanceId,
      deviceIndex: how.deviceIndex,
      deleteOnTermination: how.deleteOnTermination,
      attachedAt: this.simulation.now(),
      status: 'attaching',
    };
    networkInterface.attachment = attachment;
    this.simulation.changed(attachment.id, 'attachment', 'none', 'attaching');
    this.setStatus(networkInterface, 'attaching');
    this.simulation.after(how.takesMs, {
      kind: 'interface-attached',
      interfaceId: networkInterface.id,
      attachmentId: attachment.id,
    });
    return attachment;
  }

  /** Ends what `begin` started. */
  completeAttach(interfaceId: string, attachmentId: string): void {
    const networkInterface = this.simulation.world.networkInterfaces.get(interfaceId);
    const attachment = networkInterface?.attachment;
    if (networkInterface === undefined || attachment?.id !== attachmentId || attachment.status !== 'attaching') return;
    noteInterface(this.simulation, networkInterface);
    this.setAttachmentStatus(attachment, 'attached');
    this.setStatus(networkInterface, 'in-use');
  }

  detach(input: DetachNetworkInterfaceRequest): object {
    allowOnly('DetachNetworkInterface', input, ['AttachmentId', 'DryRun', 'Force']);
    const { networkInterface, attachment } = this.byAttachmentId(required(input.AttachmentId, 'attachmentId'));
    const instance = this.simulation.world.instances.get(attachment.instanceId);
    // An interface that is still attached to a terminated instance can be detached, whatever its device index.
    if (instance !== undefined && instance.state !== 'terminated') checkDetachable(attachment, instance);
    if (input.Force) this.forceOff(networkInterface, attachment, instance);
    else this.detachGently(networkInterface, attachment);
    return {};
  }

  private detachGently(networkInterface: NetworkInterface, attachment: Attachment): void {
    if (attachment.status !== 'attached') {
      throw ec2Error('IncorrectState', `Attachment '${attachment.id}' is '${attachment.status}', not 'attached'.`);
    }
    const drawnMs = this.simulation.latencyMs('interfaceDetached');
    noteInterface(this.simulation, networkInterface);
    this.setStatus(networkInterface, 'detaching');
    const hangs = networkInterface.sticksUntil === 'forced';
    this.release(networkInterface, attachment, hangs ? 'for-ever' : (networkInterface.releaseDelayMs ?? drawnMs));
  }

  /** A forced detachment ends one that hangs, and blocks the device index until the instance stops. */
  private forceOff(networkInterface: NetworkInterface, attachment: Attachment, instance: Instance | undefined): void {
    noteInterface(this.simulation, networkInterface);
    instance?.blockedDeviceIndexes.push(attachment.deviceIndex);
    this.setStatus(networkInterface, 'detaching');
    this.release(networkInterface, attachment, this.simulation.latencyMs('interfaceForcedOff'));
  }

  /** After an instance's end: deletes the interfaces made with it, and releases the retained ones after a delay. */
  instanceTerminated(instanceId: string): void {
    for (const networkInterface of this.of(instanceId)) {
      const { attachment } = networkInterface;
      delete networkInterface.autoAssignedPublicIp;
      if (networkInterface.sticksUntil !== undefined) continue;
      if (attachment.deleteOnTermination) {
        this.interfaces.remove(networkInterface);
      } else if (attachment.status !== 'detaching') {
        const drawnMs = this.simulation.latencyMs('interfaceFreedAfterTermination');
        noteInterface(this.simulation, networkInterface);
        this.setStatus(networkInterface, 'in-use');
        this.release(networkInterface, attachment, networkInterface.releaseDelayMs ?? drawnMs);
      } else if (networkInterface.releaseDelayMs === 'for-ever') {
        // The guest that blocked the detachment no longer runs.
        this.release(networkInterface, attachment, this.simulation.latencyMs('interfaceFreedAfterTermination'));
      }
    }
  }

  private release(networkInterface: NetworkInterface, attachment: Attachment, takesMs: number | 'for-ever'): void {
    this.setAttachmentStatus(attachment, 'detaching');
    if (takesMs === 'for-ever') return;
    this.simulation.after(takesMs, {
      kind: 'interface-detached',
      interfaceId: networkInterface.id,
      attachmentId: attachment.id,
    });
  }

  /** Ends what `release` started. */
  completeDetach(interfaceId: string, attachmentId: string): void {
    const networkInterface = this.simulation.world.networkInterfaces.get(interfaceId);
    if (networkInterface?.attachment?.id !== attachmentId) return;
    noteReleased(this.simulation, networkInterface);
    delete networkInterface.attachment;
    delete networkInterface.sticksUntil;
    this.simulation.changed(attachmentId, 'attachment', 'detaching', 'detached');
    this.setStatus(networkInterface, 'available');
  }

  /** @throws AttachmentLimitExceeded */
  checkLimit(instanceType: string, interfaceCount: number): void {
    const { maximumNetworkInterfaces } = find(this.simulation, 'instanceTypes', instanceType);
    if (interfaceCount > maximumNetworkInterfaces) {
      throw ec2Error(
        'AttachmentLimitExceeded',
        `Interface count ${interfaceCount} exceeds the limit for ${instanceType}`,
      );
    }
  }

  private checkDeviceIndex(instance: Instance, deviceIndex: number): void {
    const occupied = this.of(instance.id).some(({ attachment }) => attachment.deviceIndex === deviceIndex);
    if (occupied || instance.blockedDeviceIndexes.includes(deviceIndex)) {
      throw badValue(`Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`);
    }
  }

  private byAttachmentId(attachmentId: string): { networkInterface: NetworkInterface; attachment: Attachment } {
    const { networkInterfaces } = this.simulation.world;
    for (const { id, attachment } of networkInterfaces.values()) {
      if (attachment?.id === attachmentId) return { networkInterface: networkInterfaces.get(id)!, attachment };
    }
    throw ec2Error('InvalidAttachmentID.NotFound', `The attachment '${attachmentId}' does not exist`);
  }

  private setStatus(networkInterface: NetworkInterface, status: InterfaceStatus): void {
    if (networkInterface.status === status) return;
    this.simulation.changed(networkInterface.id, 'interface', networkInterface.status, status);
    networkInterface.status = status;
  }

  private setAttachmentStatus(attachment: Attachment, status: AttachmentStatus): void {
    if (attachment.status === status) return;
    this.simulation.changed(attachment.id, 'attachment', attachment.status, status);
    attachment.status = status;
  }
}

export type Attached = NetworkInterface & { attachment: Attachment };

function checkDetachable(attachment: Attachment, instance: Instance): void {
  if (attachment.deviceIndex === 0) {
    throw ec2Error(
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
    );
  }
  checkRunningOrStopped(instance);
}

/** Hot attach needs a running instance, warm attach a stopped one. */
function checkRunningOrStopped({ id, state }: Instance): void {
  if (state !== 'running' && state !== 'stopped') {
    throw ec2Error('IncorrectState', `Instance '${id}' is '${state}', not 'running' or 'stopped'.`);
  }
}

function isAttached(candidate: NetworkInterface): candidate is Attached {
  return candidate.attachment !== undefined;
}

function byDeviceIndex(one: Attached, other: Attached): number {
  return one.attachment.deviceIndex - other.attachment.deviceIndex;
}
