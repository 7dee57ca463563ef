/**
 * EC2 for unit tests: maps of what it shows, and a journal of what it is asked. It keeps the promises of
 * `lambdas/ports.ts`, which test/contracts checks, and knows no other rules of EC2.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  AddressTaken,
  InterfaceMissing,
  InterfaceNotFree,
  NotReady,
  NotYetVisible,
  RequestRejected,
} from '../../domain/errors';
import type { NamesInConfig } from '../../domain/node/validate-against-account';
import type {
  LeftMarks,
  SeenAccount,
  SeenAttachment,
  SeenElasticIp,
  SeenInstance,
  SeenInterface,
  SeenInterfaceAddress,
  SeenOriginal,
  SeenVolume,
} from '../../domain/node/observations';
import {
  EXPIRES_AT_TAG,
  GENERATION_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  NODE_NAME_TAG,
  type InterfaceRequest,
  type LaunchRequest,
  type Tag,
} from '../../domain/node/stateful-node';
import type { Origin } from '../../domain/reconciliation/unknown';
import type { CreateOutcome, FleetOutcome, LaunchOutcome, Ports } from '../../lambdas/ports';
import { anAccount, anInstance, anInterface } from '../domain/builders';

type AttachedInterface = SeenInterface & { readonly attachment: SeenAttachment };

/** The default security group of any VPC. */
export const DEFAULT_GROUP_ID = 'sg-0000000000000000d';

export class InMemoryEc2 {
  /** Every call that changes something, and every look at EC2 except those at the account, in order. */
  readonly journal: string[] = [];
  /** Called with every entry of the journal. A test uses it to change something meanwhile, or to fail. */
  onCall: (entry: string) => void = () => undefined;
  /**
   * Whether EC2 keeps showing its old state after a change: it is eventually consistent. The test changes what is shown,
   * or calls `settle`.
   */
  showsLate = false;

  readonly seenInstances = new Map<string, SeenInstance>();
  readonly seenInterfaces = new Map<string, SeenInterface>();
  readonly seenElasticIps = new Map<string, SeenElasticIp>();
  readonly seenVolumes = new Map<string, SeenVolume>();
  /** The instances that can be imported. */
  readonly seenOriginals = new Map<string, SeenOriginal>();
  /** Everything that the account has. Its image is the one of `seenImageId`. */
  seenAccount: SeenAccount = anAccount();
  seenImageId = 'ami-00000000000000001';

  /** The interfaces that no detachment frees unless it is forced. */
  readonly stuckInterfaceIds = new Set<string>();

  readonly launchRequests: LaunchRequest[] = [];
  /** What EC2 returns for the next launches, in order. Once they are used up, EC2 launches an instance each time. */
  launchOutcomes: LaunchOutcome[] = [];
  /** What EC2 returns for the next requests for interfaces, in order. Once they are used up, EC2 makes an interface each time. */
  createOutcomes: CreateOutcome[] = [];
  /** By client token. A test adds one whose response was lost. */
  readonly launchedUnder = new Map<string, SeenInstance>();
  /** By client token. A test adds one whose response was lost. */
  readonly madeUnder = new Map<string, SeenInterface>();

  /** What the listings show with the deployment's tag. They may be older than what a look at one thing shows. */
  listedInstances: (SeenInstance & { readonly origin: Origin })[] = [];
  listedInterfaces: (SeenInterface & { readonly origin: Origin })[] = [];
  listedElasticIps: SeenElasticIp[] = [];
  impairments: { readonly instanceId: string; readonly since: string }[] = [];

  private readonly spentTokens = new Set<string>();
  private readonly requestOf = new Map<string, LaunchRequest>();
  private pending: (() => void)[] = [];
  private numbers = 0;

  protected write(entry: string): void {
    this.journal.push(entry);
    this.onCall(entry);
  }

  /** Shows everything that EC2 was asked for. */
  settle(): void {
    const due = this.pending;
    this.pending = [];
    for (const effect of due) effect();
  }

  private bringAbout(effect: () => void): void {
    if (this.showsLate) this.pending.push(effect);
    else effect();
  }

  readonly instances: Ports['instances'] = {
    observe: async (instanceId) => {
      this.write(`observe ${instanceId}`);
      const seen = this.seenInstances.get(instanceId);
      const keptVolumeIds = this.keptVolumeIds(instanceId);
      return seen && { ...seen, ...(keptVolumeIds.length > 0 && { keptVolumeIds }) };
    },
    observeAll: async (instanceIds) => {
      this.write(`observe ${instanceIds.join(' and ')}`);
      const attached = [...this.seenInterfaces.values()].flatMap(({ id: interfaceId, attachment }) =>
        attachment === undefined ? [] : [{ ...attachment, interfaceId }],
      );
      return instanceIds.flatMap((id) => {
        const seen = this.seenInstances.get(id);
        const attachments = attached.filter(({ instanceId }) => instanceId === id);
        return seen === undefined ? [] : [{ ...seen, attachments }];
      });
    },
    launchedBy: async (clientToken) => {
      this.write(`observe what ${clientToken} made`);
      const launched = this.launchedUnder.get(clientToken);
      return launched && (this.seenInstances.get(launched.id) ?? launched);
    },
    launch: async (request) => {
      this.launchRequests.push(request);
      this.write(`launch ${request.clientToken}`);
      return this.launchOutcomes.shift() ?? this.launchAgain(request) ?? this.launchAnew(request);
    },
    terminate: async (instanceId, how) => {
      this.write(`terminate ${instanceId}${how?.skipOsShutdown === true ? ' without its OS shutdown' : ''}`);
      this.bringAbout(() => this.end(instanceId));
      return this.seenInstances.get(instanceId)?.state;
    },
  };

  /** The names of the launch templates that exist. */
  readonly madeTemplates = new Set<string>();
  /** The templates that fleets were launched from, in order. */
  readonly fleetTemplates: string[] = [];
  /** What EC2 returns for the next fleets, in order. Once they are used up, each launches an instance. */
  fleetOutcomes: FleetOutcome[] = [];

  readonly templates: Ports['templates'] = {
    nameFor: (nodeId, settings) => `${nodeId} ${JSON.stringify(settings)}`,
    make: async (nodeId, settings) => {
      const name = this.templates.nameFor(nodeId, settings);
      this.write(`make template of ${nodeId}`);
      this.bringAbout(() => void this.madeTemplates.add(name));
    },
    ofNode: async (nodeId) => [...this.madeTemplates].filter((name) => name.startsWith(`${nodeId} `)),
    delete: async (name) => {
      this.write('delete template');
      const isThere = this.madeTemplates.has(name);
      this.bringAbout(() => void this.madeTemplates.delete(name));
      return isThere;
    },
    launch: async (name, request) => {
      this.fleetTemplates.push(name);
      this.write(`fleet ${request.clientToken}`);
      const outcome = this.fleetOutcomes.shift();
      if (outcome !== undefined) return outcome;
      const launched = this.launchAgain(request) ?? this.launchAnew(request);
      return launched.kind === 'launched'
        ? { kind: 'launched', instanceId: launched.instance.id }
        : { kind: 'unknown' };
    },
  };

  private keptVolumeIds(instanceId: string): readonly string[] {
    return [...this.seenVolumes.values()]
      .filter(({ instanceIds, deleteOnTermination }) => instanceIds.includes(instanceId) && !deleteOnTermination)
      .map(({ id }) => id);
  }

  /** What was made before under the client token of the request, if anything. */
  private launchAgain(request: LaunchRequest): LaunchOutcome | undefined {
    const launched = this.launchedUnder.get(request.clientToken);
    if (launched === undefined) return undefined;
    const before = this.requestOf.get(request.clientToken) ?? request;
    if (!isDeepStrictEqual(before, request)) return { kind: 'token-used' };
    const instance = this.seenInstances.get(launched.id) ?? launched;
    return instance.state === 'terminated' ? { kind: 'token-spent' } : { kind: 'launched', instance };
  }

  private launchAnew(request: LaunchRequest): LaunchOutcome {
    const { clientToken, interfaceId, pool, imageId, tags } = request;
    const primary = interfaceId === undefined ? undefined : this.seenInterfaces.get(interfaceId);
    if (interfaceId !== undefined && primary === undefined) return { kind: 'interface-missing' };
    if (primary?.attachment !== undefined) throw new InterfaceNotFree(`${primary.id} is attached`);
    const id = `i-launched-${this.launchRequests.length + this.fleetTemplates.length}`;
    const instance = anInstance({ id, ...pool, imageId, nodeId: nodeIdIn(tags) });
    this.requestOf.set(clientToken, request);
    this.launchedUnder.set(clientToken, instance);
    this.bringAbout(() => {
      this.seenInstances.set(id, instance);
      this.listedInstances.push({ ...instance, origin: originOf(clientToken, tags) });
      if (primary !== undefined) this.putOn(primary, id, 0);
    });
    return { kind: 'launched', instance };
  }

  private end(instanceId: string): void {
    const instance = this.seenInstances.get(instanceId);
    if (instance === undefined) return;
    this.showInstance({ ...instance, state: 'terminated' });
    const original = this.seenOriginals.get(instanceId);
    if (original !== undefined) {
      this.seenOriginals.set(instanceId, { ...original, state: 'terminated', interfaces: [] });
    }
    for (const volume of this.seenVolumes.values()) {
      const instanceIds = volume.instanceIds.filter((id) => id !== instanceId);
      if (instanceIds.length < volume.instanceIds.length && volume.deleteOnTermination) {
        this.seenVolumes.delete(volume.id);
      } else if (instanceIds.length < volume.instanceIds.length) {
        this.seenVolumes.set(volume.id, { ...volume, state: 'available', instanceIds });
      }
    }
    for (const each of this.interfacesOn(instanceId)) {
      if (each.attachment.deleteOnTermination) this.removeInterface(each.id);
      else this.free(each);
    }
  }

  private showInstance(instance: SeenInstance): void {
    this.seenInstances.set(instance.id, instance);
    this.listedInstances = this.listedInstances.map((each) =>
      each.id === instance.id ? { ...each, ...instance } : each,
    );
  }

  readonly interfaces: Ports['interfaces'] = {
    observe: async (interfaceId) => {
      this.write(`observe ${interfaceId}`);
      return this.seenInterfaces.get(interfaceId);
    },
    madeBy: async (clientToken) => {
      this.write(`observe what ${clientToken} made`);
      return this.madeWith(clientToken);
    },
    create: async (request) => {
      this.write(`create interface ${request.clientToken}`);
      if (this.spentTokens.has(request.clientToken)) return { kind: 'token-spent' };
      return this.createOutcomes.shift() ?? { kind: 'made', interface: this.make(request) };
    },
    detach: async (attachmentId, { force } = { force: false }) => {
      const attached = this.attachedBy(attachmentId);
      this.write(`${force ? 'force' : 'detach'} ${attachmentId}`);
      if (attached === undefined) return;
      this.checkDetachable(attached, force);
      this.bringAbout(() => {
        if (force || !this.stuckInterfaceIds.has(attached.id)) this.free(attached);
        else this.showInterface({ ...attached, attachment: { ...attached.attachment, status: 'detaching' } });
      });
    },
    attach: async (interfaceId, instanceId, deviceIndex) => {
      const networkInterface = this.seenInterfaces.get(interfaceId);
      const instance = this.seenInstances.get(instanceId);
      const isTaken = this.interfacesOn(instanceId).some(({ attachment }) => attachment.deviceIndex === deviceIndex);
      this.write(`attach ${interfaceId} to ${instanceId} at ${deviceIndex}`);
      if (networkInterface === undefined) throw new NotYetVisible(`${interfaceId} is not visible`);
      if (instance === undefined) throw new NotYetVisible(`${instanceId} is not visible`);
      if (!['running', 'stopped'].includes(instance.state)) throw new NotReady(`${instanceId} is ${instance.state}`);
      if (networkInterface.attachment !== undefined) throw new InterfaceNotFree(`${interfaceId} is attached`);
      if (isTaken) return false;
      this.bringAbout(() => this.putOn(networkInterface, instanceId, deviceIndex));
      return true;
    },
    delete: async (interfaceId) => {
      const found = this.seenInterfaces.get(interfaceId);
      this.write(`delete ${interfaceId}`);
      if (found?.attachment !== undefined) throw new InterfaceNotFree(`${interfaceId} is attached`);
      this.bringAbout(() => this.removeInterface(interfaceId));
    },
    setSecurityGroups: async (interfaceId, securityGroupIds) => {
      const found = this.seenInterfaces.get(interfaceId);
      this.write(`set ${securityGroupIds.join()} on ${interfaceId}`);
      if (found === undefined) throw new NotYetVisible(`${interfaceId} is not visible`);
      this.bringAbout(() => this.showInterface({ ...found, securityGroupIds }));
    },
    keepOnTermination: async (interfaceId, attachmentId) => {
      const attached = this.attachedBy(attachmentId);
      this.write(`keep ${interfaceId} on ${attachmentId}`);
      if (attached?.id !== interfaceId) throw new NotYetVisible(`${attachmentId} is not visible`);
      this.bringAbout(() => this.setDeleteOnTermination(attached, false));
    },
    deleteOnTermination: async (interfaceId, attachmentId) => {
      const attached = this.attachedBy(attachmentId);
      this.write(`delete ${interfaceId} with the instance of ${attachmentId}`);
      if (attached?.id === interfaceId) this.bringAbout(() => this.setDeleteOnTermination(attached, true));
    },
  };

  private madeWith(clientToken: string): SeenInterface | undefined {
    const made = this.madeUnder.get(clientToken);
    return made && (this.seenInterfaces.get(made.id) ?? made);
  }

  private make({ clientToken, ...request }: InterfaceRequest): SeenInterface {
    const before = this.madeWith(clientToken);
    if (before !== undefined) return before;
    const { subnetId, privateIp, securityGroupIds, tags } = request;
    if (privateIp !== undefined && this.holdersOf(privateIp, [subnetId]).length > 0) {
      throw new AddressTaken(`${privateIp} is in use`);
    }
    // The first interface in a subnet has an id that tests know.
    const isFirst = !this.seenInterfaces.has(`eni-in-${subnetId}`);
    const number = isFirst ? 0 : this.nextNumber();
    const made = anInterface({
      id: isFirst ? `eni-in-${subnetId}` : `eni-in-${subnetId}-${number}`,
      subnetId,
      privateIp: privateIp ?? this.freeAddress(subnetId),
      ...(!isFirst && { macAddress: `02:00:00:00:01:${String(number).padStart(2, '0')}` }),
      ...(request.withIpv6Address && { ipv6Address: '2001:db8::10' }),
      securityGroupIds,
      nodeId: nodeIdIn(tags),
    });
    this.madeUnder.set(clientToken, made);
    this.bringAbout(() => {
      this.seenInterfaces.set(made.id, made);
      this.listedInterfaces.push({ ...made, origin: originOf(clientToken, tags) });
    });
    return made;
  }

  private nextNumber(): number {
    this.numbers += 1;
    return this.numbers;
  }

  private freeAddress(subnetId: string): string {
    let last = 10;
    while (this.holdersOf(`10.0.0.${last}`, [subnetId]).length > 0) last += 1;
    return `10.0.0.${last}`;
  }

  private holdersOf(privateIp: string, subnetIds: readonly string[]): readonly SeenInterfaceAddress[] {
    return [...this.seenInterfaces.values()]
      .filter((each) => each.privateIp === privateIp && subnetIds.includes(each.subnetId))
      .map(({ id, subnetId, nodeId }) => ({ interfaceId: id, subnetId, ...(nodeId !== undefined && { nodeId }) }));
  }

  private attachedBy(attachmentId: string): AttachedInterface | undefined {
    return [...this.seenInterfaces.values()]
      .filter(isAttached)
      .find(({ attachment }) => attachment.id === attachmentId);
  }

  private interfacesOn(instanceId: string): readonly AttachedInterface[] {
    return [...this.seenInterfaces.values()]
      .filter(isAttached)
      .filter((each) => each.attachment.instanceId === instanceId);
  }

  private checkDetachable({ id, attachment }: AttachedInterface, isForced: boolean): void {
    const { instanceId, deviceIndex, status } = attachment;
    const carrier = this.seenInstances.get(instanceId);
    const hasEnded = carrier === undefined || carrier.state === 'terminated';
    if (!hasEnded && deviceIndex === 0) throw new RequestRejected(`${id} is the primary interface of ${instanceId}`);
    if (!isForced && status !== 'attached') throw new NotReady(`${id} is ${status}`);
  }

  private putOn(networkInterface: SeenInterface, instanceId: string, deviceIndex: number): void {
    const id = `eni-attach-${this.nextNumber()}`;
    const attachment = { id, instanceId, deviceIndex, status: 'attached', deleteOnTermination: false } as const;
    this.showInterface({ ...networkInterface, status: 'in-use', attachment });
  }

  private free({ attachment: _, ...rest }: AttachedInterface): void {
    this.showInterface({ ...rest, status: 'available' });
  }

  private setDeleteOnTermination(attached: AttachedInterface, deleteOnTermination: boolean): void {
    this.showInterface({ ...attached, attachment: { ...attached.attachment, deleteOnTermination } });
  }

  private showInterface(shown: SeenInterface): void {
    this.seenInterfaces.set(shown.id, shown);
    this.listedInterfaces = this.listedInterfaces.map((each) =>
      each.id === shown.id ? { ...shown, origin: each.origin } : each,
    );
  }

  private removeInterface(interfaceId: string): void {
    this.seenInterfaces.delete(interfaceId);
    this.listedInterfaces = this.listedInterfaces.filter(({ id }) => id !== interfaceId);
    for (const [token, { id }] of this.madeUnder) {
      if (id !== interfaceId) continue;
      this.madeUnder.delete(token);
      this.spentTokens.add(token);
    }
    this.disassociateWhere((each) => each.interfaceId === interfaceId);
  }

  readonly elasticIps: Ports['elasticIps'] = {
    observe: async (allocationId) => {
      this.write(`observe ${allocationId}`);
      return this.seenElasticIps.get(allocationId);
    },
    associate: async (allocationId, interfaceId) => {
      const elasticIp = this.seenElasticIps.get(allocationId);
      const target = this.seenInterfaces.get(interfaceId);
      this.write(`associate ${allocationId} with ${interfaceId}`);
      if (elasticIp === undefined) throw new NotYetVisible(`${allocationId} is not visible`);
      if (target === undefined) throw new InterfaceMissing(`${interfaceId} is gone`);
      const carrier = this.seenInstances.get(target.attachment?.instanceId ?? '');
      if (carrier?.state === 'pending') throw new NotReady(`${carrier.id} is pending`);
      if (elasticIp.interfaceId !== interfaceId) this.bringAbout(() => this.move(elasticIp, target));
    },
    disassociate: async (associationId) => {
      this.write(`disassociate ${associationId}`);
      this.bringAbout(() => this.disassociateWhere((each) => each.associationId === associationId));
    },
  };

  private move(elasticIp: SeenElasticIp, target: SeenInterface): void {
    const { allocationId } = elasticIp;
    this.disassociateWhere((each) => each.interfaceId === target.id || each.allocationId === allocationId);
    this.showElasticIp({ ...elasticIp, interfaceId: target.id, associationId: `eipassoc-${this.nextNumber()}` });
    this.showInterface({ ...target, allocationId });
  }

  private disassociateWhere(isMeant: (elasticIp: SeenElasticIp) => boolean): void {
    for (const elasticIp of [...this.seenElasticIps.values()].filter(isMeant)) {
      const { associationId: _association, interfaceId = '', ...free } = elasticIp;
      this.showElasticIp(free);
      const { allocationId: _allocation, ...without } = this.seenInterfaces.get(interfaceId) ?? { id: '' };
      if ('status' in without) this.showInterface(without);
    }
  }

  private showElasticIp(elasticIp: SeenElasticIp): void {
    const { allocationId } = elasticIp;
    this.seenElasticIps.set(allocationId, elasticIp);
    this.listedElasticIps = this.listedElasticIps.map((each) =>
      each.allocationId === allocationId ? elasticIp : each,
    );
  }

  readonly volumes: Ports['volumes'] = {
    observe: async (volumeId) => {
      this.write(`observe ${volumeId}`);
      return this.seenVolumes.get(volumeId);
    },
    ofNode: async (nodeId) => this.listedVolumes(`observe volumes of ${nodeId}`, (volume) => volume.nodeId === nodeId),
    left: async () =>
      this.listedVolumes('list left volumes', ({ nodeId, leftBy }) => nodeId !== undefined && leftBy !== undefined),
    delete: async (volumeId) => {
      const found = this.seenVolumes.get(volumeId);
      this.write(`delete ${volumeId}`);
      if (found !== undefined && found.instanceIds.length > 0) throw new NotReady(`${volumeId} is in use`);
      this.bringAbout(() => this.seenVolumes.delete(volumeId));
    },
  };

  private listedVolumes(entry: string, isListed: (volume: SeenVolume) => boolean): readonly SeenVolume[] {
    this.write(entry);
    return [...this.seenVolumes.values()].filter(isListed);
  }

  readonly tags: Ports['tags'] = {
    set: async (resourceIds, tags) => {
      this.write(`tag ${resourceIds.join()} ${tags.map(({ key, value }) => `${key}=${value}`).join()}`);
      if (tags.length > 0) this.checkTaggable(resourceIds);
      const values = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
      this.bringAbout(() => this.label(resourceIds, values));
    },
    remove: async (resourceIds, keys) => {
      this.write(`untag ${resourceIds.join()} ${keys.join()}`);
      if (keys.length > 0) this.checkTaggable(resourceIds);
      this.bringAbout(() => this.label(resourceIds, Object.fromEntries(keys.map((key) => [key, undefined]))));
    },
  };

  private checkTaggable(resourceIds: readonly string[]): void {
    const shown = [this.seenInstances, this.seenInterfaces, this.seenOriginals, this.seenVolumes];
    const missing = resourceIds.find((id) => !shown.some((each) => each.has(id)));
    if (missing !== undefined) throw new NotYetVisible(`${missing} is not visible`);
  }

  /** @param values by key, undefined for a tag that is removed */
  private label(resourceIds: readonly string[], values: TagValues): void {
    for (const id of resourceIds) {
      if (NODE_ID_TAG in values) this.setNodeId(id, values[NODE_ID_TAG]);
      const volume = this.seenVolumes.get(id);
      if (volume !== undefined) this.seenVolumes.set(id, { ...volume, ...marksWith(volume, values) });
      const original = this.seenOriginals.get(id);
      if (original !== undefined) this.seenOriginals.set(id, { ...original, tags: tagsWith(original.tags, values) });
    }
    const relabel = <T extends { readonly id: string; readonly origin: Origin }>(listed: T): T =>
      resourceIds.includes(listed.id) ? { ...listed, origin: originWith(listed.origin, values) } : listed;
    this.listedInstances = this.listedInstances.map(relabel);
    this.listedInterfaces = this.listedInterfaces.map(relabel);
  }

  private setNodeId(id: string, nodeId: string | undefined): void {
    const instance = this.seenInstances.get(id);
    if (instance !== undefined) this.showInstance({ ...instance, nodeId });
    const networkInterface = this.seenInterfaces.get(id);
    if (networkInterface !== undefined) this.showInterface({ ...networkInterface, nodeId });
    const volume = this.seenVolumes.get(id);
    if (volume !== undefined) this.seenVolumes.set(id, { ...volume, nodeId });
  }

  readonly fleet: Ports['fleet'] = {
    instances: async (nodeId) => this.listedOf('instances', this.listedInstances, nodeId),
    interfaces: async (nodeId) => this.listedOf('interfaces', this.listedInterfaces, nodeId),
    elasticIps: async () => this.listed('elastic ips', this.listedElasticIps),
    impairments: async () => this.listed('impairments', this.impairments),
  };

  private listedOf<T extends { readonly origin: Origin }>(what: string, found: readonly T[], nodeId?: string) {
    if (nodeId === undefined) return this.listed(what, found);
    return this.listed(
      `${what} of ${nodeId}`,
      found.filter(({ origin }) => origin.nodeId === nodeId),
    );
  }

  private listed<T>(what: string, found: readonly T[]): readonly T[] {
    this.write(`list ${what}`);
    return [...found];
  }

  get account(): Ports['account'] {
    return { region: this.seenAccount.region, observe: async (names) => this.accountAsNamed(names) };
  }

  private accountAsNamed(names: NamesInConfig): SeenAccount {
    const { seenAccount: seen } = this;
    const { privateIp, elasticIp: allocationId } = names;
    const isInSubnets = ({ subnetId }: SeenInterfaceAddress): boolean => names.subnetIds.includes(subnetId);
    return {
      ...seen,
      vpcIds: seen.vpcIds.filter((id) => id === names.vpcId),
      subnets: seen.subnets.filter(({ id }) => names.subnetIds.includes(id)),
      privateIpHolders:
        privateIp === undefined
          ? []
          : [...seen.privateIpHolders.filter(isInSubnets), ...this.holdersOf(privateIp, names.subnetIds)],
      elasticIp: this.namedElasticIp(allocationId),
      hasInternetGateway: allocationId !== undefined && seen.hasInternetGateway,
      image: names.imageId === this.seenImageId ? seen.image : undefined,
      instanceTypes: seen.instanceTypes.filter(({ name }) => names.instanceTypes.includes(name)),
      securityGroups:
        names.securityGroupIds === undefined
          ? [{ id: DEFAULT_GROUP_ID, vpcId: names.vpcId }]
          : seen.securityGroups.filter(({ id }) => names.securityGroupIds?.includes(id)),
      keyPairs: seen.keyPairs.filter((name) => name === names.keyPair),
      snapshots: seen.snapshots.filter(({ id }) => names.snapshotIds.includes(id)),
    };
  }

  private namedElasticIp(allocationId: string | undefined): SeenElasticIp | undefined {
    const { elasticIp } = this.seenAccount;
    if (allocationId === undefined) return undefined;
    return elasticIp?.allocationId === allocationId ? elasticIp : this.seenElasticIps.get(allocationId);
  }

  readonly originals: Ports['originals'] = {
    observe: async (instanceId) => {
      this.write(`observe original ${instanceId}`);
      return this.seenOriginals.get(instanceId);
    },
  };
}

function isAttached(seen: SeenInterface): seen is AttachedInterface {
  return seen.attachment !== undefined;
}

function nodeIdIn(tags: readonly Tag[]): string | undefined {
  return tags.find(({ key }) => key === NODE_ID_TAG)?.value;
}

type TagValues = Readonly<Record<string, string | undefined>>;

function tagsWith(tags: readonly Tag[], values: TagValues): readonly Tag[] {
  const set = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
  return [...tags.filter(({ key }) => !(key in values)), ...set];
}

function originOf(clientToken: string, tags: readonly Tag[]): Origin {
  const values = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  return originWith({ nodeId: '', clientToken, isLeft: false }, values);
}

function originWith(origin: Origin, values: TagValues): Origin {
  const nodeId = NODE_ID_TAG in values ? (values[NODE_ID_TAG] ?? '') : origin.nodeId;
  const nodeName = NODE_NAME_TAG in values ? values[NODE_NAME_TAG] : origin.nodeName;
  const isLeft = LEFT_BY_TAG in values ? values[LEFT_BY_TAG] !== undefined : origin.isLeft;
  const generation = GENERATION_TAG in values ? numberIn(values[GENERATION_TAG]) : origin.generation;
  return { ...origin, nodeId, nodeName, generation, isLeft, ...marksWith(origin, values) };
}

function marksWith({ leftBy, expiresAt }: LeftMarks, values: TagValues): LeftMarks {
  return {
    leftBy: LEFT_BY_TAG in values ? values[LEFT_BY_TAG] : leftBy,
    expiresAt: EXPIRES_AT_TAG in values ? values[EXPIRES_AT_TAG] : expiresAt,
  };
}

function numberIn(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
